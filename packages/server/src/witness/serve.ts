/** A witness that listens: key, memory, known logs and HTTP put together. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { makeWitnessServer, type OnFailure } from './http.js'
import { settleKey, WITNESS_FILES } from './key.js'
import type { KnownLogs } from './known-logs.js'
import { SqliteWitnessStore } from './sqlite/witness-store.js'
import { Witness } from './witness.js'

export interface WitnessServerOptions {
  /** the witness's folder; made if it does not exist */
  readonly data: string
  readonly logs: KnownLogs
  readonly host: string
  /** 0 picks a free one */
  readonly port: number
  /** settled at the first start */
  readonly name?: string
  readonly nowMs?: () => number
  readonly onFailure?: OnFailure
}

export interface RunningWitness {
  readonly url: string
  readonly vkey: string
  readonly name: string
  /** Knows these logs from now on. */
  setLogs(logs: KnownLogs): void
  /** Answers what was asked, closes connections, closes the memory. */
  close(): Promise<void>
}

/**
 * Starts a witness.
 *
 * @throws AuditError `invalid_configuration` or `signing_key_mismatch`
 * @example
 * const witness = await startWitness({ data: './witness', logs: parseLogs(vkey, '--log'), host: '127.0.0.1', port: 0 })
 * console.log(witness.vkey)
 */
export async function startWitness(options: WitnessServerOptions): Promise<RunningWitness> {
  const folder = resolve(options.data)
  const key = settleKey(folder, options.name, randomBytes)
  const store = new SqliteWitnessStore(join(folder, WITNESS_FILES.memory), key.vkey)
  const witness = new Witness({ key, store, logs: options.logs, nowMs: options.nowMs ?? Date.now })
  const server = makeWitnessServer(witness, options.onFailure ?? (() => undefined))
  try {
    server.listen(options.port, options.host)
    await once(server, 'listening')
  } catch (error) {
    store.close()
    throw error
  }
  let closing: Promise<void> | undefined
  return {
    name: key.name,
    vkey: key.vkey,
    url: urlOf(server.address() as AddressInfo),
    setLogs: (logs) => witness.setLogs(logs),
    close: () => (closing ??= shut(server).then(() => store.close())),
  }
}

/** Takes no more connections; those that are answered end at once, the others have a moment. */
async function shut(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  const cut = setTimeout(() => server.closeAllConnections(), CLOSE_MS_MAX)
  await closed
  clearTimeout(cut)
}

const CLOSE_MS_MAX = 2_000

const urlOf = ({ address, family, port }: AddressInfo): string =>
  `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
