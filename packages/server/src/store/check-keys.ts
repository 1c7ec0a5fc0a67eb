/** Checking the keys of a log over time: each is announced by an entry, handed over by the one before it, or neither. */
import { type AuditError, encodeBase64 } from '@sealedlog/sdk/base'
import type { LogAct } from '@sealedlog/sdk/event'
import { formatCheckpoint, type OpenedNote, openNote } from '@sealedlog/sdk/merkle'
import type { LogHead, LogKey } from './port.js'
import { FIRST_GENERATION, verifierOf } from './signing.js'

/** Where, what was expected, what was found. */
export type Broken = (where: string, expected: string | number, found: string | number) => AuditError

/** Follows the keys along the entries, from the first one on. */
export class KeyCheck {
  /** oldest first */
  readonly #keys: readonly LogKey[]
  readonly #broken: Broken
  #at = 0

  /** @param newestFirst as the store tells them, read after the head: what came later is passed over */
  constructor(newestFirst: readonly LogKey[], { size }: LogHead, broken: Broken) {
    this.#keys = newestFirst.filter(({ since }) => since <= size).toReversed()
    this.#broken = broken
    const [first] = this.#keys
    if (first === undefined) throw broken('keys', 'a key since size 0', 'none')
    this.#expect('first key', { ...first, generation: FIRST_GENERATION, since: 0 }, first)
  }

  /**
   * An act of the entry at an index, and the roots before and after it.
   *
   * @throws AuditError `proof_failed`
   */
  check(index: number, act: LogAct, rootBefore: Uint8Array, rootAfter: Uint8Array): void {
    const since = index + 1
    if ('key_rotated' in act) {
      const { generation, vkey } = act.key_rotated
      const { origin, generation: now } = this.#current
      if (generation !== now + 1) throw this.#broken(`index ${index}, generation`, now + 1, generation)
      const [before, key] = [this.#current, this.#next(index)]
      this.#expect(`key announced at index ${index}`, { origin, generation, vkey, since }, key)
      this.#checkHandover(before, key, rootAfter)
    } else if ('continues' in act) {
      const { origin: left, size, root } = act.continues
      const { origin: before } = this.#current
      // A log of which nothing survived names the one that was lost.
      if (size > 0 && left !== before) throw this.#broken(`index ${index}, origin that is left`, before, left)
      if (size !== index) throw this.#broken(`index ${index}, surviving entries`, index, size)
      const found = encodeBase64(rootBefore)
      if (root !== found) throw this.#broken(`index ${index}, root of the surviving entries`, found, root)
      const key = this.#next(index)
      this.#expect(`key since size ${since}`, { ...key, generation: FIRST_GENERATION, since }, key)
      if (key.origin === before) throw this.#broken(`key since size ${since}`, 'another origin', before)
      if (key.handover !== undefined) throw this.#broken(`key since size ${since}`, 'no handover', 'one')
    }
  }

  /** Every key was announced, and the checkpoint is signed by the newest one, perhaps by the one before it, by no other. */
  finish({ origin, vkey, size, checkpoint }: LogHead): void {
    const unannounced = this.#keys[this.#at + 1]
    if (unannounced)
      throw this.#broken(`index ${unannounced.since - 1}`, `it announces ${unannounced.vkey}`, 'no such act')
    this.#expect('newest key', { ...this.#current, origin, vkey }, this.#current)
    const before = this.#keys[this.#at - 1]
    const known = before?.origin === origin ? [this.#current, before] : [this.#current]
    const [stranger] = this.#open('checkpoint', checkpoint, known).unverified
    if (stranger)
      throw this.#broken(`checkpoint of size ${size}`, 'signatures of its keys alone', `one by ${stranger.name}`)
  }

  get #current(): LogKey {
    return this.#keys[this.#at] as LogKey
  }

  #next(index: number): LogKey {
    const key = this.#keys[++this.#at]
    if (key === undefined) throw this.#broken(`key announced at index ${index}`, 'a key', 'none')
    return key
  }

  #checkHandover(before: LogKey, key: LogKey, root: Uint8Array): void {
    const where = `handover to generation ${key.generation}`
    if (key.handover === undefined) throw this.#broken(where, 'a note', 'none')
    const expected = formatCheckpoint({ origin: key.origin, size: key.since, root, extensions: [] })
    const { text, verified } = this.#open(where, key.handover, [before, key])
    if (text !== expected) throw this.#broken(where, JSON.stringify(expected), JSON.stringify(text))
    if (verified.length !== 2) throw this.#broken(where, 'the signatures of both keys', verified.length)
  }

  #open(where: string, note: string, keys: readonly LogKey[]): OpenedNote {
    try {
      return openNote(
        note,
        keys.map(({ vkey }) => verifierOf(vkey)),
      )
    } catch (error) {
      throw this.#broken(where, 'a note whose signatures hold', error instanceof Error ? error.message : String(error))
    }
  }

  #expect(where: string, expected: LogKey, found: LogKey): void {
    const [wanted, there] = [textOf(expected), textOf(found)]
    if (wanted !== there) throw this.#broken(where, wanted, there)
  }
}

const textOf = ({ origin, generation, vkey, since }: LogKey): string =>
  `generation ${generation} of ${origin} since size ${since}, ${vkey}`
