/** Keeping the marks at the log's heels: told of each commit, written in batches, never ahead of the disk. */
import { encodeBase64 } from '@sealedlog/sdk/base'
import { parseCheckpoint, parseNote } from '@sealedlog/sdk/merkle'
import type { Watch, WatchedErasure } from '../log/index.js'
import type { MarkConflict, Marks, MarksToWrite, NewMark } from './marks.js'

/** How long what grew is gathered before it is written. */
const GATHER_MS = 500
/** After a failure: the disk may come back, and nobody is helped by asking it all the time. */
const RETRY_MS = 5_000
/** How long an erasing caller, or a shutdown, waits for a drive that does not answer. */
const WAIT_MS_MAX = 10_000

export interface KeeperEvents {
  /** the marks cannot be written; said once until they can again */
  failing(error: Error): void
  writtenAgain(): void
  conflict(conflict: MarkConflict): void
}

export class MarkKeeper implements Watch {
  readonly #marks: Marks
  readonly #events: KeeperEvents
  /** the newest checkpoint of each organization that grew since the marks were written */
  #grown = new Map<string, string>()
  #timer: NodeJS.Timeout | undefined
  /** the writing under way, and all that were asked for before */
  #writing: Promise<unknown> = Promise.resolve()
  #isFailing = false

  constructor(marks: Marks, events: KeeperEvents) {
    this.#marks = marks
    this.#events = events
  }

  get isFailing(): boolean {
    return this.#isFailing
  }

  grown(org: string, checkpoint: string): void {
    this.#grown.set(org, checkpoint)
    this.#schedule(GATHER_MS)
  }

  async erased({ org, index, redacts, checkpoint }: WatchedErasure): Promise<void> {
    const mark = toMark(org, checkpoint)
    await atMost(WAIT_MS_MAX, this.#write({ marks: [mark], redactions: [{ origin: mark.origin, index, redacts }] }))
  }

  /** Writes what grew. Does not throw: what could not be written is tried again. */
  async flush(): Promise<void> {
    const grown = this.#grown
    if (grown.size === 0) return
    this.#grown = new Map()
    if (await this.#write({ marks: [...grown].map(([org, checkpoint]) => toMark(org, checkpoint)) })) return
    for (const [org, checkpoint] of grown) if (!this.#grown.has(org)) this.#grown.set(org, checkpoint)
    this.#schedule(RETRY_MS)
  }

  /** After this the marks say exactly what the log says, if they can be written at all. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    await atMost(WAIT_MS_MAX, this.flush())
    clearTimeout(this.#timer)
    this.#timer = undefined
    await atMost(WAIT_MS_MAX, this.#marks.close())
  }

  #schedule(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      void this.flush()
    }, ms).unref()
  }

  /** One after the other, so that no mark is written after a newer one. False when it could not be written. */
  #write(what: MarksToWrite): Promise<boolean> {
    const writing = this.#writing.then(() => this.#tryToWrite(what))
    this.#writing = writing
    return writing
  }

  async #tryToWrite(what: MarksToWrite): Promise<boolean> {
    try {
      for (const conflict of await this.#marks.write(what)) this.#events.conflict(conflict)
      if (this.#isFailing) this.#events.writtenAgain()
      this.#isFailing = false
      return true
    } catch (error) {
      if (!this.#isFailing) this.#events.failing(error instanceof Error ? error : new Error(String(error)))
      this.#isFailing = true
      return false
    }
  }
}

/** The mark that a checkpoint makes. It is our own, from the commit: nothing of it need be verified. */
export function toMark(org: string, note: string): NewMark {
  const { origin, size, root } = parseCheckpoint(parseNote(note).text)
  return { org, origin, size, root: encodeBase64(root), note }
}

async function atMost(ms: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((resolve) => (timer = setTimeout(resolve, ms)))
  try {
    await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
