/** Words as free text compares them: in every script, whatever case, accents and forms they are written in. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { finderOf, wordsOf } from '../../dist/query/words.js'
import { FRAGMENTS, WORDS } from './support.js'

test.each([
  ['ZOË zoë ZOE\u0308', ['zoe', 'zoe', 'zoe']],
  ['Müller Mu\u0308ller MULLER', ['muller', 'muller', 'muller']],
  ['straße STRASSE STRAẞE', ['strasse', 'strasse', 'strasse']],
  ['İstanbul ISTANBUL ıstanbul', ['istanbul', 'istanbul', 'istanbul']],
  ['ΟΔΥΣΣΕΥΣ Οδυσσεύς Ὀδυσσεὺς', ['οδυσσευσ', 'οδυσσευσ', 'οδυσσευσ']],
  ['Москва МОСКВА ёлка Ёлка', ['москва', 'москва', 'елка', 'елка']],
  ['ﬁnance ＡＢＣ x² Ⅷ ①', ['finance', 'abc', 'x2', 'viii', '1']],
  ['don’t e-mail a.b_c x@y.example', ['don', 't', 'e', 'mail', 'a', 'b', 'c', 'x', 'y', 'example']],
  ['Łódź Đặng œuvre', ['łodz', 'đang', 'œuvre']],
  ['ǅ ǆ Ǆ', ['dz', 'dz', 'dz']],
  // without spaces, each character is a word
  ['東京都', ['東', '京', '都']],
  ['中文abc中', ['中', '文', 'abc', '中']],
  ['ภาษา', ['ภ', 'า', 'ษ', 'า']],
  // a mark stays with its character, wherever that stands: what follows is a word of its own
  ['がabc', ['か\u3099', 'abc']],
  ['ｶﾞｲﾄﾞ ガイド', ['カ\u3099', 'イ', 'ト\u3099', 'カ\u3099', 'イ', 'ト\u3099']],
  ['タグapi_key', ['タ', 'ク\u3099', 'api', 'key']],
  ['サーバーAPI', ['サ', 'ー', 'ハ\u3099', 'ー', 'api']],
  // what has no letter and no digit is no word, nor does it hide one
  ['🐟 — … \u200d', []],
  ['✔️done ❤️ 5️⃣', ['done', '5']],
  ['葛\u{e0100}城', ['葛', '城']],
  ['\u0301a \u3099b', ['a', 'b']],
  ['한국어', ['한국어'.normalize('NFKD')]],
  ['हिन्दी', ['हिन्दी'.normalize('NFKD')]],
  ['שָׁלוֹם', ['שָׁלוֹם'.normalize('NFKD')]],
])('the words of %j', (text, words) => {
  expect(wordsOf(text)).toEqual(words)
})

test('rows of marks, which normalizing alone would sort for seconds, hide no word', () => {
  for (const row of ['\u0301\u0323', '\uff9e\u0301', '\u05b0\u0591'])
    expect(wordsOf(`key ${row.repeat(60_000)} user`)).toEqual(expect.arrayContaining(['key', 'user']))
  expect(wordsOf(`zo${'\u0308\u0323'.repeat(60_000)}e`)).toEqual(['zoe'])
})

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.array(fc.constantFrom(...FRAGMENTS, ...WORDS), { maxLength: 6 }).map((parts) => parts.join('')),
)

test('in ASCII are runs of letters and digits, in lower case', () => {
  const ascii = fc.string({ unit: 'binary-ascii', maxLength: 40 })
  fc.assert(
    fc.property(ascii, (said) => {
      expect(wordsOf(said)).toEqual(said.toLowerCase().match(/[a-z0-9]+/g) ?? [])
    }),
  )
})

test('words are read back from words', () => {
  fc.assert(
    fc.property(text, (said) => {
      const words = wordsOf(said)
      expect(wordsOf(words.join(' '))).toEqual(words)
    }),
    { numRuns: 5_000 },
  )
})

test('neither normal forms nor what is joined by a space change words', () => {
  fc.assert(
    fc.property(text, text, (one, other) => {
      for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD']) expect(wordsOf(one.normalize(form))).toEqual(wordsOf(one))
      expect(wordsOf(`${one} ${other}`)).toEqual([...wordsOf(one), ...wordsOf(other)])
    }),
    { numRuns: 2_000 },
  )
})

/** Its upper case is a letter beside, which no accent is: α with it is folded to α, `ᾼ` in capitals is `ΑΙ`. */
const IOTA_BELOW = '\u0345'

/** A mark in front, which hides the letter behind it. Scripts of which each character is a word have marks that are words. */
const HIDDEN = /^(?![\p{sc=Han}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}])\p{M}/u

test('every character folds like its capital, and a word begins with no mark', () => {
  const odd: string[] = []
  for (let code = 0; code < 0x11_0000; code++) {
    if (code >= 0xd800 && code < 0xe000) continue
    const character = String.fromCodePoint(code)
    const words = wordsOf(character)
    if (words.length === 0 && code < 0x80) continue
    const folded = words.join(' ')
    const isSame = [folded, character.toUpperCase(), character.toLowerCase()].every(
      (other) => wordsOf(other).join(' ') === folded,
    )
    const isOdd = !isSame && !character.normalize('NFKD').includes(IOTA_BELOW)
    if (isOdd || words.some((word) => HIDDEN.test(word))) odd.push(`${character} U+${code.toString(16)}: ${folded}`)
  }
  expect(odd).toEqual([])
})

test('words that stand one after the other are found as a plain search finds them', () => {
  const few = fc.array(fc.constantFrom('a', 'ab', 'b'), { maxLength: 12 })
  const sought = fc.array(fc.constantFrom('a', 'ab', 'b'), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(few, sought, fc.boolean(), (words, wanted, prefix) => {
      const plain = ` ${words.join(' ')} `.includes(` ${wanted.join(' ')}${prefix ? '' : ' '}`)
      expect(finderOf(wanted, prefix)(words)).toBe(plain)
    }),
    { numRuns: 20_000 },
  )
})
