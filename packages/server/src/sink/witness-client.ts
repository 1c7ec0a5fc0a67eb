/** One witness, asked to cosign: from the size it holds to the size that is offered (c2sp.org/tlog-witness). */
import { AuditError, equalBytes } from '@sealedlog/sdk/base'
import {
  type Checkpoint,
  checkConsistency,
  cosignatureVerifier,
  formatGrowth,
  type NoteSignature,
  type NoteVerifier,
  openNote,
  parseCheckpoint,
  parseCosignature,
  parseNote,
  type PolicyWitness,
} from '@sealedlog/sdk/merkle'
import { addCheckpoint, type Fetch, readCheckpoint, type WitnessCall, type WitnessReply } from './call-witness.js'
import { verifyEd25519 } from './ed25519.js'
import type { AlarmKind, OfferedCheckpoint, ReadConsistency } from './port.js'

/** What became of asking. `lasting`: this log’s business alone, not the witness’s with others. */
export type WitnessOutcome =
  | { readonly cosignature: NoteSignature }
  | { readonly alarm: AlarmKind; readonly size: number; readonly why: string }
  | { readonly failed: string; readonly ofThisLog: boolean }

export interface WitnessClientOptions {
  readonly witness: PolicyWitness
  readonly url: string
  readonly consistency: ReadConsistency
  readonly fetch: Fetch
  readonly timeoutMs: number
  readonly nowMs: () => number
}

/** A witness's size may move once while it is asked: by another who shows it the same log. */
const TRIES_MAX = 3
const SIZE_TYPE = 'text/x.tlog.size'
/** How far a cosignature's time may lie ahead: one of the far future would make every later one look old. */
const AHEAD_SECONDS_MAX = 3_600

export class WitnessClient {
  readonly name: string
  readonly #options: WitnessClientOptions
  readonly #verifier: NoteVerifier
  /** the size that it holds of each log, as far as it said */
  readonly #sizes = new Map<string, number>()

  constructor(options: WitnessClientOptions) {
    this.name = options.witness.name
    this.#options = options
    this.#verifier = cosignatureVerifier(options.witness.key, verifyEd25519)
  }

  /** Asks for a cosignature. Does not throw. */
  async cosign(checkpoint: OfferedCheckpoint, signal: AbortSignal): Promise<WitnessOutcome> {
    try {
      return await this.#ask(checkpoint, signal)
    } catch (error) {
      return { failed: `it does not answer: ${reasonOf(error)}`, ofThisLog: false }
    }
  }

  /**
   * The newest checkpoint of a log that it says it cosigned, where the log's own key signed it; undefined where it has
   * none, or nothing that proves anything.
   *
   * @throws what `fetch` throws
   */
  async seen(
    origin: string,
    verifiers: readonly NoteVerifier[],
    signal: AbortSignal,
  ): Promise<SeenCheckpoint | undefined> {
    const { status, text } = await readCheckpoint(this.#call(signal), origin)
    if (status !== 200) return undefined
    try {
      const checkpoint = parseCheckpoint(openNote(text, verifiers).text)
      return checkpoint.origin === origin ? { checkpoint, note: text } : undefined
    } catch (error) {
      if (error instanceof AuditError) return undefined
      throw error
    }
  }

  async #ask(checkpoint: OfferedCheckpoint, signal: AbortSignal): Promise<WitnessOutcome> {
    const { org, origin, size, note } = checkpoint
    const known = this.#sizes.get(origin) ?? 0
    let oldSize = known > size ? 0 : known
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const hashes = await this.#options.consistency(org, oldSize, size)
      const reply = await addCheckpoint(this.#call(signal), formatGrowth({ oldSize, hashes, checkpoint: note }))
      const held = reply.status === 409 ? sizeIn(reply) : undefined
      if (held === undefined || held === oldSize || held > size)
        return this.#outcomeOf(reply, checkpoint, oldSize, held)
      this.#sizes.set(origin, held)
      oldSize = held
    }
    return { failed: 'the size that it says it holds keeps changing', ofThisLog: true }
  }

  #outcomeOf(
    reply: WitnessReply,
    checkpoint: OfferedCheckpoint,
    oldSize: number,
    held: number | undefined,
  ): WitnessOutcome {
    const { origin, size } = checkpoint
    const { status } = reply
    if (status === 200) return this.#read(reply, checkpoint)
    if (held !== undefined && held > size) {
      this.#sizes.set(origin, held)
      return { alarm: 'rollback', size: held, why: `it saw ${held} entries, and the log has ${size}` }
    }
    // Two versions of the standard: the same size with another root is 409, and since 2026 it is 422.
    const isOtherRoot = oldSize === size && (status === 409 || status === 422)
    if (isOtherRoot || (status === 422 && oldSize > 0))
      return {
        alarm: 'fork',
        size: oldSize,
        why: `the log of ${oldSize} entries that it saw is not the beginning of this one`,
      }
    if (status === 404) return { failed: 'it does not know the log: give it the log’s verifier key', ofThisLog: true }
    if (status === 403)
      return { failed: 'it knows another verifier key of the log: give it the new one', ofThisLog: true }
    const ofThisLog = status < 500 && status !== 429
    return { failed: `it answers ${status} ${JSON.stringify(reply.text.slice(0, 100))}`, ofThisLog }
  }

  /** The cosignature in an answer: by this witness, over this very text, at a time that can be. */
  #read({ text: lines }: WitnessReply, { origin, size, note }: OfferedCheckpoint): WitnessOutcome {
    try {
      const { verified } = openNote(`${parseNote(note).text}\n${lines}`, [this.#verifier])
      const [cosignature] = verified
      const timeSeconds = cosignature && parseCosignature(cosignature.signature)?.timeSeconds
      if (!cosignature || !timeSeconds) return { failed: 'its cosignature has no time', ofThisLog: true }
      if (timeSeconds > this.#options.nowMs() / 1000 + AHEAD_SECONDS_MAX)
        return { failed: 'the time of its cosignature lies in the future: compare the clocks', ofThisLog: true }
      this.#sizes.set(origin, size)
      return { cosignature }
    } catch (error) {
      return { failed: `what it answers is no cosignature of it: ${reasonOf(error)}`, ofThisLog: true }
    }
  }

  #call(signal: AbortSignal): WitnessCall {
    const { fetch, url, timeoutMs } = this.#options
    return { fetch, url, timeoutMs, signal }
  }
}

/** A checkpoint of a log that a witness holds, signed by the log itself. */
export interface SeenCheckpoint {
  readonly checkpoint: Checkpoint
  readonly note: string
}

/** How a checkpoint that somebody holds speaks against a log; undefined when it does not. */
export async function speaksAgainst(
  { checkpoint: seen }: SeenCheckpoint,
  { org, size, note }: OfferedCheckpoint,
  consistency: ReadConsistency,
): Promise<AlarmKind | undefined> {
  if (seen.size > size) return 'rollback'
  const { root } = parseCheckpoint(parseNote(note).text)
  if (seen.size === size) return equalBytes(seen.root, root) ? undefined : 'fork'
  const proof = await consistency(org, seen.size, size)
  try {
    checkConsistency({ oldSize: seen.size, newSize: size, oldRoot: seen.root, newRoot: root, proof })
    return undefined
  } catch {
    return 'fork'
  }
}

function sizeIn({ type, text }: WitnessReply): number | undefined {
  if (type !== SIZE_TYPE || !/^(?:0|[1-9]\d{0,15})\n$/.test(text)) return undefined
  const size = Number(text)
  return Number.isSafeInteger(size) ? size : undefined
}

/** `fetch` says what happened in the cause of its error. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause instanceof Error ? error.cause : error
  return 'code' in cause && typeof cause.code === 'string' ? `${cause.code} ${cause.message}`.trim() : cause.message
}
