/** The words of a text for the oracle, worked out character by character. */

/** First and last code points, in hexadecimal. */
const rangesOf = (text: string): readonly (readonly [number, number])[] =>
  text.split(' ').map((range) => {
    const [from = '', to = ''] = range.split('-')
    return [Number.parseInt(from, 16), Number.parseInt(to, 16)]
  })

/** What is written without spaces: Han and kana; Thai, Lao, Myanmar and Khmer. */
const UNSPACED = rangesOf(
  '3005-3007 3021-3029 3031-3035 3038-303c 3041-3096 309d-309f 30a1-30fa 30fc-30ff 31f0-31ff 3400-4dbf 4e00-9fff f900-faff 20000-3134f e01-e3a e40-e5b e80-eff 1000-109f 1780-17ff',
)
const ACCENTS = rangesOf('300-36f 1ab0-1aff 1dc0-1dff 20d0-20ff fe00-fe0f fe20-fe2f e0100-e01ef')

const among = (ranges: readonly (readonly [number, number])[], code: number): boolean =>
  ranges.some(([from, to]) => code >= from && code <= to)

/** The words of a text, character by character. */
export function foldedWords(text: string): readonly string[] {
  const words: string[] = []
  let open: 'no' | 'run' | 'one' = 'no'
  for (const character of text.normalize('NFKD')) {
    const code = character.codePointAt(0) ?? 0
    if (among(ACCENTS, code)) continue
    const isAlone = among(UNSPACED, code)
    const isMark = !isAlone && /\p{M}/u.test(character)
    const isLetter = !isAlone && /[\p{L}\p{N}]/u.test(character)
    if ((isMark && open !== 'no') || (isLetter && open === 'run')) words.push((words.pop() ?? '') + caseless(character))
    else if (isAlone || isLetter) words.push(caseless(character))
    if (!isMark) open = isAlone ? 'one' : isLetter ? 'run' : 'no'
  }
  return words
}

/** Lower case of the upper case, for as long as that changes anything. */
function caseless(character: string): string {
  const folded = character.toUpperCase().toLowerCase()
  if (folded === 'ς') return 'σ'
  return folded === character ? folded : caseless(folded)
}
