/** Sums over postings tell two sets apart by the entries of their range, and by nothing beyond it. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { PostingSums } from '../../dist/index/index.js'

const SEED = 'seed'
const range = fc.record({ from: fc.nat(50), count: fc.nat(60), runs: fc.integer({ min: 1, max: 20 }) })
const indexes = fc.array(fc.nat(200), { maxLength: 80 })

test('sums of a range are the same whatever stands outside of it, also in the runs at its ends', () => {
  fc.assert(
    fc.property(range, indexes, ({ from, count, runs }, all) => {
      const to = from + count
      const [some, inside] = [new PostingSums(SEED, from, to, runs), new PostingSums(SEED, from, to, runs)]
      for (const index of all) some.add('field', 'value', index, index)
      for (const index of all.filter((each) => each >= from && each < to)) inside.add('field', 'value', index, index)
      expect(some.firstDifference(inside)).toBeUndefined()
    }),
  )
})

test('one posting more inside of the range is located to its run', () => {
  fc.assert(
    fc.property(range, fc.nat(), ({ from, count, runs }, at) => {
      const to = from + count + 1
      const index = from + (at % (count + 1))
      const [one, none] = [new PostingSums(SEED, from, to, runs), new PostingSums(SEED, from, to, runs)]
      one.add('field', 'value', 0, index)
      const found = one.firstDifference(none) ?? Number.NaN
      expect(found <= index && index < found + one.width).toBe(true)
    }),
  )
})
