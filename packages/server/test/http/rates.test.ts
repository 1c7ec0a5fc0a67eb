/** Rates: what those who can wait leave to those who cannot. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Rates } from '../../dist/http/index.js'

test('who can wait takes only what is above half of the bucket, and is told when there is more', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 1, max: 5 }), (perSecond, cost) => {
      let nowMs = 0
      const rates = new Rates({ perKey: perSecond, perOrganization: 0 }, () => nowMs)
      let taken = 0
      while (rates.spare('key_1', 'acme', cost) === 0) taken += cost
      if (cost <= perSecond) expect(taken).toBeLessThanOrEqual(perSecond)
      // Who cannot wait finds at least one second's worth, at once.
      if (cost <= perSecond) for (let i = 0; i < perSecond; i++) rates.take('key_1', 'acme', 1)
      const waitMs = rates.spare('key_1', 'acme', cost)
      expect(waitMs).toBeGreaterThan(0)
      nowMs += waitMs + 1
      expect(rates.spare('key_1', 'acme', cost)).toBe(0)
    }),
  )
})

test('without a limit nobody waits', () => {
  const rates = new Rates({ perKey: 0, perOrganization: 0 }, () => 0)
  for (let i = 0; i < 1_000; i++) expect(rates.spare('key_1', 'acme', 1)).toBe(0)
})
