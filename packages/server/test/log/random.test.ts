/** The pool of random bytes hands out every byte once. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeRandomBytes } from '../../dist/random.js'

test('portions have the length asked for, never repeat, and stay as they were', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 16, max: 40_000 }), { minLength: 1, maxLength: 60 }), (lengths) => {
      const random = makeRandomBytes()
      const portions = lengths.map((length) => random(length))
      const before = portions.map((portion) => Buffer.from(portion).toString('hex'))
      random(16_384)
      expect(portions.map(({ length }) => length)).toEqual(lengths)
      expect(portions.map((portion) => Buffer.from(portion).toString('hex'))).toEqual(before)
      // 16 random bytes never meet again: a portion that was handed out twice would.
      expect(new Set(before.map((hex) => hex.slice(0, 32))).size).toBe(portions.length)
    }),
  )
})
