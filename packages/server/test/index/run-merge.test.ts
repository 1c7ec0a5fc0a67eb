/** Merging parts writes what writing their entries together would, byte for byte; what is erased leaves nothing. */
import * as fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { keyOf } from '../../dist/index/runs/key.js'
import { mergeParts } from '../../dist/index/runs/merge.js'
import { PartWriter } from '../../dist/index/runs/part-writer.js'
import type { PartSource } from '../../dist/index/runs/source.js'
import { seededRandom } from '../http/seeded.js'
import { bytesOfFile, drive, entries, everythingOf, Files, many, Plain, type Said } from './run-kit.js'

const files = new Files()
afterAll(() => files.close())

/** Entries cut into parts that follow one another by index. */
function cut(plain: Plain, places: readonly number[]): Plain[] {
  const byIndex = plain.entries.toSorted((a, b) => a.index - b.index)
  const bounds = [...new Set([0, ...places.map((place) => place % byIndex.length), byIndex.length])].sort(
    (a, b) => a - b,
  )
  return bounds.slice(1).map((to, nth) => new Plain(byIndex.slice(bounds[nth], to)))
}

const fileOf = (sources: readonly PartSource[]): Buffer => bytesOfFile(files.run({ acme: sources }).path)

describe('merging parts', () => {
  test('is writing their entries together, whatever their times', () => {
    fc.assert(
      fc.property(entries(60), fc.array(fc.nat(), { maxLength: 9 }), (plain, places) => {
        const parts = cut(plain, places).map((part) => files.part([part]))
        expect(fileOf(parts).equals(fileOf([plain]))).toBe(true)
      }),
      { numRuns: 150 },
    )
  })

  test('is the same for many entries, in their order or late', () => {
    const late = many(9_000, 3)
    const inOrder = new Plain(late.entries.map((entry) => ({ ...entry, atMs: entry.index * 100 })))
    const backfilled = new Plain(late.entries.map((entry) => ({ ...entry, atMs: -entry.index })))
    for (const plain of [late, inOrder, backfilled]) {
      const parts = cut(plain, [1, 2_000, 2_100, 7_000]).map((part) => files.part([part]))
      expect(fileOf(parts).equals(fileOf([plain]))).toBe(true)
    }
  })

  test('is done in steps', () => {
    const parts = cut(many(9_000, 4), [4_500])
    const sink = { at: 0, write: () => {} }
    let steps = 0
    for (const merging = mergeParts(parts, new PartWriter(sink, { first: 0, count: 9_000 })); !merging.next().done; )
      steps++
    expect(steps).toBeGreaterThan(40)
  })

  test('refuses parts that do not follow one another', () => {
    const [first, , third] = cut(many(30, 5), [10, 20]) as [Plain, Plain, Plain]
    const sink = { at: 0, write: () => {} }
    for (const parts of [
      [first, third],
      [third, first],
    ])
      expect(() => drive(mergeParts(parts, new PartWriter(sink, { first: 0, count: 20 })))).toThrow(/begins where/)
  })
})

describe('merging with something to erase', () => {
  /** What stays of each entry that is erased from. */
  const kept = (plain: Plain, survivors: ReadonlyMap<number, ReadonlySet<string>>): Plain =>
    new Plain(
      plain.entries.map((entry: Said) => {
        const stays = survivors.get(entry.index)
        return stays === undefined ? entry : { ...entry, keys: entry.keys.filter((key) => stays.has(key)) }
      }),
    )

  const erasing = (survivors: ReadonlyMap<number, ReadonlySet<string>>) => ({
    has: (index: number) => survivors.has(index),
    keeps: (index: number, key: string) => survivors.get(index)?.has(key) ?? true,
  })

  const expectErased = (plain: Plain, places: readonly number[], random: () => number, share: number): void => {
    const survivors = new Map(
      plain.entries
        .filter(() => random() < share)
        .map(({ index, keys }) => [index, new Set(keys.filter(() => random() < 0.5))]),
    )
    const parts = cut(plain, places).map((part) => files.part([part]))
    const made = files.run({ acme: parts }, erasing(survivors))
    expect(bytesOfFile(made.path).equals(fileOf([kept(plain, survivors)]))).toBe(true)
  }

  test('is writing what stays', () => {
    fc.assert(
      fc.property(entries(40), fc.array(fc.nat(), { maxLength: 4 }), fc.nat(), (plain, places, seed) =>
        expectErased(plain, places, seededRandom(seed), 0.4),
      ),
      { numRuns: 100 },
    )
  })

  test('is the same for many entries', () => {
    expectErased(many(6_000, 9), [], seededRandom(1), 0.01)
    expectErased(many(6_000, 9), [2_500], seededRandom(2), 0.5)
  })

  test('leaves no byte of a value that only erased entries had', () => {
    const secret = 'ada.lovelace@example.com'
    const plain = many(3_000, 13)
    const told = new Plain(
      plain.entries.map((entry) =>
        entry.index % 700 === 0 ? { ...entry, keys: [...entry.keys, keyOf('actor_email', secret)] } : entry,
      ),
    )
    const before = files.run({ acme: [told] })
    expect(bytesOfFile(before.path).includes('lovelace')).toBe(true)
    const survivors = new Map(
      plain.entries.filter(({ index }) => index % 700 === 0).map((e) => [e.index, new Set(e.keys)]),
    )
    const after = files.run({ acme: [files.part([told])] }, erasing(survivors))
    expect(bytesOfFile(after.path).includes('lovelace')).toBe(false)
    expect(everythingOf(files.part([told], { erasing: erasing(survivors) }))).toEqual(everythingOf(plain))
  })
})
