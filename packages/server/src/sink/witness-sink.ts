/** The witnesses of a policy as a sink: all are asked, each for itself, and what they sign is put together. */
import type { NoteSignature, NoteVerifier, Policy } from '@sealedlog/sdk/merkle'
import { Backoff } from './backoff.js'
import type { Fetch } from './call-witness.js'
import type { CosignedNotes } from './cosigned-notes.js'
import type { CheckpointSink, OfferedCheckpoint, ReadConsistency, SinkAlarm, SinkEvents } from './port.js'
import { speaksAgainst, WitnessClient, type WitnessOutcome } from './witness-client.js'
import { askableWitnesses } from './askable.js'

export const WITNESS_TIMEOUT_MS = 10_000

export interface WitnessSinkOptions {
  readonly policy: Policy
  readonly notes: CosignedNotes
  readonly consistency: ReadConsistency
  /** what checks the log's own signature, of every key that it had */
  readonly verifiersOf: (org: string) => Promise<readonly NoteVerifier[]>
  readonly events: SinkEvents
  readonly nowMs: () => number
  /** a cosignature that is older than this is asked for again, so that no news can be told from old news */
  readonly refreshMs: number
  readonly fetch?: Fetch
  readonly timeoutMs?: number
}

/** What a witness signed last of a log. */
interface Signed {
  readonly note: string
  readonly atMs: number
}

export class WitnessSink implements CheckpointSink {
  readonly name = 'witnesses'
  readonly #options: WitnessSinkOptions
  readonly #witnesses: readonly WitnessClient[]
  readonly #backoff: Backoff
  readonly #signed = new Map<string, Signed>()
  readonly #alarms = new Map<string, SinkAlarm>()
  readonly #lags = new Map<string, number>()

  constructor(options: WitnessSinkOptions) {
    const { policy, consistency, nowMs, fetch = globalThis.fetch, timeoutMs = WITNESS_TIMEOUT_MS } = options
    this.#options = options
    this.#witnesses = askableWitnesses(policy).map(
      ({ witness, url }) => new WitnessClient({ witness, url, consistency, fetch, timeoutMs, nowMs }),
    )
    this.#backoff = new Backoff(nowMs)
  }

  async offer(checkpoint: OfferedCheckpoint, signal: AbortSignal): Promise<boolean> {
    const { org, origin, size } = checkpoint
    if (!this.#isListed(origin)) return true
    const asked = this.#witnesses.filter((witness) => !this.#isFresh(witness, checkpoint))
    const answers = await Promise.all(asked.map((witness) => this.#ask(witness, checkpoint, signal)))
    const cosignatures = answers.filter((each) => each !== undefined)
    if (cosignatures.length > 0) await this.#options.notes.add(checkpoint, cosignatures)
    const met = await this.#options.notes.met(org)
    this.#lags.set(org, Math.max(0, size - (met?.size ?? 0)))
    return cosignatures.length === asked.length
  }

  /** Entries of all logs that no checkpoint with the quorum covers yet, as of the last round. */
  get uncosignedEntries(): number {
    let entries = 0
    for (const lag of this.#lags.values()) entries += lag
    return entries
  }

  /** What witnesses hold against the logs, as of the last time they were asked. */
  alarms(): readonly SinkAlarm[] {
    return [...this.#alarms.values()]
  }

  /**
   * The largest size of each log that a witness can prove to have seen: for a check before anything is written. Witnesses
   * that do not answer are passed over, and say what they know in the first round.
   */
  async sizesSeen(heads: Iterable<OfferedCheckpoint>, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    const seen = new Map<string, number>()
    const silent = new Set<WitnessClient>()
    for (const { org, origin } of heads) {
      if (!this.#isListed(origin)) continue
      const verifiers = await this.#options.verifiersOf(org)
      const sizes = this.#witnesses.map(async (witness) => {
        if (silent.has(witness)) return 0
        const found = await witness.seen(origin, verifiers, signal).catch(() => void silent.add(witness))
        return found?.checkpoint.size ?? 0
      })
      const largest = Math.max(0, ...(await Promise.all(sizes)))
      if (largest > 0) seen.set(origin, largest)
    }
    return seen
  }

  /** A policy that names logs is about those; one that names none is about all. */
  #isListed(origin: string): boolean {
    const { logs } = this.#options.policy
    return logs.length === 0 || logs.some(({ key }) => key.name === origin)
  }

  #isFresh({ name }: WitnessClient, { origin, note }: OfferedCheckpoint): boolean {
    const signed = this.#signed.get(`${name} ${origin}`)
    return signed?.note === note && this.#options.nowMs() - signed.atMs < this.#options.refreshMs
  }

  async #ask(
    witness: WitnessClient,
    checkpoint: OfferedCheckpoint,
    signal: AbortSignal,
  ): Promise<NoteSignature | undefined> {
    const ofLog = `${witness.name} ${checkpoint.origin}`
    if (this.#backoff.isWaiting(witness.name) || this.#backoff.isWaiting(ofLog)) return undefined
    const outcome = await witness.cosign(checkpoint, signal)
    if (signal.aborted) return undefined
    if (!('cosignature' in outcome)) {
      await this.#failed(witness, checkpoint, outcome, signal)
      return undefined
    }
    const isBack = [this.#backoff.succeed(witness.name), this.#backoff.succeed(ofLog)].includes(true)
    this.#alarms.delete(ofLog)
    if (isBack) this.#options.events.recovered(witness.name)
    this.#signed.set(ofLog, { note: checkpoint.note, atMs: this.#options.nowMs() })
    return outcome.cosignature
  }

  async #failed(
    witness: WitnessClient,
    checkpoint: OfferedCheckpoint,
    outcome: Exclude<WitnessOutcome, { cosignature: NoteSignature }>,
    signal: AbortSignal,
  ): Promise<void> {
    const { org, origin } = checkpoint
    const ofLog = `${witness.name} ${origin}`
    const isOwn = 'alarm' in outcome || outcome.ofThisLog
    const times = this.#backoff.fail(isOwn ? ofLog : witness.name)
    const why = 'alarm' in outcome ? outcome.why : outcome.failed
    this.#options.events.failed(witness.name, org, why, times)
    if (!('alarm' in outcome)) return
    const proof = await this.#proofOf(witness, checkpoint, signal)
    const before = this.#alarms.get(ofLog)
    const alarm: SinkAlarm = {
      sink: witness.name,
      org,
      origin,
      kind: proof?.kind ?? outcome.alarm,
      what: `the witness ${witness.name} does not cosign it: ${why}`,
      size: proof?.size ?? outcome.size,
      ...(proof && { evidence: proof.note }),
    }
    this.#alarms.set(ofLog, alarm)
    if (before?.kind !== alarm.kind || (before.evidence === undefined && proof)) this.#options.events.alarmed(alarm)
  }

  /** What a witness says is a claim; what the log itself signed for it is a proof. */
  async #proofOf(witness: WitnessClient, checkpoint: OfferedCheckpoint, signal: AbortSignal) {
    const { verifiersOf, consistency } = this.#options
    try {
      const seen = await witness.seen(checkpoint.origin, await verifiersOf(checkpoint.org), signal)
      const kind = seen && (await speaksAgainst(seen, checkpoint, consistency))
      return seen && kind && { kind, size: seen.checkpoint.size, note: seen.note }
    } catch {
      return undefined
    }
  }
}
