/** The guard of a data folder that is open: marks kept, logs checked at the start and scrubbed all the time, bad ones read-only. */
import { join } from 'node:path'
import { ReadOnly, type Watch } from '../log/index.js'
import { LOG_FILE, type LogHead, seedFingerprint } from '../store/index.js'
import { explainFinding, FINDING_KINDS, type FindingKind, type LogFinding } from './finding.js'
import { Judging } from './judging.js'
import { MarkKeeper } from './keeper.js'
import { type KnownMarks, type MarkConflict, type Marks, marksBeside } from './marks.js'
import { MarksThread } from './marks-thread.js'
import type { ReadStore } from './read-store.js'
import { Scrubber, type ScrubGauge } from './scrubber.js'
import { openLogRows } from './sqlite/log-rows.js'
import { type KeyOf, ownKey } from './own-key.js'
import { type SoundLog, StartChecks } from './start-checks.js'

export interface GuardOptions {
  /** the data folder */
  readonly folder: string
  /** the file of the marks; beside the data folder unless it is said; false for none */
  readonly marks?: string | false
  readonly seed: Uint8Array
  readonly nowMs: () => number
  /** entries a second that are scrubbed; 0 for none */
  readonly scrubRate?: number
}

/** Something that whoever runs the server has to know. */
export interface GuardNotice {
  readonly level: 'error' | 'warn' | 'info'
  readonly text: string
}

/** What the guard tells about itself: counts and times, no names. */
export interface GuardGauge {
  /** read-only logs by what was found */
  readonly readOnly: ReadonlyMap<FindingKind, number>
  readonly marksFailing: boolean
  readonly scrub: ScrubGauge
}

/** A log of 10 million entries in under three hours, at a few per cent of a processor. */
export const SCRUB_RATE = 1_000

/** Logs that are checked before a start is done, a millisecond or less each: few logs are known whole when it is. */
const CHECKED_FIRST = 64

const NO_SCRUB: ScrubGauge = { entries: 0, findings: 0, lastPassMs: undefined }
const NOTICES_MAX = 1_000

export class Guard {
  readonly readOnly = new ReadOnly()
  readonly #options: GuardOptions
  readonly #marks: Marks | undefined
  readonly #keeper: MarkKeeper | undefined
  readonly #findings = new Map<string, LogFinding>()
  /** what was found before anybody listened */
  #early: GuardNotice[] = []
  #listener: ((notice: GuardNotice) => void) | undefined
  /** settles when the marks are read and the first logs checked */
  #checking: Promise<void> | undefined
  #judging: Judging | undefined
  #closeRows: (() => void) | undefined
  #scrubber: Scrubber | undefined
  /** what goes on beside the server */
  #background: Promise<void> | undefined
  #isClosing = false
  #readFailed = false

  constructor(options: GuardOptions) {
    this.#options = options
    const { marks = marksBeside(options.folder), seed, nowMs } = options
    if (marks === false) return
    this.#marks = new MarksThread({ path: marks, seed: seedFingerprint(seed) }, nowMs)
    this.#keeper = new MarkKeeper(this.#marks, {
      failing: (error) => this.#say('error', `${error.message} Recording goes on, and a rollback would not be caught.`),
      writtenAgain: () => this.#say('info', 'The marks can be written again.'),
      conflict: (conflict) => this.#found(elsewhere(conflict)),
    })
  }

  /** who is told of every commit */
  get watch(): Watch | undefined {
    return this.#keeper
  }

  /** Hears of everything, also of what was found before. */
  listen(listener: (notice: GuardNotice) => void): void {
    this.#listener = listener
    for (const notice of this.#early.splice(0)) listener(notice)
  }

  /**
   * Begins to check every log: the first ones before it resolves, the others as soon as `goOn` is called, and from the call
   * on each before anything is written to it. One that fails becomes read-only, and the others go on. Never repairs anything.
   *
   * @param seenSizes what others have seen, such as witnesses: sizes by origin
   */
  check(store: ReadStore, keyOf: KeyOf, seenSizes?: ReadonlyMap<string, number>): Promise<void> {
    const checking = this.#check(store, keyOf, seenSizes)
    this.#checking = checking.catch(() => undefined)
    this.readOnly.judgeBy((org) =>
      this.#judging ? this.#judging.judge(org) : checking.then(() => this.#judging?.judge(org)),
    )
    return checking
  }

  async #check(store: ReadStore, keyOf: KeyOf, seenSizes?: ReadonlyMap<string, number>): Promise<void> {
    const { marks } = await this.#readMarks()
    const rows = openLogRows(join(this.#options.folder, LOG_FILE))
    this.#closeRows = rows.close
    const checks = new StartChecks({ store, keyOf, marks, rows: rows.rows, ...(seenSizes && { seenSizes }) })
    this.#judging = new Judging({ store, checks, onResult: this.#judgeBy(marks) })
    await this.#judging.some(CHECKED_FIRST)
  }

  /** Goes on in the background: with the checks of the start, then with scrubbing. */
  goOn(store: ReadStore, keyOf: KeyOf): void {
    this.#scrubber = new Scrubber({
      store,
      verifierOf: ({ org, origin }: LogHead) => ownKey(store, keyOf, org, origin),
      entriesPerSecond: this.#options.scrubRate ?? SCRUB_RATE,
      nowMs: this.#options.nowMs,
      isKnownBad: (org) => this.readOnly.has(org),
      onFinding: (finding) => this.#found(finding),
    })
    this.#background = this.#checkRest(this.#scrubber)
  }

  async #checkRest(scrubber: Scrubber): Promise<void> {
    try {
      await this.#judging?.rest()
    } catch (error) {
      // The logs could not be listed. Each is checked all the same before it is written to.
      this.#say('error', `Not every log could be checked (${messageOf(error)}): start the server again.`)
    }
    if (!this.#isClosing) scrubber.start()
  }

  gauge(): GuardGauge {
    const kinds = [...this.#findings.values()].map(({ kind }) => kind)
    return {
      readOnly: new Map(FINDING_KINDS.map((kind) => [kind, kinds.filter((each) => each === kind).length])),
      marksFailing: this.#readFailed || this.#keeper?.isFailing === true,
      scrub: this.#scrubber?.gauge() ?? NO_SCRUB,
    }
  }

  /** Makes a log read-only for something that somebody else found, such as a witness. */
  report(finding: LogFinding): void {
    this.#found(finding)
  }

  /** Writes the marks that are still to be written. Nothing may be recorded any more. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.#judging?.stop()
    await this.#checking
    await this.#background
    await this.#scrubber?.close()
    this.#closeRows?.()
    this.#closeRows = undefined
    await this.#keeper?.close()
  }

  async #readMarks(): Promise<KnownMarks> {
    try {
      return (await this.#marks?.read()) ?? { marks: [], redactions: [] }
    } catch (error) {
      this.#readFailed = true
      this.#say(
        'error',
        `${messageOf(error)} Recording goes on, and whether this is the newest state of the logs was not checked.`,
      )
      return { marks: [], redactions: [] }
    }
  }

  /** What was committed before a stop and not marked is marked now; bad logs keep the marks that speak against them. */
  #judgeBy(marks: KnownMarks['marks']): (result: LogFinding | SoundLog) => void {
    const marked = new Map(marks.map((mark) => [mark.origin, mark.size]))
    let isUnmarked = this.#keeper !== undefined && marks.length === 0 && !this.#readFailed
    return (result) => {
      if ('kind' in result) return this.#found(result)
      const { org, origin, size, checkpoint } = result.head
      if (size > (marked.get(origin) ?? 0)) this.#keeper?.grown(org, checkpoint)
      if (!isUnmarked || size === 0) return
      isUnmarked = false
      this.#say(
        'warn',
        'There are no marks of these logs: that nothing is lost cannot be told. They are kept from now on.',
      )
    }
  }

  #found(finding: LogFinding): void {
    if (this.#findings.has(finding.org)) return
    this.#findings.set(finding.org, finding)
    this.readOnly.set(finding.org, explainFinding(finding))
    this.#say('error', explainFinding(finding))
  }

  #say(level: GuardNotice['level'], text: string): void {
    if (this.#listener) this.#listener({ level, text })
    else if (this.#early.length < NOTICES_MAX) this.#early.push({ level, text })
  }
}

const elsewhere = ({ wanted, found }: MarkConflict): LogFinding => ({
  org: wanted.org,
  kind: 'elsewhere',
  what: `it has ${wanted.size} entries with the root ${wanted.root}, and the marks know ${found.size} with ${found.root}: a copy of this data folder is written to as well.`,
  lost: { origin: found.origin, size: found.size },
})

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
