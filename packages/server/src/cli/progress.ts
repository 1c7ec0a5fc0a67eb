/** A progress bar on stderr where a person watches, and notes that do not tear it apart. */
import { say, terminalWidth } from './terminal.js'

const BAR_COLUMNS = 24
const REDRAW_MS = 100
const CLEAR_LINE = '\r\u001b[2K'

export class Progress {
  readonly #isShown: boolean
  readonly #startedMs = performance.now()
  #drawnMs = Number.NEGATIVE_INFINITY
  #line = ''

  /** @param isShown false where nobody watches, or a program does */
  constructor(isShown: boolean = process.stderr.isTTY) {
    this.#isShown = isShown
  }

  /**
   * @param done of `total`, in any unit; an unknown total draws no bar
   * @param words what stands behind the bar
   */
  show(done: number, total: number | undefined, words: string): void {
    const nowMs = performance.now()
    if (!this.#isShown || nowMs - this.#drawnMs < REDRAW_MS) return
    this.#drawnMs = nowMs
    const line = total === undefined ? words : `${formatBar(done, total)} ${words}`
    this.#line = line.slice(0, terminalWidth(process.stderr) - 1)
    process.stderr.write(CLEAR_LINE + this.#line)
  }

  /** A line above the bar. */
  note(line: string): void {
    if (this.#line === '') return say(line)
    process.stderr.write(`${CLEAR_LINE}${line}\n${this.#line}`)
  }

  /** Takes the bar away. */
  end(): void {
    if (this.#line !== '') process.stderr.write(CLEAR_LINE)
    this.#line = ''
  }

  seconds(): number {
    return (performance.now() - this.#startedMs) / 1000
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

/** `1,234`: numbers for people. */
export const formatCount = (count: number): string => count.toLocaleString('en-US')

/** `1 entry`, `2,500 entries` */
export const formatCounted = (count: number, one: string, many: string): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`

/** `0.4 s` */
export const formatSeconds = (seconds: number): string => `${seconds.toFixed(1)} s`
