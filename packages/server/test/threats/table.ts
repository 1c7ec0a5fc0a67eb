/** The table of docs/threat-model.md: it is what the tests of the threats expect, row by row. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Who may notice something, in the order of the table's columns. */
export const LAYERS = ['tree', 'signature', 'server', 'marks', 'kept', 'witness', 'anchor'] as const
export type Layer = (typeof LAYERS)[number]

export interface ThreatRow {
  readonly attack: string
  /** who detects it */
  readonly layers: readonly Layer[]
  /** the test file that carries it out */
  readonly file: string
}

export const PAGE = fileURLToPath(new URL('../../../../docs/threat-model.md', import.meta.url))

/** The rows, as the page has them: the attack, a cell a layer (`yes` or nothing), and where it is carried out. */
export function readThreats(page = readFileSync(PAGE, 'utf8')): readonly ThreatRow[] {
  const [, table = ''] = /<!-- threats -->\n([\s\S]*?)<!-- \/threats -->/.exec(page) ?? []
  const [head = [], , ...rows] = table
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  if (head.slice(1, -1).join() !== LAYERS.join()) throw new Error(`the table has the columns ${head.join()}`)
  return rows.map(([attack = '', ...cells]) => {
    const file = /\]\((\S+)\)/.exec(cells.at(-1) ?? '')?.[1] ?? ''
    return { attack, layers: LAYERS.filter((_, i) => cellOf(attack, cells[i])), file }
  })
}

function cellOf(attack: string, cell: string | undefined): boolean {
  if (cell === 'yes' || cell === '') return cell === 'yes'
  throw new Error(`${attack}: a cell says ${JSON.stringify(cell)}`)
}
