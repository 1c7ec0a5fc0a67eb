/**
 * Puts the tables and plots of a run on the page, between its marks: `npm run bench:page -- [folder of results]`.
 * What stands outside of the marks is written by people, and stays.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { argv } from 'node:process'
import { formatAbout, tablesOf } from './report.ts'
import type { Results } from './results.ts'

const HOUSE = join(import.meta.dirname, '..')
const PAGE = join(HOUSE, 'docs', 'BENCHMARKS.md')
const KEPT = join(HOUSE, 'docs', 'bench')

/**
 * A page with what stands between each pair of marks replaced.
 *
 * @example
 * fillPage('<!-- bench: goals -->\n<!-- /bench -->', { goals: '| a |' })
 * // '<!-- bench: goals -->\n\n| a |\n\n<!-- /bench -->'
 * @throws Error where the page has a mark that nothing is known of
 */
export function fillPage(page: string, parts: { readonly [name: string]: string }): string {
  return page.replaceAll(/<!-- bench: ([\w-]+) -->\n[\s\S]*?<!-- \/bench -->/g, (_, name: string) => {
    const text = parts[name]
    if (text === undefined) throw new Error(`the page has a mark "${name}"; known are ${Object.keys(parts).join(', ')}`)
    return `<!-- bench: ${name} -->\n\n${text}\n\n<!-- /bench -->`
  })
}

/** What a page is filled with: the tables, what ran, and the plots that there are. */
export function partsOf(results: Results, plots: readonly string[]): { readonly [name: string]: string } {
  const tables = Object.entries(tablesOf(results)).map(([name, text]) => [name, text || 'Not measured in this run.'])
  const images = plots.map((file) => `![${file.replace('.svg', '').replaceAll('-', ' ')}](bench/${file})`)
  const about = `\`\`\`\n${formatAbout(results.about)}\n\`\`\``
  const notes = results.notes.length === 0 ? 'Nothing was left out.' : results.notes.join('\n\n')
  return Object.fromEntries([...tables, ['about', about], ['plots', images.join('\n\n')], ['notes', notes]])
}

function main(from: string): void {
  if (from !== KEPT) {
    mkdirSync(KEPT, { recursive: true })
    for (const name of readdirSync(from)) cpSync(join(from, name), join(KEPT, name))
  }
  const results = {
    ...read(join(KEPT, 'results.json')),
    profile: readIfThere(join(KEPT, 'profile.json'))?.profile ?? [],
  }
  const plots = readdirSync(KEPT).filter((name) => name.endsWith('.svg'))
  writeFileSync(PAGE, fillPage(readFileSync(PAGE, 'utf8'), partsOf(results, plots)))
  console.log(`wrote ${PAGE}`)
}

const read = (path: string): Results => JSON.parse(readFileSync(path, 'utf8')) as Results
const readIfThere = (path: string): Results | undefined => (existsSync(path) ? read(path) : undefined)

if (argv[1] === import.meta.filename) main(argv[2] ?? KEPT)
