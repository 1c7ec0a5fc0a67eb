/** What reaches a terminal: text in which nothing is a command to it, written no faster than it is read. */
import { once } from 'node:events'
import { styleText } from 'node:util'

/**
 * Control characters, format characters (bidirectional overrides, zero widths), line separators and lone surrogates:
 * what could move the cursor, hide text or forge a line.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/**
 * Text from elsewhere, spelled so that a terminal shows it and does nothing else.
 *
 * @example
 * visible('\u001b[2Jgone') // '\\u{1b}[2Jgone'
 */
export const visible = (text: string): string =>
  text.replaceAll(INVISIBLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)

/** One JSON document on one line. Characters that a terminal might obey are escaped, as JSON escapes them. */
export const jsonLine = (value: object): string =>
  `${JSON.stringify(value).replaceAll(INVISIBLE, (character) =>
    Array.from({ length: character.length }, (_, i) => hexEscape(character.charCodeAt(i))).join(''),
  )}\n`

const hexEscape = (code: number): string => `\\u${code.toString(16).padStart(4, '0')}`

export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green'

/** Styled where the stream is a terminal that wants it (NO_COLOR), else as it is. */
export const styled = (style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string =>
  styleText(style, text, { stream })

/** Writes to stdout, and waits while nobody reads. */
export async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}

export const say = (line: string): void => void process.stderr.write(`${line}\n`)

/** Whoever reads may stop reading, as `head` does: then the work is over, and it is no failure. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
}

/** Columns of the terminal; unlimited where the output goes elsewhere. */
export function terminalWidth(stream: NodeJS.WriteStream = process.stdout): number {
  const columns = stream.columns ?? Number(process.env.COLUMNS)
  return columns > 0 ? columns : Number.POSITIVE_INFINITY
}

const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** What people take for one character, with the columns it takes: two for most of East Asia and emoji. */
function* graphemesOf(text: string): Generator<readonly [string, number]> {
  for (const { segment } of segmenter.segment(text)) yield [segment, WIDE.test(segment) ? 2 : 1]
}

const PLAIN = /^[\u0020-\u007e]*$/

/** How many columns a text takes. */
export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  for (const [, columns] of graphemesOf(text)) width += columns
  return width
}

/** A text in exactly so many columns: cut with …, or filled up with spaces. */
export function fit(text: string, columns: number): string {
  const width = widthOf(text)
  if (width <= columns) return text + ' '.repeat(columns - width)
  let kept = ''
  let used = 0
  for (const [grapheme, wide] of graphemesOf(text)) {
    if (used + wide > columns - 1) break
    kept += grapheme
    used += wide
  }
  return `${kept}…${' '.repeat(Math.max(0, columns - 1 - used))}`
}
