import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AuditError, canonicalJson, encodeUtf8, type IssueCode, type Json, parseJson } from '../../dist/base/index.js'

const wrap = (inner: string, step: string | number) =>
  typeof step === 'number' ? `[${'0,'.repeat(step)}${inner}]` : `{${JSON.stringify(step)}:${inner}}`

const LIMITS = { depthMax: 8 }

const parse = (text: string): unknown => parseJson(encodeUtf8(text), LIMITS)

/** The error of a refused text: its code, and its issue's code and place if it has one. */
function refusalOf(bytes: Uint8Array): readonly [string, string?, string?] {
  try {
    parseJson(bytes, LIMITS)
  } catch (error) {
    if (!(error instanceof AuditError)) throw error
    const [issue] = error.issues
    return issue ? [error.code, issue.code, issue.pointer] : [error.code]
  }
  return ['none']
}

describe('strict JSON', () => {
  test('gives what JSON.parse gives, for whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4, stringUnit: 'grapheme' }), (text) => {
        fc.pre(!text.includes('__proto__'))
        // JSON.stringify writes doubles past 2^53 as integers, which we refuse on purpose.
        fc.pre(!/\d{16}/.test(text))
        expect(parse(text)).toEqual(JSON.parse(text))
        expect(parse(JSON.stringify(JSON.parse(text), null, '\t'))).toEqual(JSON.parse(text))
      }),
      { numRuns: 1000 },
    )
  })

  test('takes the canonical form of whatever it took: a log can read what it wrote', () => {
    const number = fc
      .tuple(fc.double({ noNaN: true }), fc.nat(400))
      .map(([value, e]) => [`${value}`, `${value}e${e}`, `1e${e}`])
    fc.assert(
      fc.property(number, (texts) => {
        for (const text of texts) {
          if (refusalOf(encodeUtf8(text))[0] !== 'none') continue
          const canonical = canonicalJson(parse(text) as Json)
          expect(canonicalJson(parse(canonical) as Json)).toBe(canonical)
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('refuses a member written twice, wherever the object stands and however the name is spelled', () => {
    const place = fc.array(fc.oneof(fc.nat(3), fc.constantFrom('a', 'b/c', 'd~e', 'f"g', '')), { maxLength: 6 })
    const spelled = fc.constantFrom('"x"', '"\\u0078"')
    fc.assert(
      fc.property(place, spelled, spelled, (place, one, two) => {
        const text = place.reduceRight(wrap, `{${one}:1,"y":{"x":1},${two}:2}`)
        const steps = place.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`)
        expect(refusalOf(encodeUtf8(text))).toEqual(['invalid_json', 'duplicate_member', `${steps.join('')}/x`])
      }),
    )
  })

  test('takes one name in several objects, and colons and braces in strings', () => {
    for (const text of [
      '[{"a":1},{"a":1}]',
      '{"a":{"a":{"a":1}}}',
      '{"a":"b:c,\\"d\\":{[","e":"\\\\"}',
      '{"a":"\\\\\\""}',
    ])
      expect(parse(text)).toEqual(JSON.parse(text))
  })

  const refused: readonly [string, IssueCode, string][] = [
    ['{"a":1,"\\u0061":2}', 'duplicate_member', '/a'],
    ['{"a":{"b":[0,{"c":1,"c":1}]}}', 'duplicate_member', '/a/b/1/c'],
    ['{"a":1,"a":1,"__proto__":1}', 'duplicate_member', '/a'],
    ['{"":1,"":1}', 'duplicate_member', '/'],
    ['{"constructor":1,"constructor":1}', 'duplicate_member', '/constructor'],
    ['{"__proto__":1}', 'forbidden_member', '/__proto__'],
    ['{"__proto__":null}', 'forbidden_member', '/__proto__'],
    ['{"a":[{"__proto__":{}}]}', 'forbidden_member', '/a/0/__proto__'],
    ['{"\\u005f_proto__":1}', 'forbidden_member', '/__proto__'],
    ['9007199254740992', 'number_not_exact', ''],
    ['9007199254740993', 'number_not_exact', ''],
    ['-9007199254740993', 'number_not_exact', ''],
    ['{"a":[1,-9007199254740993]}', 'number_not_exact', '/a/1'],
    ['{"9":9007199254740991,"b":9007199254740993}', 'number_not_exact', '/b'],
    ['123456789012345678901234567890', 'number_not_exact', ''],
    // in any spelling, for canonical JSON writes these as the integers that are refused above
    ['1e16', 'number_not_exact', ''],
    ['9007199254740993.0', 'number_not_exact', ''],
    ['[-123456789012345678e2]', 'number_not_exact', '/0'],
    ['1e400', 'number_too_large', ''],
    ['{"a":-1e400}', 'number_too_large', '/a'],
    ['[1E+999]', 'number_too_large', '/0'],
    [`[${'9'.repeat(400)}]`, 'number_too_large', '/0'],
    ['"\\ud800"', 'lone_surrogate', ''],
    ['["ok","\\udc00"]', 'lone_surrogate', '/1'],
    ['["\\ude00\\ud83d"]', 'lone_surrogate', '/0'],
    ['{"a":{"b\\ud800":1}}', 'lone_surrogate', '/a/b\ufffd'],
    ['[[[[[[[[[]]]]]]]]]', 'too_deep', '/0/0/0/0/0/0/0/0'],
    ['{"a":[[[[[[[{"x":1}]]]]]]]}', 'too_deep', '/a/0/0/0/0/0/0/0'],
  ]
  test.each(refused)('refuses %j: %s at %j', (text, code, pointer) => {
    expect(refusalOf(encodeUtf8(text))).toEqual(['invalid_json', code, pointer])
  })

  test.each([
    '9007199254740991',
    '-9007199254740991',
    '0.1234567890123456789',
    '-0',
    '1e308',
    '5e-400',
    '1.0e22',
    '1e21',
    '9.007199254740991e15',
    '"\\ud83d\\ude02"',
    '[[[[[[[[]]]]]]]]',
    '{"proto":1,"constructor":1,"toString":1,"hasOwnProperty":1}',
    '" [[[[[[[[[[ "',
    ' \t\r\n1 ',
  ])('takes %j', (text) => expect(parse(text)).toEqual(JSON.parse(text)))

  test.each([
    '',
    ' ',
    '{',
    '[1,]',
    '{"a":1,}',
    '{a:1}',
    "{'a':1}",
    '01',
    '1.',
    '.5',
    '+1',
    '--1',
    'nul',
    'NaN',
    'Infinity',
    '1 2',
    '"\n"',
    '"\\x"',
    '"abc',
    '// x\n1',
    '{"a"}',
    '{"a"::1}',
    '\ufeff1',
  ])('refuses %j, which is no JSON', (text) => expect(refusalOf(encodeUtf8(text))).toEqual(['invalid_json']))

  test('refuses what is not UTF-8', () => {
    const bad = [
      [0xff],
      [0x22, 0x80, 0x22],
      [0x22, 0xc0, 0xaf, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22],
      [0x22, 0xe2, 0x82],
    ]
    for (const bytes of bad) expect(refusalOf(Uint8Array.from(bytes))).toEqual(['invalid_utf8'])
  })

  test('refuses a text that is millions of brackets deep without overflowing the stack', () => {
    expect(refusalOf(encodeUtf8('['.repeat(3_000_000)))).toEqual(['invalid_json', 'too_deep', '/0/0/0/0/0/0/0/0'])
  })

  test('never throws anything but its own error, whatever the text', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"',
      '\\',
      '\\u',
      'd800',
      '"a"',
      '1',
      '-',
      'e9',
      '.',
      'true',
      '__proto__',
      ' ',
      '\n',
      '9007199254740993',
    )
    fc.assert(
      fc.property(fc.string({ unit: pieces, maxLength: 14 }), (text) => {
        refusalOf(encodeUtf8(text))
      }),
      { numRuns: 5000 },
    )
  })
})
