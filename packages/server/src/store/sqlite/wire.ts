/** How a group of units crosses to the writer's thread and its outcomes come back: bytes in one buffer, handed over, never cloned. */
import { AuditError, decodeUtf8, encodeUtf8, type ErrorCode, type ErrorFacts, parseText } from '@sealedlog/sdk/base'
import type { SealedEvent } from '@sealedlog/sdk/event'
import type { Placed, Unit, UnitAct, UnitOutcome } from '../port.js'

/** Appends numbers, texts and byte strings to a buffer that grows. */
class Packer {
  #bytes: Uint8Array<ArrayBuffer>
  #view: DataView
  #length = 0

  /** @param guess how many bytes it will be: one that is too low costs copies */
  constructor(guess: number) {
    this.#bytes = new Uint8Array(guess)
    this.#view = new DataView(this.#bytes.buffer)
  }

  u32(value: number): void {
    this.#grow(4)
    this.#view.setUint32(this.#length, value, true)
    this.#length += 4
  }

  f64(value: number): void {
    this.#grow(8)
    this.#view.setFloat64(this.#length, value, true)
    this.#length += 8
  }

  bytes(value: Uint8Array): void {
    this.u32(value.length)
    this.#grow(value.length)
    this.#bytes.set(value, this.#length)
    this.#length += value.length
  }

  text(value: string): void {
    this.bytes(encodeUtf8(value))
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length)
  }

  #grow(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(this.#length + more, this.#bytes.length * 2))
    grown.set(this.#bytes)
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }
}

/** Reads back what a Packer wrote, in the same order. Byte strings are views of the buffer. */
class Unpacker {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  u32(): number {
    this.#offset += 4
    return this.#view.getUint32(this.#offset - 4, true)
  }

  f64(): number {
    this.#offset += 8
    return this.#view.getFloat64(this.#offset - 8, true)
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const length = this.u32()
    this.#offset += length
    return this.#bytes.subarray(this.#offset - length, this.#offset) as Uint8Array<ArrayBuffer>
  }

  text(): string {
    const bytes = this.bytes()
    return bytes.length === 0 ? '' : decodeUtf8(bytes)
  }

  times<T>(read: () => T): T[] {
    return Array.from({ length: this.u32() }, read)
  }
}

/** What stands before a unit's bytes and an event's: names, lengths, offsets. */
const UNIT_BYTES = 512
const EVENT_BYTES = 160

export function packUnits(units: readonly Unit[]): Uint8Array<ArrayBuffer> {
  const to = new Packer(guessBytes(units))
  to.u32(units.length)
  for (const { org, events, act } of units) {
    to.text(org)
    to.text(act === undefined ? '' : JSON.stringify(act))
    to.u32(events.length)
    // An id holds no line feed, and one long text is read many times as fast as many short ones.
    to.text(events.map(({ id }) => id).join('\n'))
    for (const event of events) packEvent(to, event)
  }
  return to.finish()
}

function guessBytes(units: readonly Unit[]): number {
  let bytes = 0
  for (const { events } of units) {
    bytes += UNIT_BYTES
    for (const { leaf, disclosures } of events) bytes += EVENT_BYTES + leaf.length + disclosures.length
  }
  return bytes
}

export function unpackUnits(bytes: Uint8Array): readonly Unit[] {
  const from = new Unpacker(bytes)
  return from.times(() => {
    const [org, act] = [from.text(), from.text()]
    const count = from.u32()
    const ids = from.text().split('\n')
    const events = Array.from({ length: count }, (_, i) => unpackEvent(from, ids[i] as string))
    return act === '' ? { org, events } : { org, events, act: parseText(act) as unknown as UnitAct }
  })
}

function packEvent(to: Packer, event: SealedEvent): void {
  to.f64(event.recordedAtOffset)
  to.f64(event.occurredAtOffset)
  to.bytes(event.leaf)
  to.bytes(event.disclosures)
}

const unpackEvent = (from: Unpacker, id: string): SealedEvent => ({
  id,
  recordedAtOffset: from.f64(),
  occurredAtOffset: from.f64(),
  leaf: from.bytes(),
  disclosures: from.bytes(),
})

const OUTCOMES_BYTES = 16_384

/** Checkpoints stand once, in front: many units of a group share one. */
export function packOutcomes(outcomes: readonly UnitOutcome[]): Uint8Array<ArrayBuffer> {
  const to = new Packer(OUTCOMES_BYTES)
  const checkpoints = [...new Set(outcomes.map((outcome) => ('refused' in outcome ? '' : outcome.checkpoint)))]
  const numbers = new Map(checkpoints.map((checkpoint, i) => [checkpoint, i]))
  to.u32(checkpoints.length)
  for (const checkpoint of checkpoints) to.text(checkpoint)
  to.u32(outcomes.length)
  for (const outcome of outcomes) {
    const refused = 'refused' in outcome
    to.text(refused ? formatError(outcome.refused) : '')
    if (refused) continue
    to.u32(numbers.get(outcome.checkpoint) ?? 0)
    to.f64(outcome.size)
    to.u32(outcome.placed.length)
    for (const placed of outcome.placed) packPlaced(to, placed)
  }
  return to.finish()
}

export function unpackOutcomes(bytes: Uint8Array): readonly UnitOutcome[] {
  const from = new Unpacker(bytes)
  const checkpoints = from.times(() => from.text())
  return from.times(() => {
    const error = from.text()
    if (error !== '') return { refused: parseError(error) }
    const checkpoint = checkpoints[from.u32()] ?? ''
    const size = from.f64()
    return { checkpoint, size, placed: from.times(() => unpackPlaced(from)) }
  })
}

function packPlaced(to: Packer, placed: Placed): void {
  to.f64(placed.index)
  to.f64(placed.recordedAtMs)
  to.u32(placed.status === 'recorded' ? 0 : 1)
  to.bytes(placed.leafHash)
}

const unpackPlaced = (from: Unpacker): Placed => ({
  index: from.f64(),
  recordedAtMs: from.f64(),
  status: from.u32() === 0 ? 'recorded' : 'duplicate',
  leafHash: from.bytes(),
})

interface PackedError extends ErrorFacts {
  readonly code: ErrorCode
  readonly message: string
}

/** An error as text: what a thread can hand to another. Errors that are not ours become `storage_failed`. */
export function formatError(error: unknown): string {
  const known = error instanceof AuditError ? error : new AuditError('storage_failed', String(error))
  const { code, message, issues, retryAfterSeconds } = known
  return JSON.stringify({ code, message, issues, retryAfterSeconds })
}

export function parseError(text: string): AuditError {
  const { code, message, ...facts } = parseText(text) as unknown as PackedError
  return new AuditError(code, message, facts)
}
