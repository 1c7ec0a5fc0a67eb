/** What events demand of an index: the same sums however they are added up, by how many threads, and with how much memory. */
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sealEvent, type RecordedEvent } from '@sealedlog/sdk/event'
import { DataFolder, DataFolderSource } from '@sealedlog/sdk/verifier'
import { DemandPass } from '../../dist/cli/view/demand-pass.js'
import { demandByThreads } from '../../dist/cli/view/demand-threads.js'
import { Demands, ITSELF } from '../../dist/cli/view/demands.js'
import { eachTerm, PostingNumbers, PostingSums, toViewEntry, WORDS_MAX } from '../../dist/index/index.js'
import { SqliteStore } from '../../dist/store/index.js'
import { Chance, someEvent } from '../../dist/store/contract/chance.js'
import { temporaryFolder } from './support.js'

const SEED = Number(process.env.SEED ?? randomInt(2 ** 31))
const NOW_MS = Date.UTC(2026, 10, 20)
const COUNT = 700
const numbers = new PostingNumbers('seed')
const NONE: ReadonlySet<number> = new Set()

/** The sums of the words and facts of each event, as the index's own code says them, one by one. */
function plainSums(events: readonly RecordedEvent[], runs: number): PostingSums {
  const sums = new PostingSums({ from: 0, to: events.length, runs })
  for (const event of events) {
    const entry = toViewEntry('acme', event)
    const add = (field: string, value: string): void =>
      sums.add(sums.slotOf(entry.index), numbers.term(field, value), numbers.entry(entry.atMs, entry.index))
    add(ITSELF, ITSELF)
    eachTerm(entry, add)
  }
  return sums
}

const chance = new Chance(SEED)
const wordy = (words: number): string => Array.from({ length: words }, (_, i) => `w${i}`).join(' ')
const events: readonly RecordedEvent[] = Array.from({ length: COUNT }, (_, index) => ({
  ...someEvent(chance, NOW_MS),
  ...(index % 97 === 0 && { description: wordy(index % 2 === 0 ? WORDS_MAX + 1 : 500) }),
  org: 'acme',
  index,
  occurred_at: '2026-11-20T00:00:00.000Z',
  recorded_at: '2026-11-20T00:00:00.000Z',
}))

describe(`demands (SEED=${SEED})`, () => {
  test.each([1, 50, 100_000])('are those of each event, with %i terms remembered', (termsMax) => {
    const sums = new PostingSums({ from: 0, to: COUNT, runs: COUNT })
    const demands = new Demands(numbers, NONE, termsMax)
    for (const event of events) demands.add(event, sums)
    expect(sums.firstDifference(plainSums(events, COUNT))).toBeUndefined()
  })

  test('of an event whose words are not listed, and of which something was erased, are those of no words', () => {
    const redacted = { ...(events[1] as RecordedEvent), redacted: ['details'] }
    const names = (unlisted: ReadonlySet<number>): readonly string[] => new Demands(numbers, unlisted).names(redacted)
    const words = (all: readonly string[]): number => all.filter((name) => name.startsWith('word=')).length
    expect([words(names(NONE)) > 1, words(names(new Set([1])))]).toEqual([true, 1])
    const sumsWith = (unlisted: ReadonlySet<number>): PostingSums => {
      const sums = new PostingSums({ from: 0, to: COUNT, runs: COUNT })
      new Demands(numbers, unlisted).add(redacted, sums)
      return sums
    }
    expect(sumsWith(NONE).firstDifference(sumsWith(new Set([1])))).toBe(1)
  })
})

describe(`a pass over a data folder (SEED=${SEED})`, () => {
  const folder = join(temporaryFolder(), 'data')
  let data: DataFolder
  beforeAll(async () => {
    const store = await SqliteStore.open({ folder, seed: new Uint8Array(32).fill(7), nowMs: () => NOW_MS })
    await store.createLog('acme', 'Acme')
    const sealed = events.map((event) => sealEvent(event, 'acme', chance.bytes))
    await store.append([{ org: 'acme', events: sealed }])
    await store.close()
    data = await DataFolder.open(folder)
  })
  afterAll(() => data.close())

  const range = { from: 13, to: COUNT - 5, runs: 64 }
  const request = { range, from: range.from, to: range.to }
  const inOneGo = () => new DemandPass(new DataFolderSource(data, 'acme'), numbers, NONE).add(request)
  const byThreads = (threads: number, onEntries: (count: number) => void) =>
    demandByThreads({ folder, org: 'acme', seed: numbers.seed, unlisted: NONE, request }, threads, onEntries)

  test.each([1, 2, 3])('by %i threads comes to the same, and tells of every entry', async (threads) => {
    let told = 0
    const demanded = await byThreads(threads, (count) => (told += count))
    expect(demanded).toEqual(inOneGo())
    expect(told).toBe(range.to - range.from)
  })

  test('says why a thread could not read', async () => {
    const gone = { folder: `${folder}-gone`, org: 'acme', seed: 'seed', unlisted: NONE, request }
    await expect(demandByThreads(gone, 2, () => {})).rejects.toMatchObject({ code: 'storage_failed' })
  })
})
