/** What is done in the background: young ones are written, runs are merged, erased parts are made anew. */
import { join } from 'node:path'
import { BrokenRun } from './broken-run.js'
import { Abandoned, Chore, type Task } from './chore.js'
import { eraseFromRuns, overwrite } from './erasing.js'
import type { Erasures } from './erasures.js'
import type { RunsLimits } from './limits.js'
import type { Shelf } from './shelf.js'
import type { ShelvedRun } from './shelved-run.js'
import { dueMerge, type Stretch } from './tiers.js'
import { writeFile } from './write-file.js'
import { mergedRun, youngRun } from './writing.js'
import type { Youngs } from './youngs.js'

export interface Kept {
  readonly shelf: Shelf
  readonly youngs: Youngs
  readonly erasures: Erasures
  readonly limits: RunsLimits
  /** a file proved broken: takes it out, and what follows */
  readonly onBroken: (error: BrokenRun) => void
  /** something was done, or failed */
  readonly onStep: () => void
}

export class Upkeep {
  readonly #kept: Kept
  readonly #writing: Chore
  readonly #tending: Chore
  /** counts how often runs were taken away: what was begun before is abandoned */
  #cuts = 0
  #isClosing = false
  /** told when a task of the tending is over */
  readonly #tended: (() => void)[] = []
  /** the file that is being written of young ones */
  #attempt: Promise<void> = Promise.resolve()

  constructor(kept: Kept) {
    this.#kept = kept
    this.#writing = new Chore(() => this.#nextWriting(), kept.onStep)
    this.#tending = new Chore(
      () => this.#nextTending(),
      () => {
        for (const tell of this.#tended.splice(0)) tell()
        kept.onStep()
      },
    )
  }

  /** Why files cannot be written, as far as is known. */
  get failure(): Error | undefined {
    return this.#writing.failure ?? this.#tending.failure
  }

  wake(now = false): void {
    this.#writing.wake(now)
    this.#tending.wake(now)
  }

  /** Resolves when nothing is left to be overwritten: with false where that fails. */
  async overwritten(): Promise<boolean> {
    this.wake(true)
    while (this.#kept.shelf.runs.some(isToBeWiped)) {
      await new Promise<void>((resolve) => this.#tended.push(resolve))
      if (this.#tending.failure) return false
    }
    return true
  }

  /** Runs were taken off the shelf. */
  wasCut(): void {
    this.#cuts += 1
    this.wake()
  }

  /** Writes what is young, finishes erasing, and leaves merging to the next start. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.wake()
    // the one wakes the other
    await this.#writing.stop()
    await this.#tending.stop()
  }

  #nextWriting(): Task | undefined {
    return this.#kept.youngs.oldest ? () => this.#writeYoung() : undefined
  }

  #nextTending(): Task | undefined {
    const { shelf, erasures, limits } = this.#kept
    if (shelf.runs.some(isToBeWiped)) return () => this.#overwrite()
    if (erasures.isWaiting) return () => this.#erase()
    if (!shelf.isSaved) return () => shelf.save()
    const due = this.#isClosing ? undefined : dueMerge(shelf.runs, limits)
    return due && (() => this.#merge(due))
  }

  /** Writes the oldest of those that are full as a run. It may have to begin anew: what is erased meanwhile goes into no file. */
  async #writeYoung(): Promise<void> {
    const { shelf, youngs } = this.#kept
    const young = youngs.oldest
    if (young === undefined) return
    const { erased } = young
    const cuts = this.#cuts
    const file = shelf.newFile()
    this.#attempt = writeFile({
      path: join(shelf.folder, file),
      write: (fd) => youngRun(fd, young.segments.parts()),
      goOn: () => {
        if (young.erased !== erased || this.#cuts !== cuts) throw new Abandoned('it says something else now')
      },
      take: (bytes) => {
        shelf.push(shelf.open(file, bytes))
        youngs.dropOldest()
      },
    })
    await this.#attempt
    this.#tending.wake()
    await shelf.save()
  }

  async #merge(stretch: Stretch): Promise<void> {
    const { shelf } = this.#kept
    const runs = shelf.runs.slice(stretch.from, stretch.to)
    const cuts = this.#cuts
    const file = shelf.newFile()
    await this.#heeding(() =>
      writeFile({
        path: join(shelf.folder, file),
        write: (fd) => mergedRun(fd, runs),
        goOn: () => {
          if (this.#isClosing || this.#cuts !== cuts) throw new Abandoned('these runs are no longer merged')
        },
        // others are added behind them meanwhile, and none before
        take: (bytes) => shelf.replace(stretch, shelf.open(file, bytes)),
      }),
    )
    await shelf.save()
  }

  async #erase(): Promise<void> {
    const { shelf, erasures } = this.#kept
    const erasure = erasures.begin()
    if (erasure === undefined) return
    const cuts = this.#cuts
    const goOn = (): void => {
      if (this.#cuts !== cuts) throw new Abandoned('runs were taken away')
    }
    let isMade = false
    try {
      // a file that was being written may hold it: it is gone when that is
      await this.#attempt.catch(() => undefined)
      await this.#heeding(() => eraseFromRuns(shelf.runs, erasure, goOn))
      isMade = true
      erasures.lift(erasure)
      await this.#overwrite()
      erasures.end(erasure)
    } catch (error) {
      const isAbandoned = error instanceof Abandoned
      if (!isAbandoned) erasure.end(error as Error)
      // once made, the runs know what is left to be overwritten: made again and again, files would grow with each try
      if (isAbandoned || !isMade) erasures.putBack(erasure)
      else erasures.end(erasure)
      throw error
    }
  }

  /** Overwrites the old parts, once the manifest names the new ones. Where that fails, whoever waits for an erasing is told. */
  async #overwrite(): Promise<void> {
    try {
      await this.#wipe()
    } catch (error) {
      if (!(error instanceof Abandoned)) this.#kept.erasures.tellAll(error as Error)
      throw error
    }
  }

  async #wipe(): Promise<void> {
    const { shelf } = this.#kept
    if (!shelf.runs.some(isToBeWiped)) return
    const cuts = this.#cuts
    shelf.changed()
    await shelf.save()
    await overwrite(shelf.runs, () => {
      if (this.#cuts !== cuts) throw new Abandoned('runs were taken away')
    })
    shelf.changed()
    await shelf.save()
  }

  async #heeding(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof BrokenRun)) throw error
      this.#kept.onBroken(error)
      throw new Abandoned(error.message)
    }
  }
}

const isToBeWiped = ({ wipe }: ShelvedRun): boolean => wipe.length > 0
