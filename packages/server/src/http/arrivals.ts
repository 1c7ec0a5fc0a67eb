/** Bodies that were let in and are not answered yet: bounded before one is read, all together and for each key. */
import type { IncomingHttpHeaders } from 'node:http'
import { queueFull } from '../log/index.js'
import type { Leaving } from './answers.js'

/** Of all keys together. */
const ARRIVING_BYTES_MAX = 134_217_728
/** Of one key: others are let in while it floods. */
const ARRIVING_SHARE_BYTES_MAX = 67_108_864
/** What a body counts whose length is not said, or is that of what it is packed in. */
const UNKNOWN_BYTES = 1_048_576

/** Bytes that a body takes, as far as its headers tell. */
function lengthOf(headers: IncomingHttpHeaders): number {
  const length = Number(headers['content-length'] ?? UNKNOWN_BYTES)
  const isPlain = (headers['content-encoding'] ?? 'identity') === 'identity'
  return isPlain ? length : Math.max(length, UNKNOWN_BYTES)
}

export class Arrivals {
  readonly #bytesOf = new Map<string, number>()
  #bytes = 0

  /**
   * Lets a body in until its response is over. One that comes alone is let in, whatever it says.
   *
   * @throws AuditError `queue_full`: nothing of it was read
   */
  letIn(keyId: string, headers: IncomingHttpHeaders, answer: Leaving): void {
    const bytes = lengthOf(headers)
    const held = this.#bytesOf.get(keyId) ?? 0
    if (held > 0 && held + bytes > ARRIVING_SHARE_BYTES_MAX) throw queueFull(`key ${keyId}`)
    if (this.#bytes > 0 && this.#bytes + bytes > ARRIVING_BYTES_MAX) throw queueFull('the server')
    this.#hold(keyId, bytes)
    answer.once('close', () => this.#hold(keyId, -bytes))
  }

  #hold(keyId: string, bytes: number): void {
    this.#bytes += bytes
    const held = (this.#bytesOf.get(keyId) ?? 0) + bytes
    if (held === 0) this.#bytesOf.delete(keyId)
    else this.#bytesOf.set(keyId, held)
  }
}
