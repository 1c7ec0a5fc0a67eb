/** Texts that share a buffer: each keeps its own bytes. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeUtf8, encodeUtf8, encodeUtf8Shared } from '../../dist/base/index.js'

const texts = fc.array(
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.integer({ min: 1, max: 70_000 }).map((length) => 'é'.repeat(length)),
  ),
  { maxLength: 40 },
)

test('texts in a shared buffer have the bytes that they have alone, and keep them', () => {
  fc.assert(
    fc.property(texts, (some) => {
      const views = some.map(encodeUtf8Shared)
      expect(views.map((view) => Buffer.from(view).toString('hex'))).toEqual(
        some.map((text) => Buffer.from(encodeUtf8(text)).toString('hex')),
      )
    }),
    { numRuns: 50 },
  )
})

test('what is written into one of them is seen in no other', () => {
  const views = ['one', 'two', 'three'].map(encodeUtf8Shared)
  views[1]?.fill(0)
  expect(views.map(decodeUtf8)).toEqual(['one', '\0\0\0', 'three'])
})

test('a buffer that was handed to somebody else costs nobody a byte', () => {
  const first = encodeUtf8Shared('first')
  structuredClone(first, { transfer: [first.buffer] })
  expect(decodeUtf8(encodeUtf8Shared('second'))).toBe('second')
  expect(decodeUtf8(encodeUtf8Shared(''))).toBe('')
})
