/**
 * The check `view`: the index of a data folder against its log, in constant memory.
 *
 * Sums over what the log's events demand, and over what the index holds, are the same if and only if the postings are.
 * Where they differ, they are made again over the run of entries that differs, until that is one entry. What the events of a
 * long log demand is added up by several threads.
 */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseCheckpoint, parseNote } from '@sealedlog/sdk/merkle'
import { DataFolderSource, type MakeOtherCheck, type OpenedLog, type OtherCheck } from '@sealedlog/sdk/verifier'
import type { Check, Finding } from '@sealedlog/sdk/verify'
import { BrokenRun, PostingNumbers, type PostingSums, type SumsRange, ViewReader } from '../../index/index.js'
import { indexNameIn } from '../../indexes.js'
import { INDEX_FOLDER } from '../../places.js'
import { formatCount, formatCounted } from '../progress.js'
import { type Demanded, DemandPass } from './demand-pass.js'
import { demandByThreads, THREAD_ENTRIES_MIN } from './demand-threads.js'
import { namesOfEntry, SumsOfHeld } from './sums-of-held.js'

/** Runs of a pass: eight kilobytes of sums, and a thousandth of the log to look at more closely. */
const RUNS = 1_024
const SEED_BYTES = 16
/** An erasure while this reads makes the two sides differ for a moment. */
const TRIES_MAX = 3
const SHOWN_MAX = 5
/** A server that keeps up has no more entries than these in memory: its files may be behind by so many. */
const IN_MEMORY_MAX = 100_000

/** Checks the index of a data folder; other targets have none. */
export const checkView: MakeOtherCheck = async (
  { source, place, threadSource },
  { verdict, size = 0 },
  { threads, onProgress },
) => {
  if (!(source instanceof DataFolderSource) || place === undefined) return undefined
  if (verdict !== 'verified')
    return view('skipped', 'The log itself does not hold: nobody knows what its index should say.')
  if (!existsSync(join(place.target, indexNameIn(place.target))))
    return view('skipped', `There is no ${INDEX_FOLDER}: a server makes it from the log when it starts.`)
  const log = { source, size, threads, threadSource, ...(onProgress && { onProgress }) }
  return await checkIndex(place.target, log).catch(sayBroken)
}

/** The log to hold an index against. */
interface ViewedLog extends Pick<OpenedLog, 'threadSource'> {
  readonly source: DataFolderSource
  readonly size: number
  readonly threads: number
  readonly onProgress?: (done: number, total: number) => void
}

async function checkIndex(folder: string, log: ViewedLog): Promise<OtherCheck> {
  for (let tries = TRIES_MAX; ; tries--) {
    const index = join(folder, indexNameIn(folder))
    const reader = ViewReader.open(index)
    if (reader === undefined)
      return view('warned', 'The index is of another version: a server makes it anew when it starts.')
    try {
      const found = await check(reader, log).catch(sayBroken)
      if (found.check.state !== 'failed' || tries === 1 || !reader.isDisturbed()) return found
    } finally {
      reader.close()
    }
  }
}

const check = async (reader: ViewReader, log: ViewedLog): Promise<OtherCheck> =>
  await new ViewCheck(reader, log).check()

function sayBroken(error: unknown): OtherCheck {
  if (!(error instanceof BrokenRun)) throw error
  return broken({ where: INDEX_FOLDER, expected: 'an index that can be read', found: error.message })
}

const view = (state: Check['state'], text: string, findings: readonly Finding[] = []): OtherCheck => ({
  check: { name: 'view', state, text },
  findings,
})

const broken = (finding: Omit<Finding, 'check'>): OtherCheck =>
  view('failed', 'The index does not say what the log says. `sealedlog reindex` builds it again.', [
    { check: 'view', ...finding },
  ])

function sayCovered(covered: number, size: number): string {
  const said =
    covered === 0
      ? `The index’s files cover nothing yet of ${formatCounted(size, 'entry', 'entries')}`
      : `The index’s files cover ${formatCount(covered)} of ${formatCounted(size, 'entry', 'entries')}, as the log says`
  return `${said}; a server that runs has the newest in memory.`
}

/** Both, and neither goes on when this is over: what they read is closed then. */
async function both<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([one, other])
  return [await one, await other]
}

class ViewCheck {
  readonly #reader: ViewReader
  readonly #log: ViewedLog
  readonly #org: string
  readonly #numbers = new PostingNumbers(randomBytes(SEED_BYTES).toString('hex'))
  readonly #unlisted: ReadonlySet<number>
  readonly #pass: DemandPass

  constructor(reader: ViewReader, log: ViewedLog) {
    this.#reader = reader
    this.#log = log
    this.#org = log.source.org
    this.#unlisted = reader.unlisted(this.#org)
    this.#pass = new DemandPass(log.source, this.#numbers, this.#unlisted)
  }

  async check(): Promise<OtherCheck> {
    const { size } = this.#log
    const covers = this.#reader.size(this.#org)
    const covered = Math.min(size, covers)
    const range = { from: 0, to: covered, runs: RUNS }
    const [held, { sums, misnamed }] = await both(this.#hold(range), this.#demand(range))
    const beyond = await this.#beyond(covers)
    if (misnamed) return broken(misnamed)
    const from = sums.firstDifference(held)
    if (from !== undefined) return broken(await this.#locate(from, Math.min(covered, from + sums.width)))
    if (beyond) return broken(beyond)
    if (covered < size) return view(size - covered > IN_MEMORY_MAX ? 'warned' : 'passed', sayCovered(covered, size))
    return view(
      'passed',
      `The index says of ${formatCounted(covered, 'entry', 'entries')} what the log says, and nothing else.`,
    )
  }

  /** Adds up what the events of a range demand. A row that goes by another id than its leaf is found on the way. */
  async #demand(range: SumsRange): Promise<Demanded> {
    const { threads, threadSource, onProgress } = this.#log
    const { from, to } = range
    const request = { range, from, to }
    let done = 0
    const onEntries = (count: number): void => onProgress?.((done += count), to - from)
    const useful = Math.min(threads, Math.floor((to - from) / THREAD_ENTRIES_MIN))
    // What only this thread can read is read here.
    if (useful < 1 || threadSource.kind !== 'data folder') return this.#pass.add(request, onEntries)
    const { seed } = this.#numbers
    const data = { folder: threadSource.folder, org: this.#org, seed, unlisted: this.#unlisted, request }
    return await demandByThreads(data, useful, onEntries)
  }

  /** Adds up what the index holds of a range. */
  async #hold(range: SumsRange): Promise<PostingSums> {
    const held = new SumsOfHeld(this.#numbers, range)
    await this.#reader.eachPosting(this.#org, held)
    return held.sums
  }

  /** What the index covers past the end of the log, which may have grown since it was checked. */
  async #beyond(covers: number): Promise<Omit<Finding, 'check'> | undefined> {
    const { size } = parseCheckpoint(parseNote(await this.#log.source.checkpoint()).text)
    if (covers <= size) return undefined
    return { where: INDEX_FOLDER, expected: `at most ${size} entries, as the log has`, found: `${covers}` }
  }

  /** The first entry of a range that differs, and in what. */
  async #locate(from: number, to: number): Promise<Omit<Finding, 'check'>> {
    if (to - from <= 1) return await this.#compare(from)
    const range = { from, to, runs: RUNS }
    const { sums } = await this.#demand(range)
    const first = sums.firstDifference(await this.#hold(range)) ?? from
    return await this.#locate(first, Math.min(to, first + sums.width))
  }

  async #compare(at: number): Promise<Omit<Finding, 'check'>> {
    const demanded = this.#pass.names(at)
    const held = await namesOfEntry(this.#reader, this.#org, at)
    const differing = (a: ReadonlySet<string>, b: ReadonlySet<string>): string =>
      [...a]
        .filter((each) => !b.has(each))
        .slice(0, SHOWN_MAX)
        .join(', ') || 'nothing else'
    return { index: at, where: INDEX_FOLDER, expected: differing(demanded, held), found: differing(held, demanded) }
  }
}
