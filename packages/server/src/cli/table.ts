/** A table for people: columns that fit the terminal, cells in which nothing is a command to it. */
import { fit, type Style, styled, visible, widthOf } from './terminal.js'

export interface Column {
  readonly title: string
  /** never cut: times, indexes, outcomes */
  readonly whole?: true
  readonly style?: (text: string) => Style | undefined
}

const GAP = '  '
const CUT_COLUMNS_MIN = 6

/** Writes rows as they come; the first rows decide how wide the columns are. */
export class Table {
  readonly #columns: readonly Column[]
  readonly #width: number
  #widths: readonly number[] | undefined

  constructor(columns: readonly Column[], width: number) {
    this.#columns = columns
    this.#width = width
  }

  /** Lines for these rows, with the head before the first. */
  format(rows: readonly (readonly string[])[]): string {
    const cells = rows.map((row) => row.map(visible))
    const head = this.#widths === undefined ? `${this.#formatHead(cells)}\n` : ''
    return head + cells.map((row) => `${this.#formatRow(row)}\n`).join('')
  }

  #formatHead(rows: readonly (readonly string[])[]): string {
    const titles = this.#columns.map(({ title }) => title)
    this.#widths = fitWidths(this.#columns, widestOf([titles, ...rows]), this.#width)
    return styled('bold', this.#join(titles))
  }

  #formatRow(row: readonly string[]): string {
    return this.#join(row, (cell, i) => {
      const style = this.#columns[i]?.style?.(row[i] ?? '')
      return style === undefined ? cell : styled(style, cell)
    })
  }

  #join(row: readonly string[], paint: (cell: string, i: number) => string = (cell) => cell): string {
    const isCut = Number.isFinite(this.#width)
    const last = row.length - 1
    const cells = row.map((text, i) => {
      const columns = this.#widths?.[i] ?? 0
      const room = isCut && this.#columns[i]?.whole !== true ? columns : Math.max(columns, widthOf(text))
      return paint(i === last ? fit(text, room).trimEnd() : fit(text, room), i)
    })
    return cells.join(GAP)
  }
}

const widestOf = (rows: readonly (readonly string[])[]): readonly number[] =>
  (rows[0] ?? []).map((_, i) => rows.reduce((widest, row) => Math.max(widest, widthOf(row[i] ?? '')), 0))

/**
 * The widths in which a table fits: what is too much is taken, a column at a time, from the widest that may be cut.
 */
export function fitWidths(columns: readonly Column[], wanted: readonly number[], width: number): readonly number[] {
  const widths = [...wanted]
  const gaps = GAP.length * (widths.length - 1)
  for (let over = sum(widths) + gaps - width; over > 0 && Number.isFinite(over); over--) {
    const widest = widths.reduce(
      (found, columnsOf, i) => (columns[i]?.whole !== true && columnsOf > (widths[found] ?? 0) ? i : found),
      widths.length,
    )
    if ((widths[widest] ?? 0) <= CUT_COLUMNS_MIN) break
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return widths
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)
