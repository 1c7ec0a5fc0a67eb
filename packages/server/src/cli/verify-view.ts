/**
 * The check `view`: the index of a data folder against its log, in constant memory.
 *
 * Sums over what the log's events demand, and over what the index holds, are the same if and only if the postings are.
 * Where they differ, they are made again over the run of entries that differs, until that is one entry.
 */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { AuditError } from '@sealedlog/sdk/base'
import { openEntry, type RecordedEvent } from '@sealedlog/sdk/event'
import { parseCheckpoint, parseNote, TILE_WIDTH } from '@sealedlog/sdk/merkle'
import { DataFolderSource, type MakeOtherCheck, type OtherCheck, openDatabase } from '@sealedlog/sdk/verifier'
import type { Check, Finding } from '@sealedlog/sdk/verify'
import { eachPosted, PostingSums, ViewReader } from '../index/index.js'
import { type OnProgress, toIndexEntry } from '../log/index.js'
import { INDEX_FILE } from '../places.js'
import { formatCount, formatCounted } from './progress.js'

/** Runs of a pass: eight kilobytes of sums, and a thousandth of the log to look at more closely. */
const RUNS = 1_024
const SEED_BYTES = 16
/** An erasure while this reads makes the two sides differ for a moment. */
const TRIES_MAX = 3
const SHOWN_MAX = 5

/** Checks the index of a data folder; other targets have none. */
export const checkView: MakeOtherCheck = async ({ source, place }, { verdict, size = 0 }, onProgress) => {
  if (!(source instanceof DataFolderSource) || place === undefined) return undefined
  if (verdict !== 'verified')
    return view('skipped', 'The log itself does not hold: nobody knows what its index should say.')
  if (!existsSync(join(place.target, INDEX_FILE)))
    return view('skipped', `There is no ${INDEX_FILE}: a server makes it from the log when it starts.`)
  try {
    return await checkIndex(place.target, source, size, onProgress)
  } catch (error) {
    if (!isUnreadable(error)) throw error
    return broken({ where: INDEX_FILE, expected: 'an index that can be read', found: error.message })
  }
}

async function checkIndex(
  folder: string,
  source: DataFolderSource,
  size: number,
  onProgress: OnProgress | undefined,
): Promise<OtherCheck> {
  for (let tries = TRIES_MAX; ; tries--) {
    const database = await openDatabase(folder, INDEX_FILE)
    try {
      const reader = new ViewReader(database.db)
      if (!reader.isOfThisVersion())
        return view('warned', 'The index is of another version: a server makes it anew when it starts.')
      const found = await new ViewCheck(reader, source, onProgress).check(size)
      if (
        found.check.state !== 'failed' ||
        tries === 1 ||
        !(database.isDisturbed() || existsSync(join(folder, `${INDEX_FILE}-wal`)))
      )
        return found
    } finally {
      database.close()
    }
  }
}

const isUnreadable = (error: unknown): error is Error =>
  (error instanceof AuditError && error.code === 'storage_failed') || (error instanceof Error && 'errcode' in error)

const view = (state: Check['state'], text: string, findings: readonly Finding[] = []): OtherCheck => ({
  check: { name: 'view', state, text },
  findings,
})

const broken = (finding: Omit<Finding, 'check'>): OtherCheck =>
  view('failed', 'The index does not say what the log says. `sealedlog reindex` builds it again.', [
    { check: 'view', ...finding },
  ])

class ViewCheck {
  readonly #reader: ViewReader
  readonly #source: DataFolderSource
  readonly #onProgress: OnProgress | undefined
  readonly #seed = randomBytes(SEED_BYTES).toString('hex')

  constructor(reader: ViewReader, source: DataFolderSource, onProgress: OnProgress | undefined) {
    this.#reader = reader
    this.#source = source
    this.#onProgress = onProgress
  }

  async check(size: number): Promise<OtherCheck> {
    const { org } = this.#source
    const covered = Math.min(size, this.#reader.size(org))
    const demanded = new PostingSums(this.#seed, 0, covered, RUNS)
    const misnamed = this.#demand(demanded, 0, covered)
    if (misnamed) return broken(misnamed)
    const held = new PostingSums(this.#seed, 0, covered, RUNS)
    const beyond = await this.#hold(held)
    const from = demanded.firstDifference(held)
    if (from !== undefined) return broken(this.#locate(from, Math.min(covered, from + demanded.width)))
    if (beyond) return broken(beyond)
    if (covered < size)
      return view(
        'warned',
        `The index covers ${formatCount(covered)} of ${formatCounted(size, 'entry', 'entries')} as the log says; a server that runs brings it up.`,
      )
    return view(
      'passed',
      `The index says of ${formatCounted(covered, 'entry', 'entries')} what the log says, and nothing else.`,
    )
  }

  /** Adds up what the events of a range demand. A row that goes by another id than its leaf is found on the way. */
  #demand(sums: PostingSums, from: number, to: number): Omit<Finding, 'check'> | undefined {
    let misnamed: Omit<Finding, 'check'> | undefined
    for (const [event, id] of this.#events(from, to)) {
      eachDemand(event, (field, value, atMs, index) => sums.add(field, value, atMs, index))
      if (id !== event.id)
        misnamed ??= { index: event.index, where: 'log.sqlite, column id', expected: event.id, found: String(id) }
    }
    return misnamed
  }

  *#events(from: number, to: number): Generator<readonly [event: RecordedEvent, id: unknown]> {
    for (let bundle = Math.floor(from / TILE_WIDTH); bundle * TILE_WIDTH < to; bundle++) {
      const first = bundle * TILE_WIDTH
      this.#onProgress?.(first, to)
      for (const [i, { id, leaf, disclosures }] of this.#source.entries(bundle).entries())
        if (first + i >= from && first + i < to) yield [openEntry(leaf, disclosures, first + i), id]
    }
  }

  /** Adds up what the index holds, and says what stands there for no entry at all. */
  async #hold(sums: PostingSums): Promise<Omit<Finding, 'check'> | undefined> {
    const { org } = this.#source
    let last = -1
    let before: number | undefined
    const unused = this.#reader.eachPosting(org, (field, value, atMs, index) => {
      sums.add(field, value, atMs, index)
      if (index > last) last = index
      if (index < 0) before = index
    })
    // Asked for afterwards: an index that grows meanwhile covers what it was seen to hold.
    const covers = this.#reader.size(org)
    const { size } = parseCheckpoint(parseNote(await this.#source.checkpoint()).text)
    if (before !== undefined)
      return { where: INDEX_FILE, expected: 'no entry before the first', found: `index ${before}` }
    if (last >= covers) return { index: last, where: INDEX_FILE, expected: `no entry past ${covers - 1}`, found: 'one' }
    if (covers > size)
      return { where: INDEX_FILE, expected: `at most ${size} entries, as the log has`, found: `${covers}` }
    if (unused === 0) return undefined
    return {
      where: INDEX_FILE,
      expected: 'values of some entry',
      found: formatCounted(unused, 'value of none', 'values of none'),
    }
  }

  /** The first entry of a range that differs, and in what. */
  #locate(from: number, to: number): Omit<Finding, 'check'> {
    if (to - from <= 1) return this.#compare(from)
    const sums = (): PostingSums => new PostingSums(this.#seed, from, to, RUNS)
    const [demanded, held] = [sums(), sums()]
    this.#demand(demanded, from, to)
    this.#reader.eachPosting(this.#source.org, (field, value, atMs, index) => held.add(field, value, atMs, index))
    const first = demanded.firstDifference(held) ?? from
    return this.#locate(first, Math.min(to, first + demanded.width))
  }

  #compare(at: number): Omit<Finding, 'check'> {
    const demanded = new Set<string>()
    const held = new Set<string>()
    for (const [event] of this.#events(at, at + 1))
      eachDemand(event, (field, value, atMs) => demanded.add(posting(field, value, atMs)))
    this.#reader.eachPosting(this.#source.org, (field, value, atMs, index) => {
      if (index === at) held.add(posting(field, value, atMs))
    })
    const differing = (a: ReadonlySet<string>, b: ReadonlySet<string>): string =>
      [...a]
        .filter((each) => !b.has(each))
        .slice(0, SHOWN_MAX)
        .join(', ') || 'nothing else'
    return { index: at, where: INDEX_FILE, expected: differing(demanded, held), found: differing(held, demanded) }
  }
}

type Demand = (field: string, value: string, atMs: number, index: number) => void

/** What an event is posted under: itself, and each of its facts. */
function eachDemand(event: RecordedEvent, demand: Demand): void {
  const { atMs, index, facts } = toIndexEntry(event)
  demand('', '', atMs, index)
  eachPosted(facts, (field, value) => demand(field, value, atMs, index))
}

const posting = (field: string, value: string, atMs: number): string =>
  `${field === '' ? 'itself' : `${field}=${value}`} at ${new Date(atMs).toISOString()}`
