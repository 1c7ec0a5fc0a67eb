/**
 * What a witness remembers: of each log the newest checkpoint that it cosigned, and what it refused to.
 *
 * What an engine promises:
 * - `advance` reads what stands there, lets `judge` decide, and writes what it decided, as one: whoever else advances the
 *   same log, in this process or another, comes before or after, never between. So no two forks are ever cosigned.
 * - When it returns, what was decided is on disk and would survive a power cut. When it throws, nothing may be answered:
 *   it may or may not have been written.
 */

/** The newest checkpoint of a log that was cosigned. */
export interface Kept {
  readonly size: number
  /** 32 bytes */
  readonly root: Uint8Array
  /** with the log's signatures and the cosignature */
  readonly note: string
  /** the cosignature's */
  readonly timeSeconds: number
}

/** A checkpoint that its log signed and that cannot be of the log that was cosigned: evidence. */
export interface Misfit {
  readonly note: string
  /** as it was sent, with its proof */
  readonly request: string
  readonly atSeconds: number
}

/** What to write: the next checkpoint, a misfit, or nothing; and what to answer with. */
export interface Ruling<T> {
  readonly answer: T
  readonly keep?: Kept
  readonly misfit?: Misfit
  /** whether the misfit proves a fork by itself: with a bad proof, a good checkpoint looks like one too */
  readonly isFork?: boolean
}

export interface WitnessStore {
  advance<T>(origin: string, judge: (kept: Kept | undefined) => Ruling<T>): T
  /** By the SHA-256 of the origin, in hex. */
  find(originHash: string): Kept | undefined
  /**
   * What was refused of a log, oldest first. Later ones than MISFITS_MAX are not kept, but for as many forks: who fills the
   * room with what proves nothing takes none from what does.
   */
  misfits(origin: string): readonly Misfit[]
  close(): void
}

export const MISFITS_MAX = 100
