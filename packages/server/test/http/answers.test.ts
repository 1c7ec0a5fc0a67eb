/** Answers that nobody reads: a key may have so many bytes of them waiting, and no more. */
import { connect, type Socket } from 'node:net'
import { BOUNDS } from '@sealedlog/sdk/event'
import * as fc from 'fast-check'
import { afterAll, expect, test, vi } from 'vitest'
import { Answers } from '../../dist/http/answers.js'
import { as, makeKey, makeOrganizations, start } from './support.js'

const sockets: Socket[] = []
afterAll(() => sockets.forEach((socket) => socket.destroy()))

test('what waits for a key is never more than the limit, but for a lone answer, and what is over waits no more', () => {
  const step = fc.record({ key: fc.constantFrom('a', 'b'), bytes: fc.nat(150), ends: fc.nat(5) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const answers = new Answers(100)
      const open: { readonly key: string; readonly bytes: number; readonly over: () => void }[] = []
      for (const { key, bytes, ends } of steps) {
        const heldNow = (): number => open.filter((each) => each.key === key).reduce((sum, each) => sum + each.bytes, 0)
        const held = heldNow()
        expect(answers.heldBy(key)).toBe(held)
        const leaving = { once: (_close: 'close', over: () => void) => void open.push({ key, bytes, over }) }
        const refusal = answers.hold(key, bytes, leaving)
        expect(refusal?.code).toBe(held > 0 && held + bytes > 100 ? 'rate_limited' : undefined)
        if (heldNow() >= 100) expect(() => answers.check(key)).toThrow(/has not read/)
        else answers.check(key)
        if (ends < open.length) for (const { over } of open.splice(ends, 1)) over()
      }
    }),
  )
})

/** Events of which a page has as many as it may. */
const BYTES = 200_000

test('a key whose answers nobody reads is told to wait, and others are not', async () => {
  const server = await start()
  await makeOrganizations(server, 'acme')
  const slow = await makeKey(server, 'acme', ['read', 'write'])
  const ask = as(server, slow.key)
  for (let at = 0; at < 45; at++) {
    const event = { type: 'a.b', metadata: { text: 'x'.repeat(BYTES) } }
    expect((await ask('POST /v1/events', event)).status).toBe(201)
  }
  const page = (await ask('GET /v1/events')).text.length
  expect(page).toBeGreaterThan(BOUNDS.PAGE_BYTES_MAX * 0.9)
  const fits = Math.floor(BOUNDS.ANSWER_BYTES_MAX / page)
  const status: (number | undefined)[] = []
  const openOne = (): Socket => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    sockets.push(socket)
    const at = status.push(undefined) - 1
    // The first bytes are read, and no more.
    socket.once('data', (chunk: Buffer) => {
      status[at] = Number(chunk.toString('latin1').split(' ')[1])
      socket.pause()
    })
    socket.write(`GET /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${slow.key}\r\n\r\n`)
    return socket
  }
  const settled = () => vi.waitFor(() => expect(status).not.toContain(undefined), 15_000)
  for (let opened = 0; opened < fits; opened++) openOne()
  await settled()
  expect(status).toEqual(status.map(() => 200))
  openOne()
  await settled()
  expect(status.at(-1)).toBe(429)
  const refused = await ask('GET /v1/events')
  expect([refused.status, refused.json.code, refused.headers.get('retry-after')]).toEqual([429, 'rate_limited', '5'])
  expect(refused.json.detail).toContain('limit ANSWER_BYTES_MAX')
  // Short answers fit, writing is nobody's reading, and another key is another share.
  expect((await ask('GET /v1/events?limit=1')).status).toBe(200)
  expect((await ask('POST /v1/events', { type: 'a.b' })).status).toBe(201)
  const other = as(server, (await makeKey(server, 'acme', ['read'])).key)
  expect((await other('GET /v1/events')).status).toBe(200)
  for (const socket of sockets.splice(0)) socket.destroy()
  await vi.waitFor(async () => expect((await ask('GET /v1/events')).status).toBe(200), 15_000)
})
