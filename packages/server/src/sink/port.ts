/**
 * Where checkpoints go, so that what was shown to somebody cannot be taken back: witnesses, anchors.
 *
 * What a sink promises: it never waits for ever, never stops another sink, and never the log, which goes on whatever
 * becomes of its checkpoints. What it takes is kept durably before `offer` resolves with true.
 */

/** A checkpoint of a log that is durable already. */
export interface OfferedCheckpoint {
  readonly org: string
  readonly origin: string
  readonly size: number
  /** the signed note */
  readonly note: string
}

export interface CheckpointSink {
  /** by which logs and metrics call it */
  readonly name: string
  /**
   * Takes a checkpoint. Offers come one after the other for one log, several at once for several.
   *
   * @returns false when something of it is still to be done: it will be offered again
   */
  offer(checkpoint: OfferedCheckpoint, signal: AbortSignal): Promise<boolean>
}

/** `rollback`: somebody saw more of the log than there is. `fork`: somebody saw another log under its name. */
export type AlarmKind = 'rollback' | 'fork'

/** Somebody outside knows the log otherwise than it is. */
export interface SinkAlarm {
  readonly sink: string
  readonly org: string
  readonly origin: string
  readonly kind: AlarmKind
  /** one sentence for people */
  readonly what: string
  /** the size that was seen there */
  readonly size: number
  /** the note that proves it, signed by the log's own key; without it, it is only said */
  readonly evidence?: string
}

/** Who hears of what becomes of offers. Must neither wait nor throw. */
export interface SinkEvents {
  /** @param times how often in a row */
  failed(sink: string, org: string, why: string, times: number): void
  /** it works again after it failed */
  recovered(sink: string): void
  /** once for each sink, log and kind, until it is over */
  alarmed(alarm: SinkAlarm): void
}

/** What sinks tell about themselves: counts, no names of organizations. */
export interface SinkGauge {
  /** entries that no checkpoint with the policy's quorum covers yet, of all logs, as of the last round */
  readonly uncosignedEntries: number
  readonly alarms: number
  /** offers that failed, by sink */
  readonly failures: ReadonlyMap<string, number>
}

/** The hashes of the consistency proof from one size of a log to another. */
export type ReadConsistency = (org: string, oldSize: number, size: number) => Promise<readonly Uint8Array[]>
