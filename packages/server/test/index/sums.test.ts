/** Sums over postings tell two sets apart by the entries of their range, and by nothing beyond it. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { PostingNumbers, PostingSums } from '../../dist/index/index.js'

const numbers = new PostingNumbers('seed')
const term = numbers.term('field', 'value')
const range = fc.record({ from: fc.nat(50), count: fc.nat(60), runs: fc.integer({ min: 1, max: 20 }) })
const indexes = fc.array(fc.nat(200), { maxLength: 80 })

test('sums of a range are the same whatever stands outside of it, also in the runs at its ends', () => {
  fc.assert(
    fc.property(range, indexes, ({ from, count, runs }, all) => {
      const to = from + count
      const [some, inside] = [new PostingSums(from, to, runs), new PostingSums(from, to, runs)]
      for (const index of all) some.add(term, numbers.entry(index, index), index)
      const within = all.filter((each) => each >= from && each < to)
      for (const index of within) inside.add(term, numbers.entry(index, index), index)
      expect(some.firstDifference(inside)).toBeUndefined()
    }),
  )
})

test('one posting more inside of the range is located to its run', () => {
  fc.assert(
    fc.property(range, fc.nat(), ({ from, count, runs }, at) => {
      const to = from + count + 1
      const index = from + (at % (count + 1))
      const [one, none] = [new PostingSums(from, to, runs), new PostingSums(from, to, runs)]
      one.add(term, numbers.entry(0, index), index)
      const found = one.firstDifference(none) ?? Number.NaN
      expect(found <= index && index < found + one.width).toBe(true)
    }),
  )
})

test('postings that change places are told apart', () => {
  const sumsOf = (postings: readonly (readonly [value: string, atMs: number, index: number])[]): PostingSums => {
    const sums = new PostingSums(0, 10, 1)
    for (const [value, atMs, index] of postings)
      sums.add(numbers.term('actor_id', value), numbers.entry(atMs, index), index)
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

test('numbers that were forgotten are said again as they were', () => {
  const some = new PostingNumbers('another seed')
  const before = some.term('word', 'kept')
  for (let i = 0; i < 250_000; i += 1) some.term('word', `w${i}`)
  expect(some.term('word', 'kept')).toEqual(before)
  expect(some.term('word', 'kept')).not.toEqual(numbers.term('word', 'kept'))
})
