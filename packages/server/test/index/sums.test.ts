/** Sums over postings tell two sets apart by the entries of their range, and by nothing beyond it. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { PostingNumbers, PostingSums } from '../../dist/index/index.js'

const numbers = new PostingNumbers('seed')
const term = numbers.term('field', 'value')
const range = fc.record({ from: fc.nat(50), count: fc.nat(60), runs: fc.integer({ min: 1, max: 20 }) })
const addTo = (sums: PostingSums, index: number): void => {
  const slot = sums.slotOf(index)
  if (slot >= 0) sums.add(slot, term, numbers.entry(index, index))
}
const indexes = fc.array(fc.nat(200), { maxLength: 80 })

test('sums of a range are the same whatever stands outside of it, also in the runs at its ends', () => {
  fc.assert(
    fc.property(range, indexes, ({ from, count, runs }, all) => {
      const to = from + count
      const [some, inside] = [new PostingSums({ from, to, runs }), new PostingSums({ from, to, runs })]
      for (const index of all) addTo(some, index)
      const within = all.filter((each) => each >= from && each < to)
      for (const index of within) addTo(inside, index)
      expect(some.firstDifference(inside)).toBeUndefined()
    }),
  )
})

test('one posting more inside of the range is located to its run', () => {
  fc.assert(
    fc.property(range, fc.nat(), ({ from, count, runs }, at) => {
      const to = from + count + 1
      const index = from + (at % (count + 1))
      const [one, none] = [new PostingSums({ from, to, runs }), new PostingSums({ from, to, runs })]
      addTo(one, index)
      const found = one.firstDifference(none) ?? Number.NaN
      expect(found <= index && index < found + one.width).toBe(true)
    }),
  )
})

test('postings that change places are told apart', () => {
  const sumsOf = (postings: readonly (readonly [value: string, atMs: number, index: number])[]): PostingSums => {
    const sums = new PostingSums({ from: 0, to: 10, runs: 1 })
    for (const [value, atMs, index] of postings)
      sums.add(sums.slotOf(index), numbers.term('actor_id', value), numbers.entry(atMs, index))
    return sums
  }
  const sums = sumsOf([
    ['one', 5, 1],
    ['other', 5, 2],
  ])
  for (const others of [
    [['other', 5, 1] as const, ['one', 5, 2] as const],
    [['one', 5, 2] as const, ['other', 5, 1] as const, ['one', 5, 1] as const],
    [['one', 6, 1] as const, ['other', 5, 2] as const],
  ])
    expect(sums.firstDifference(sumsOf(others))).toBe(0)
  expect(
    sums.firstDifference(
      sumsOf([
        ['other', 5, 2],
        ['one', 5, 1],
      ]),
    ),
  ).toBeUndefined()
})

test('sums that were added up apart are those of all', () => {
  fc.assert(
    fc.property(range, indexes, fc.nat(80), ({ from, count, runs }, all, cut) => {
      const sumsOf = (some: readonly number[]): PostingSums => {
        const sums = new PostingSums({ from, to: from + count, runs })
        for (const index of some) addTo(sums, index)
        return sums
      }
      const joined = sumsOf(all.slice(0, cut))
      joined.addAll(sumsOf(all.slice(cut)).words)
      expect(joined.firstDifference(sumsOf(all))).toBeUndefined()
    }),
  )
})

test('another seed says other numbers', () => {
  expect(new PostingNumbers('another seed').term('word', 'kept')).not.toEqual(numbers.term('word', 'kept'))
})
