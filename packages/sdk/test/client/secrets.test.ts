/** The key: sent to one server, and found nowhere else. */
import { inspect } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { Sealedlog } from '../../dist/client/index.js'
import { type Body, clientOf, errorOf, type Log, type Proxy, startLog, startProxy } from './support.js'

// The server takes any printable character in a root key; these two are escaped in JSON.
const KEY = 'slk_"SECRET\\-0123456789'
let log: Log
let proxy: Proxy
let client: Sealedlog

beforeAll(async () => {
  log = await startLog({ rootKey: KEY })
  proxy = await startProxy(log)
  client = clientOf(proxy, log, { retries: 0 })
})

/** Everything that a log or a debugger may show of a thing. */
const shown = (thing: unknown): string =>
  [
    inspect(thing, { depth: 20, showHidden: true, getters: true }),
    JSON.stringify(thing),
    String(thing),
    (thing as Body)?.stack,
  ].join('\n')

test('no form of the client shows it, nor of what the client gives out', async () => {
  await client.record({ type: 'user.added' })
  for (const thing of [client, client.list(), client.tail(), client.checkpoints])
    expect(shown(thing)).not.toContain('SECRET')
})

/** Each may have the key in what it says. */
const ECHOES: readonly Body[] = [
  { status: 400, body: JSON.stringify({ code: 'malformed_request', detail: `You sent ${KEY}` }) },
  {
    status: 422,
    headers: { 'x-request-id': KEY },
    body: JSON.stringify({
      code: KEY,
      detail: KEY,
      param: KEY,
      request_id: KEY,
      errors: [{ pointer: `/${KEY}`, code: 'required', message: KEY }],
    }),
  },
  { status: 500, headers: { 'x-request-id': KEY }, body: KEY },
  (answer: Body) => ({ ...answer, id: KEY }),
  (answer: Body) => ({ ...answer, org: KEY }),
  (answer: Body) => ({ ...answer, leaf_hash: KEY }),
  (answer: Body) => ({ ...answer, checkpoint: `${KEY}\n\n— ${KEY} AAAA\n` }),
  'lose answer',
]

test('no error holds it, whatever the server echoes', async () => {
  for (const rule of ECHOES) {
    proxy.next(rule)
    const error = await errorOf(client.record({ type: 'user.added' }))
    expect(shown(error)).not.toContain('SECRET')
  }
})

test('no error holds it, whatever the platform says', async () => {
  const thrown = new TypeError(`Headers.append: "Bearer ${KEY}" is an invalid header value`, { cause: new Error(KEY) })
  const failing = new Sealedlog({ url: 'http://localhost', key: KEY, retries: 0, fetch: () => Promise.reject(thrown) })
  expect(shown(await errorOf(failing.get('evt_1')))).not.toContain('SECRET')
})

test('a key that no header could carry is refused at once, without being shown', () => {
  for (const key of [`${KEY}\n`, ` ${KEY}`, `${KEY}é`, KEY.repeat(30)]) {
    let error: unknown
    try {
      new Sealedlog({ url: 'http://localhost', key })
    } catch (caught) {
      error = caught
    }
    expect(error).toMatchObject({ code: 'invalid_configuration' })
    expect(shown(error)).not.toContain('SECRET')
  }
})
