/** Who is told of what became durable, and keeps it somewhere else: the marks of the guard room. */
import type { Redaction } from '@sealedlog/sdk/event'

export interface Watch {
  /** A log grew, and this is its newest checkpoint. Called after the commit; must neither wait nor throw. */
  grown(org: string, checkpoint: string): void
  /**
   * Something was erased. Awaited before its caller hears of it: a copy that is put back later must not bring it back.
   * Does not throw: what is erased is erased.
   */
  erased(erasure: WatchedErasure): Promise<void>
}

/** What was erased, and the entry that accounts for it. */
export interface WatchedErasure {
  readonly org: string
  /** of the `audit.redaction` entry */
  readonly index: number
  readonly redacts: readonly Redaction[]
  /** covers that entry */
  readonly checkpoint: string
}
