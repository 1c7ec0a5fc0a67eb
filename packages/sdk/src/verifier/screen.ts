/** What reaches a terminal: text in which nothing is a command to it, and a progress bar on stderr. */
import { styleText } from 'node:util'

/** Control, format and separator characters and lone surrogates: what could move the cursor, hide text or forge a line. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/**
 * Text from elsewhere, spelled so that a terminal shows it and does nothing else.
 *
 * @example
 * visible('\u001b[2Jgone') // '\\u{1b}[2Jgone'
 */
export const visible = (text: string): string =>
  text.replaceAll(INVISIBLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)

/** One JSON document on one line, the same characters escaped as JSON escapes them. */
export const jsonLine = (value: object): string =>
  `${JSON.stringify(value).replaceAll(INVISIBLE, (character) =>
    Array.from({ length: character.length }, (_, i) => hexEscape(character.charCodeAt(i))).join(''),
  )}\n`

const hexEscape = (code: number): string => `\\u${code.toString(16).padStart(4, '0')}`

/** Where a command writes: the process's own streams, or a test's. */
export interface Screen {
  readonly stdout: Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number }
  readonly stderr: Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number }
  readonly env: Readonly<Record<string, string | undefined>>
}

export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green'

/** Styled where stdout is a terminal that wants it (NO_COLOR), else as it is. */
export const styled = (style: Style, text: string, { stdout, env }: Screen): string =>
  stdout.isTTY === true && !env['NO_COLOR'] ? styleText(style, text, { validateStream: false }) : text

/** `1,234`: numbers for people. */
export const formatCount = (count: number): string => count.toLocaleString('en-US')

/** `1 entry`, `2,500 entries` */
export const formatCounted = (count: number, one: string, many: string): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`

const BAR_COLUMNS = 24
const REDRAW_MS = 100
const COLUMNS = 80
const CLEAR_LINE = '\r\u001b[2K'

/** A bar on stderr where a person watches. */
export class Bar {
  readonly #screen: Screen
  readonly #isShown: boolean
  #drawnMs = Number.NEGATIVE_INFINITY
  #line = ''

  constructor(screen: Screen, isShown: boolean = screen.stderr.isTTY === true) {
    this.#screen = screen
    this.#isShown = isShown
  }

  show(done: number, total: number, words: string): void {
    const nowMs = performance.now()
    if (!this.#isShown || nowMs - this.#drawnMs < REDRAW_MS) return
    this.#drawnMs = nowMs
    this.#line = `${formatBar(done, total)} ${words}`.slice(0, (this.#screen.stderr.columns || COLUMNS) - 1)
    this.#screen.stderr.write(CLEAR_LINE + this.#line)
  }

  /** Takes the bar away. */
  end(): void {
    if (this.#line !== '') this.#screen.stderr.write(CLEAR_LINE)
    this.#line = ''
  }
}

/**
 * @example
 * formatBar(1, 2) // '████████████░░░░░░░░░░░░  50 %'
 */
export function formatBar(done: number, total: number): string {
  const share = total > 0 ? Math.min(1, done / total) : 1
  const filled = Math.floor(share * BAR_COLUMNS)
  const percent = String(Math.floor(share * 100)).padStart(3)
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_COLUMNS - filled)} ${percent} %`
}
