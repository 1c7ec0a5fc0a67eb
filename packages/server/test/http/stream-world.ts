/** What the tests of event streams share: a server whose streams may be quick to give up, and its organization acme. */
import { Subscriber, type Subscription } from './sse.js'
import { as, type Asks, call, makeKey, makeOrganizations, manyOf, start } from './support.js'
import type { RunningServer, ServerOptions } from '../../dist/server.js'

export const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from }, (_, i) => from + i)

/** Fills every buffer between the server and a client that does not read. */
export const BIG = { details: { padding: 'x'.repeat(200_000) } }

export interface StreamWorld {
  readonly server: RunningServer
  /** reads and writes acme */
  readonly key: { readonly id: string; readonly key: string }
  readonly ask: Asks
  readonly record: (count: number, type?: string, more?: object) => Promise<void>
  readonly subscribe: (more?: Partial<Subscription>) => Subscriber
  /** a metric's value; NaN where it is not there yet */
  readonly gauge: (name: string) => Promise<number>
}

export async function streamWorld(
  streams: ServerOptions['streams'] = {},
  more: Partial<ServerOptions> = {},
): Promise<StreamWorld> {
  const server = await start({ streams: streams ?? {}, ...more })
  await makeOrganizations(server, 'acme', 'beta')
  const key = await makeKey(server, 'acme', ['write', 'read'])
  const ask = as(server, key.key)
  return {
    server,
    key,
    ask,
    async record(count, type = 'a.b', more = {}) {
      const { status, text } = await ask('POST /v1/events/batch', manyOf(count, { type, ...more }))
      if (status !== 201) throw new Error(text)
    },
    subscribe: (more = {}) => new Subscriber(server, { key: key.key, ...more }),
    async gauge(name) {
      const { text } = await call(server.url, { path: '/metrics' })
      const line = text.split('\n').find((each) => each.startsWith(`${name} `))
      return Number(line?.slice(name.length) ?? Number.NaN)
    },
  }
}
