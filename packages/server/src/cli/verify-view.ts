/**
 * The check `view`: the index of a data folder against its log, in constant memory.
 *
 * Sums over what the log's events demand, and over what the index holds, are the same if and only if the postings are.
 * Where they differ, they are made again over the run of entries that differs, until that is one entry.
 */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openEntry, type RecordedEvent } from '@sealedlog/sdk/event'
import { parseCheckpoint, parseNote, TILE_WIDTH } from '@sealedlog/sdk/merkle'
import { DataFolderSource, type MakeOtherCheck, type OtherCheck } from '@sealedlog/sdk/verifier'
import type { Check, Finding } from '@sealedlog/sdk/verify'
import { BrokenRun, PostingNumbers, PostingSums, ViewReader } from '../index/index.js'
import type { OnProgress } from '../log/index.js'
import { indexNameIn } from '../indexes.js'
import { INDEX_FOLDER } from '../places.js'
import { formatCount, formatCounted } from './progress.js'
import { Demands, namesOfEntry, SumsOfHeld } from './view-sums.js'

/** Runs of a pass: eight kilobytes of sums, and a thousandth of the log to look at more closely. */
const RUNS = 1_024
const SEED_BYTES = 16
/** An erasure while this reads makes the two sides differ for a moment. */
const TRIES_MAX = 3
const SHOWN_MAX = 5
/** A server that keeps up has no more entries than these in memory: its files may be behind by so many. */
const IN_MEMORY_MAX = 100_000

/** Checks the index of a data folder; other targets have none. */
export const checkView: MakeOtherCheck = async ({ source, place }, { verdict, size = 0 }, onProgress) => {
  if (!(source instanceof DataFolderSource) || place === undefined) return undefined
  if (verdict !== 'verified')
    return view('skipped', 'The log itself does not hold: nobody knows what its index should say.')
  if (!existsSync(join(place.target, indexNameIn(place.target))))
    return view('skipped', `There is no ${INDEX_FOLDER}: a server makes it from the log when it starts.`)
  return await checkIndex(place.target, source, size, onProgress).catch(sayBroken)
}

async function checkIndex(
  folder: string,
  source: DataFolderSource,
  size: number,
  onProgress: OnProgress | undefined,
): Promise<OtherCheck> {
  for (let tries = TRIES_MAX; ; tries--) {
    const index = join(folder, indexNameIn(folder))
    const reader = ViewReader.open(index)
    if (reader === undefined)
      return view('warned', 'The index is of another version: a server makes it anew when it starts.')
    try {
      const found = await check(reader, source, size, onProgress).catch(sayBroken)
      if (found.check.state !== 'failed' || tries === 1 || !reader.isDisturbed()) return found
    } finally {
      reader.close()
    }
  }
}

const check = async (
  reader: ViewReader,
  source: DataFolderSource,
  size: number,
  onProgress: OnProgress | undefined,
): Promise<OtherCheck> => await new ViewCheck(reader, source, onProgress).check(size)

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

class ViewCheck {
  readonly #reader: ViewReader
  readonly #source: DataFolderSource
  readonly #onProgress: OnProgress | undefined
  readonly #numbers = new PostingNumbers(randomBytes(SEED_BYTES).toString('hex'))
  readonly #demands: Demands

  constructor(reader: ViewReader, source: DataFolderSource, onProgress: OnProgress | undefined) {
    this.#reader = reader
    this.#source = source
    this.#onProgress = onProgress
    this.#demands = new Demands(this.#numbers, reader.unlisted(source.org))
  }

  async check(size: number): Promise<OtherCheck> {
    const covers = this.#reader.size(this.#source.org)
    const covered = Math.min(size, covers)
    const held = this.#hold(0, covered)
    const beyond = await this.#beyond(covers)
    const { sums, misnamed } = this.#demand(0, covered)
    if (misnamed) return broken(misnamed)
    const from = sums.firstDifference(held)
    if (from !== undefined) return broken(this.#locate(from, Math.min(covered, from + sums.width)))
    if (beyond) return broken(beyond)
    if (covered < size) return view(size - covered > IN_MEMORY_MAX ? 'warned' : 'passed', sayCovered(covered, size))
    return view(
      'passed',
      `The index says of ${formatCounted(covered, 'entry', 'entries')} what the log says, and nothing else.`,
    )
  }

  /** Adds up what the events of a range demand. A row that goes by another id than its leaf is found on the way. */
  #demand(from: number, to: number): { sums: PostingSums; misnamed: Omit<Finding, 'check'> | undefined } {
    const sums = new PostingSums(from, to, RUNS)
    let misnamed: Omit<Finding, 'check'> | undefined
    for (const [event, id] of this.#events(from, to)) {
      this.#demands.add(event, sums)
      if (id !== event.id)
        misnamed ??= { index: event.index, where: 'log.sqlite, column id', expected: event.id, found: String(id) }
    }
    return { sums, misnamed }
  }

  *#events(from: number, to: number): Generator<readonly [event: RecordedEvent, id: unknown]> {
    for (let bundle = Math.floor(from / TILE_WIDTH); bundle * TILE_WIDTH < to; bundle++) {
      const first = bundle * TILE_WIDTH
      this.#onProgress?.(first, to)
      for (const [i, { id, leaf, disclosures }] of this.#source.entries(bundle).entries())
        if (first + i >= from && first + i < to) yield [openEntry(leaf, disclosures, first + i), id]
    }
  }

  /** Adds up what the index holds of a range. */
  #hold(from: number, to: number): PostingSums {
    const held = new SumsOfHeld(this.#numbers, new PostingSums(from, to, RUNS))
    this.#reader.eachPosting(this.#source.org, held)
    return held.sums
  }

  /** What the index covers past the end of the log, which may have grown since it was checked. */
  async #beyond(covers: number): Promise<Omit<Finding, 'check'> | undefined> {
    const { size } = parseCheckpoint(parseNote(await this.#source.checkpoint()).text)
    if (covers <= size) return undefined
    return { where: INDEX_FOLDER, expected: `at most ${size} entries, as the log has`, found: `${covers}` }
  }

  /** The first entry of a range that differs, and in what. */
  #locate(from: number, to: number): Omit<Finding, 'check'> {
    if (to - from <= 1) return this.#compare(from)
    const { sums } = this.#demand(from, to)
    const first = sums.firstDifference(this.#hold(from, to)) ?? from
    return this.#locate(first, Math.min(to, first + sums.width))
  }

  #compare(at: number): Omit<Finding, 'check'> {
    const demanded = new Set<string>()
    for (const [event] of this.#events(at, at + 1)) for (const each of this.#demands.names(event)) demanded.add(each)
    const held = namesOfEntry(this.#reader, this.#source.org, at)
    const differing = (a: ReadonlySet<string>, b: ReadonlySet<string>): string =>
      [...a]
        .filter((each) => !b.has(each))
        .slice(0, SHOWN_MAX)
        .join(', ') || 'nothing else'
    return { index: at, where: INDEX_FOLDER, expected: differing(demanded, held), found: differing(held, demanded) }
  }
}
