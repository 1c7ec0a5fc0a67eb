/** What the tests of queries share: numbers from a seed, and pools of values that are hard to say and to compare. */

/** Printed in the names of the tests: `QUERY_SEED=7 npx vitest run …` says everything again. */
export const SEED = Number(process.env['QUERY_SEED'] ?? Date.now() % 2 ** 31)

/** A clock that stands: spans such as `7d` count back from here. */
export const NOW_MS = Date.parse('2026-11-20T12:00:00Z')

/** A whole number from 0 up to the bound, exclusive. */
export type Random = (bound: number) => number

/** splitmix32 (Steele, Lea and Flood, 2014): the same numbers for the same seed, everywhere. */
export function random(seed: number): Random {
  let state = seed | 0
  return (bound) => {
    state = (state + 0x9e3779b9) | 0
    let mixed = state ^ (state >>> 16)
    mixed = Math.imul(mixed, 0x21f0aaad)
    mixed ^= mixed >>> 15
    mixed = Math.imul(mixed, 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) % bound
  }
}

export const pick = <T>(rnd: Random, from: readonly T[]): T => from[rnd(from.length)] as T

export const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i))

/** One time in so many. */
export const oneIn = (rnd: Random, times: number): boolean => rnd(times) === 0

const listOf = (text: string): readonly string[] => text.split(' ')

/** Bits of texts that mean something to the grammar, to a pattern, to a path or to Unicode. */
export const FRAGMENTS: readonly string[] = [
  listOf(String.raw`" \ ( ) .. . - * : / < >= , ~ % _ AND OR NOT and since:7d type: true null __proto__ constructor`),
  listOf('5 -5 1e21 1..5 >5 7d 2026-11-20 10.0.0.1 10.0.0.0/8 ::1 a Z user key'),
  listOf('é É e\u0301 ß ẞ İ ı Σ ς ﬁ Ａ Ω Ж ж 한 中文 が ｶﾞ ー プロ ก น้ำ ລ ខ ဗ ا שׁ हि 🐟 🇩🇪 👩‍🚀 ✔️'),
  [' ', ' AND ', '\n', '\t', '\u0000', '\u200d', '\u00ad', '\u2028', '\ufeff', '\u00a0'],
].flat()

/** Whole values that read like something else. */
const ODD: readonly string[] = [
  listOf(String.raw`AND OR NOT - * ** " \ \" "" .. *..* 5.. ..5 1..2 >5 <=x () -a a* *a a:b type:x a"b a\b a(b) a..b`),
  listOf('true false null 5 -5 5.0 1e3 7d 2026-11-20 2026-11-20T09:12:21Z 10.0.0.1 10.0.0.0/8'),
  ['a b', ' a', 'a ', 'a\nb', '\u2028', '\ufeff'],
].flat()

/** A text of some fragments, whole and odd, or long. Never empty. */
export function hostileText(rnd: Random): string {
  if (oneIn(rnd, 3)) return pick(rnd, ODD)
  if (oneIn(rnd, 200)) return 'long '.repeat(1 + rnd(200)).trim()
  return times(1 + rnd(4), () => pick(rnd, FRAGMENTS)).join('')
}

/** Words and names of many scripts, of which descriptions are made. */
export const WORDS: readonly string[] = [
  listOf('created Created deleted the API key key_1 invoice for production user_1 42'),
  listOf('Zoë ZOE Müller Mu\u0308ller straße STRASSE STRAẞE Ångström naïve Łódź Đặng œuvre'),
  listOf('Ὀδυσσεύς ΟΔΥΣΣΕΥΣ Москва москва İstanbul Diyarbakır ﬁnance ＡＢＣ x² ½ Ⅷ №5'),
  listOf('東京都 中文字 サーバーAPI ガイド ｶﾞｲﾄﾞ タグapi 한국어 ภาษาไทย น้ำ ລາວ ខ្មែរ မြန်မာ हिन्दी'),
  listOf("مرحبا שָׁלוֹם 🐟 ✔️done 👩‍🚀 5️⃣ don’t don't e-mail a.b.c x@y.example snake_case —"),
].flat()

export const sentence = (rnd: Random): string =>
  times(1 + rnd(8), () => pick(rnd, WORDS)).join(pick(rnd, [' ', ' ', ', ']))

/** The keys of objects in metadata and details. */
export const KEYS: readonly string[] = [
  listOf(String.raw`plan role owner data seats at tags id note Plan plän 名前 a.b a"b a\b a:b (x) * - 0 OR 🐟`),
  ['key with spaces', '', 'length', 'toString'],
].flat()
