/** What a server publishes: its witnesses, its anchor, the notes that come of it, and what is told about all of them. */
import { mkdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type NoteVerifier, parsePolicy, parseVerifierKey } from '@sealedlog/sdk/merkle'
import type { DocumentStore, LogHead, LogStore } from '../store/index.js'
import type { Fetch } from './call-witness.js'
import { CosignedNotes } from './cosigned-notes.js'
import { logVerifier } from './ed25519.js'
import { FolderAnchor } from './folder-anchor.js'
import type { OfferedCheckpoint, ReadConsistency, SinkAlarm, SinkEvents, SinkGauge } from './port.js'
import { type PublishedSink, Publisher } from './publisher.js'
import { WitnessSink } from './witness-sink.js'

export interface SinkOptions {
  /** the text of a policy (c2sp.org/tlog-policy): its witnesses with a URL are asked */
  readonly policy?: string | Uint8Array
  /** the folder of an anchor; made if it does not exist */
  readonly anchor?: string
  /** how often it is looked whether witnesses have something to sign */
  readonly witnessEveryMs?: number
  /** how often checkpoints are put into the anchor */
  readonly anchorEveryMs?: number
  /** what a witness may take to answer */
  readonly witnessTimeoutMs?: number
  readonly fetch?: Fetch
}

export const WITNESS_EVERY_MS = 10_000
export const ANCHOR_EVERY_MS = 3_600_000
/** An idle log is cosigned anew each day, so that no news can be told from old news. */
export const WITNESS_REFRESH_MS = 86_400_000
/** How long a start may take to ask witnesses what they saw. */
const START_MS_MAX = 30_000
const HEADS_CHUNK = 500

export interface PublishingOptions {
  readonly store: LogStore & DocumentStore
  readonly consistency: ReadConsistency
  readonly nowMs: () => number
  readonly sinks?: SinkOptions
}

/** A thing that happened, for whoever runs the server. */
export interface SinkNotice {
  readonly level: 'error' | 'warn' | 'info'
  readonly text: string
}

/** Who hears of it. */
export interface SinkListener {
  notice(notice: SinkNotice): void
  /** somebody can prove to know the log otherwise than it is */
  proven(alarm: SinkAlarm): void
}

export class Publishing {
  /** what witnesses signed, kept from one start to the next */
  readonly notes: CosignedNotes
  readonly #store: LogStore
  readonly #witnesses: WitnessSink | undefined
  readonly #anchor: FolderAnchor | undefined
  readonly #publisher: Publisher
  readonly #failures = new Map<string, number>()
  #listener: SinkListener | undefined

  /** @throws AuditError `invalid_configuration` for a policy that cannot be used */
  constructor({ store, consistency, nowMs, sinks = {} }: PublishingOptions) {
    const policy = sinks.policy === undefined ? undefined : parsePolicy(sinks.policy)
    const events = this.#events()
    const published: PublishedSink[] = []
    this.#store = store
    this.notes = new CosignedNotes(store, policy)
    const verifiersOf = (org: string) => this.#verifiersOf(org)
    if (policy !== undefined) {
      this.#witnesses = new WitnessSink({
        policy,
        notes: this.notes,
        consistency,
        verifiersOf,
        events,
        nowMs,
        refreshMs: WITNESS_REFRESH_MS,
        ...(sinks.fetch && { fetch: sinks.fetch }),
        ...(sinks.witnessTimeoutMs !== undefined && { timeoutMs: sinks.witnessTimeoutMs }),
      })
      const everyMs = sinks.witnessEveryMs ?? WITNESS_EVERY_MS
      published.push({ sink: this.#witnesses, everyMs, refreshMs: WITNESS_REFRESH_MS })
    }
    if (sinks.anchor !== undefined) {
      mkdirSync(sinks.anchor, { recursive: true })
      this.#anchor = new FolderAnchor(sinks.anchor, verifiersOf, events)
      const everyMs = sinks.anchorEveryMs ?? ANCHOR_EVERY_MS
      published.push({ sink: this.#anchor, everyMs, refreshMs: Number.POSITIVE_INFINITY })
    }
    this.#publisher = new Publisher({
      sinks: published,
      heads: async (after, limit) => (await store.heads(after, limit)).map(offered),
      events,
      nowMs,
      wait: (ms, signal) => sleep(ms, undefined, { signal, ref: false }),
    })
  }

  /**
   * The largest size of each log, by origin, that a witness or the anchor can prove to have seen, with the log's own
   * signature: for a check before anything is written. Who does not answer says it in the first round instead.
   */
  async sizesSeen(): Promise<ReadonlyMap<string, number>> {
    const seen = new Map<string, number>()
    if (this.#witnesses === undefined && this.#anchor === undefined) return seen
    const signal = AbortSignal.timeout(START_MS_MAX)
    for (let after = ''; ; ) {
      const heads = await this.#heads(after)
      for (const sink of [this.#witnesses, this.#anchor])
        for (const [origin, size] of (await sink?.sizesSeen(heads, signal)) ?? [])
          seen.set(origin, Math.max(size, seen.get(origin) ?? 0))
      if (heads.length < HEADS_CHUNK) return seen
      after = heads.at(-1)?.org ?? ''
    }
  }

  /** Begins to publish. */
  start(listener: SinkListener): void {
    this.#listener = listener
    this.#publisher.start()
  }

  /** Publishes what is due now, and resolves when every sink was asked. */
  round(): Promise<void> {
    return this.#publisher.round()
  }

  gauge(): SinkGauge {
    return {
      uncosignedEntries: this.#witnesses?.uncosignedEntries ?? 0,
      alarms: (this.#witnesses?.alarms().length ?? 0) + (this.#anchor?.alarms ?? 0),
      failures: this.#failures,
    }
  }

  close(): Promise<void> {
    return this.#publisher.close()
  }

  async #heads(after: string): Promise<readonly OfferedCheckpoint[]> {
    return (await this.#store.heads(after, HEADS_CHUNK)).map(offered)
  }

  async #verifiersOf(org: string): Promise<readonly NoteVerifier[]> {
    return (await this.#store.keys(org)).map(({ vkey }) => logVerifier(parseVerifierKey(vkey)))
  }

  /** Said the first time and then each time that it has been ten times as often: a witness that is down is down for hours. */
  #events(): SinkEvents {
    return {
      failed: (sink, org, why, times) => {
        this.#failures.set(sink, (this.#failures.get(sink) ?? 0) + 1)
        if (/^10*$/.test(String(times))) this.#say('warn', explainFailure(sink, org, why))
      },
      recovered: (sink) => this.#say('info', `${sink} takes checkpoints again.`),
      alarmed: (alarm) => {
        this.#say('error', explainAlarm(alarm))
        if (alarm.evidence !== undefined) this.#listener?.proven(alarm)
      },
    }
  }

  #say(level: SinkNotice['level'], text: string): void {
    this.#listener?.notice({ level, text })
  }
}

const offered = ({ org, origin, size, checkpoint }: LogHead): OfferedCheckpoint => ({
  org,
  origin,
  size,
  note: checkpoint,
})

const explainFailure = (sink: string, org: string, why: string): string =>
  org === ''
    ? `No checkpoint was offered to ${sink}: ${why}.`
    : `The checkpoint of "${org}" was not taken by ${sink}: ${why}.`

function explainAlarm({ org, what, evidence }: SinkAlarm): string {
  const next =
    evidence === undefined
      ? 'It proves nothing yet: ask whoever runs it for the checkpoint that it holds.'
      : 'It holds a checkpoint with this log’s own signature, which proves it. Keep the data folder, and find out which copy is the true one.'
  return `The log of "${org}" is not what it was: ${what}. ${next}`
}
