/** Keys sort by bytes, and say their field and value back. */
import { FIELDS, type Field } from '@sealedlog/sdk/event'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareKeys, compareStart, fieldOf, keyOf, valueOf } from '../../dist/index/runs/key.js'
import type { TermField } from '../../dist/index/segment.js'

const TERM_FIELDS: readonly TermField[] = [...(Object.keys(FIELDS) as Field[]), 'word']
const text = fc.string({ unit: 'binary', maxLength: 20 }).map((value) => value.toWellFormed())
const latin1 = (key: string): Buffer => Buffer.from(key, 'latin1')

describe('a key', () => {
  test('says its field and its value back', () => {
    fc.assert(
      fc.property(fc.constantFrom(...TERM_FIELDS), text, (field, value) => {
        const key = keyOf(field, value)
        expect([fieldOf(key), valueOf(key)]).toEqual([field, value])
      }),
    )
  })

  test('sorts by the bytes of its value, as a string and as bytes', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const byBytes = Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b)))
        const [left, right] = [keyOf('word', a), keyOf('word', b)]
        expect(left < right ? -1 : left > right ? 1 : 0).toBe(byBytes)
        expect(Math.sign(compareKeys(latin1(left), left.length, latin1(right), right.length))).toBe(byBytes)
      }),
    )
  })

  test('starts with the key of each start of its value', () => {
    fc.assert(
      fc.property(text, text, (start, rest) => {
        const key = latin1(keyOf('word', start + rest))
        expect(compareStart(key, key.length, latin1(keyOf('word', start)))).toBe(0)
      }),
    )
  })

  test('keeps its code for ever: files say them', () => {
    const codes = TERM_FIELDS.map((field) => [field, keyOf(field, '').charCodeAt(0)])
    expect(Object.fromEntries(codes)).toEqual({
      type: 1,
      actor_id: 2,
      actor_type: 3,
      actor_email: 4,
      target_id: 5,
      target_type: 6,
      project_id: 7,
      bucket: 8,
      outcome: 9,
      correlation_id: 10,
      ip_address: 11,
      tenant: 12,
      word: 64,
    })
    expect(() => fieldOf('\u0020a')).toThrow(RangeError)
  })
})
