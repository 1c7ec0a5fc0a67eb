/** What the tests of sinks share: witnesses that behave, servers that do not, and a record of what was told. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { parsePolicy, type Policy } from '@sealedlog/sdk/merkle'
import { afterAll } from 'vitest'
import type { OfferedCheckpoint, SinkAlarm, SinkEvents } from '../../dist/sink/index.js'
import { verifyEd25519 } from '../../dist/sink/ed25519.js'
import { parseLogs, type RunningWitness, startWitness } from '../../dist/witness/index.js'
import { temporaryFolder, type TestLog } from '../witness/support.js'

const endings: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const end of endings.splice(0).toReversed()) await end()
})

/** A real witness that knows some logs, closed when the test file ends. */
export async function witnessOf(
  logs: readonly { readonly vkey: string }[] = [],
  nowMs: () => number = Date.now,
): Promise<RunningWitness> {
  const data = join(temporaryFolder(), 'witness')
  const vkeys = logs.map(({ vkey }) => vkey).join('\n')
  const witness = await startWitness({ data, logs: parseLogs(vkeys, 'logs'), host: '127.0.0.1', port: 0, nowMs })
  endings.push(() => witness.close())
  return witness
}

/** Something that calls itself a witness. */
export async function impostor(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server: Server = createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  endings.push(async () => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** An address at which nobody listens. */
export async function closedPort(): Promise<string> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return `http://127.0.0.1:${port}`
}

export interface PolicyMember {
  readonly name: string
  readonly vkey: string
  readonly url: string
}

/** The members of a policy, so many of which are asked for. */
export const policyText = (needed: number, members: readonly PolicyMember[]): string =>
  [
    ...members.map(({ name, vkey, url }) => `witness ${name} ${vkey} ${url}\n`),
    `group g ${needed} ${members.map(({ name }) => name).join(' ')}\n`,
    'quorum g\n',
  ].join('')

export const policyOf = (needed: number, members: readonly PolicyMember[]): Policy =>
  parsePolicy(policyText(needed, members))

export const offer = (log: TestLog, size: number, org = 'acme'): OfferedCheckpoint => ({
  org,
  origin: log.origin,
  size,
  note: log.note(size),
})

export const verifiersOf = (log: TestLog) => async () => [
  {
    name: log.origin,
    keyId: log.key.keyId,
    verify: (message: Uint8Array, signature: Uint8Array) => log.key.verify(message, signature),
  },
]

export { verifyEd25519 }

/** Everything that was told. */
export class Told implements SinkEvents {
  readonly failures: { readonly sink: string; readonly why: string; readonly times: number }[] = []
  readonly recoveries: string[] = []
  readonly alarms: SinkAlarm[] = []

  failed(sink: string, _org: string, why: string, times: number): void {
    this.failures.push({ sink, why, times })
  }
  recovered(sink: string): void {
    this.recoveries.push(sink)
  }
  alarmed(alarm: SinkAlarm): void {
    this.alarms.push(alarm)
  }
}
