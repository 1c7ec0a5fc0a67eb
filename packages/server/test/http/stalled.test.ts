/** Who asks for much and takes nothing: what was made for him is not kept for ever. */
import { once } from 'node:events'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { as, call, makeKey, makeOrganizations, start } from './support.js'

const EVENTS = 100
const CHARS = 200_000

/** The answer to the next request at a path, as the server has it. */
function answerAt(path: string): Promise<ServerResponse> {
  return new Promise((resolve) => {
    const heed = (message: unknown): void => {
      const { request, response } = message as { request: IncomingMessage; response: ServerResponse }
      if (request.url !== path) return
      unsubscribe('http.server.request.start', heed)
      resolve(response)
    }
    subscribe('http.server.request.start', heed)
  })
}

test('a connection that takes nothing of its answer is given up, and one that takes its time is not', async () => {
  const server = await start({ stalledTimeoutMs: 300 })
  await makeOrganizations(server, 'acme')
  const { key } = await makeKey(server, 'acme', ['write', 'read'])
  const ask = as(server, key)
  for (let i = 0; i < EVENTS; i++)
    await ask('POST /v1/events', { type: 'a.b', actor: { type: 'user', id: 'u' }, details: { t: 'x'.repeat(CHARS) } })
  for (const path of ['/v1/organizations/acme/tlog/disclosures/000', '/v1/events?limit=50']) {
    const answered = answerAt(path)
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1').pause()
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\n\r\n`)
    const response = await answered
    await once(response, 'close')
    expect([path, response.writableFinished]).toEqual([path, false])
    socket.destroy()
  }
  const whole = await call(server.url, { path: '/v1/organizations/acme/tlog/disclosures/000', key })
  expect(whole.text.length).toBeGreaterThan(EVENTS * CHARS)
})
