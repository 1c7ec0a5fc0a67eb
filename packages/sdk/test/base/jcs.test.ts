import canonicalize from 'canonicalize'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AuditError, canonicalJson, encodeHex, encodeUtf8, type Json, parseJson } from '../../dist/base/index.js'
import { fromBase64, vectors } from '../merkle/support.js'

const LIMITS = { depthMax: 32 }

describe('canonical JSON', () => {
  test('equals that of the npm package canonicalize, for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }), (value) => {
        fc.pre(JSON.stringify(value).isWellFormed())
        expect(canonicalJson(value as Json)).toBe(canonicalize(value))
      }),
      { numRuns: 1000 },
    )
  })

  test('is its own canonical form, and means the same', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        const value = JSON.parse(text) as Json
        const canonical = canonicalJson(value)
        expect(canonicalJson(JSON.parse(canonical) as Json)).toBe(canonical)
        // Minus zero is written 0, so the two are compared as JSON.
        expect(JSON.parse(canonical)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  test('does not depend on the order in which members were written', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), (object) => {
        const reversed = Object.fromEntries(Object.entries(object).toReversed())
        expect(canonicalJson(reversed)).toBe(canonicalJson({ ...object }))
      }),
    )
  })
})

describe('the RFC 8785 vectors', () => {
  test.each(vectors.jcs_rfc8785.cases)('$name has the published bytes', ({ input_base64, output_hex }) => {
    expect(encodeHex(encodeUtf8(canonicalJson(parseJson(fromBase64(input_base64), LIMITS))))).toBe(output_hex)
  })

  test.each(vectors.jcs_rfc8785.numbers)('the double $ieee754 is written $text', ({ ieee754, text }) => {
    expect(canonicalJson(Buffer.from(ieee754, 'hex').readDoubleBE())).toBe(text)
  })

  /** One text for each thing that the vectors say must be refused. */
  const refused: Record<string, readonly string[]> = {
    NaN: ['NaN', '[NaN]'],
    Infinity: ['Infinity', '-Infinity', '1e400'],
    'lone surrogate \\ud800': ['"\\ud800"', '{"\\ud800":1}'],
    'duplicate keys (parse with a duplicate check)': ['{"a":1,"a":1}'],
    'integers beyond 2^53 (store as strings)': ['9007199254740993'],
  }
  test.each(vectors.jcs_rfc8785.must_reject)('%s is refused when it is parsed', (what) => {
    expect(refused[what]).toBeDefined()
    for (const text of refused[what] ?? []) expect(() => parseJson(encodeUtf8(text), LIMITS)).toThrow(AuditError)
  })

  test('what has no canonical form is a broken assumption after parsing', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, '\ud800', { '\udc00': 1 }, [['\ud800a']]])
      expect(() => canonicalJson(value)).toThrow(TypeError)
  })
})
