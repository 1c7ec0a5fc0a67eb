/** Documents are read as they are written, also where the engine's own parser is wrong. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson, encodeUtf8, type Json, parseJson, parseText } from '../../dist/base/index.js'

/** Names that are other names' beginnings as written: what V8 13 and 14 confuse once it has met them. */
const NAMES = [
  '\\',
  '"',
  '\n',
  '\t',
  '\\"',
  '"b',
  '\\n',
  'a\n',
  '\n\n',
  '\u0001',
  '\\u',
  'a',
  'b',
  '',
  '__proto__',
  '0',
  'é\n',
]

const { document } = fc.letrec<{ readonly document: Json; readonly object: Json }>((tie) => ({
  document: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, 0, -1.5e-7, 1e21, '\n', '"', 'a\\'),
    fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
    fc.array(tie('document'), { maxLength: 4 }),
    tie('object'),
  ),
  // a member called __proto__ is one like any other, as JSON.parse has it
  object: fc
    .uniqueArray(fc.constantFrom(...NAMES), { maxLength: 5 })
    .chain((names) => fc.tuple(...names.map((name) => tie('document').map((value) => [name, value] as const))))
    .map((members) => Object.fromEntries(members) as Json),
}))

/** The same value in other spellings: escapes for any character, space between tokens. */
function respell(text: string): string {
  const respelled = (token: string) =>
    token.replaceAll(/\\u.{4}|\\.|[bé]/g, (each) => ({ b: '\\u0062', é: '\\u00e9' })[each] ?? each)
  return text.replaceAll(/"(?:[^"\\]|\\.)*"/g, (token) => `${respelled(token)} `)
}

describe('parseText', () => {
  test('gives back what was written, whatever was read before', () => {
    // an object with such a member is all that it takes
    for (let i = 0; i < 100; i++) parseText(`{"\\\\":${i},"\\\\\\"":1,"\\\\n":2}`)
    fc.assert(
      fc.property(document, (value) => {
        const text = canonicalJson(value)
        expect(canonicalJson(parseText(text))).toBe(text)
        expect(canonicalJson(parseText(JSON.stringify(value, null, 2)))).toBe(text)
        expect(canonicalJson(parseText(respell(text)))).toBe(text)
      }),
      { numRuns: 5_000 },
    )
  })

  test('makes a member of __proto__, as JSON.parse does', () => {
    const value = parseText('{"\\n":1,"__proto__":{"x":1},"\\u005f_proto__":2}') as object
    expect([Object.keys(value), Object.getPrototypeOf(value)]).toEqual([['\n', '__proto__'], Object.prototype])
  })

  test.each(['', '{', '{"\\n":}', '{"a":1,}', '{"\\n":1}}', "{'\\n':1}", '{"\\x":1}', '[1 2]', '{"\\n" 1}', 'nul'])(
    'refuses %j',
    (text) => {
      expect(() => parseText(text)).toThrow(SyntaxError)
    },
  )

  test('keeps the last of two members of one name, and strict reading refuses them', () => {
    expect(parseText('{"\\n":1,"\\u000a":2}')).toEqual({ '\n': 2 })
    expect(() => parseJson(encodeUtf8('{"\\n":1,"\\u000a":2}'), { depthMax: 9 })).toThrow('twice')
  })
})
