/**
 * Pages whose console blocks are transcripts: each command is run against a real server, and what it prints stands under
 * it. `npm run transcripts` writes them anew; test/transcripts.test.ts tells where one differs.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv } from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { PATH_ROOTS, QUERY_FIELDS, SHORT_NAMES } from '../packages/sdk/dist/query/index.js'
import { startServer } from '../packages/server/dist/server.js'

const HOUSE = fileURLToPath(new URL('..', import.meta.url))
const CLI = join(HOUSE, 'packages/server/dist/cli/main.js')

/** The pages; the commands of each begin on an empty server. */
export const PAGES = ['docs/query.md', 'docs/demo.md']

/** A page as it stands, and as it would be written now. */
export async function transcribe(page) {
  const text = readFileSync(join(HOUSE, page), 'utf8')
  const folder = mkdtempSync(join(tmpdir(), 'sealedlog-transcript-'))
  const server = await startServer({ data: join(folder, 'data'), port: 0 })
  try {
    const env = { ...process.env, SEALEDLOG_URL: server.url, SEALEDLOG_KEY: server.rootKey.value, NO_COLOR: '1' }
    delete env.COLUMNS
    const written = await withAnswers(text, { ...env, DEMO_FOLDER: join(folder, 'demo') })
    return { text, written: TABLES.reduce((filled, [name, table]) => fill(filled, name, table()), written) }
  } finally {
    await server.close()
    rmSync(folder, { recursive: true })
  }
}

/** Runs the commands of every console block, in order, and puts what they print under them. */
async function withAnswers(text, env) {
  const parts = text.split(/^(```console\n[\s\S]*?^```)$/m)
  for (const [i, part] of parts.entries()) {
    if (!part.startsWith('```console\n')) continue
    let block = '```console\n'
    for (const line of part.split('\n').filter((each) => each.startsWith('$ ')))
      block += `${line}\n${await run(line.slice(2), env)}`
    parts[i] = `${block}\`\`\``
  }
  return parts.join('')
}

async function run(command, env) {
  const here = command.replaceAll('npx sealedlog', `'${process.execPath}' --no-warnings '${CLI}'`)
  const { stdout } = await promisify(execFile)('sh', ['-c', `{ ${here}; } 2>&1; true`], { cwd: HOUSE, env })
  return stdout === '' || stdout.endsWith('\n') ? stdout : `${stdout}\n`
}

/** Tables that a page takes from the code, between comments of their names. */
const TABLES = [
  ['fields', fieldsTable],
  [
    'paths',
    () =>
      tableOf(
        'path',
        'goes into',
        PATH_ROOTS.map(([root, about]) => [`\`${root}.…\``, about]),
      ),
  ],
]

const fill = (page, name, table) =>
  page.replace(
    new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`),
    (_, open, close) => open + table + close,
  )

function fieldsTable() {
  const shortOf = new Map(Object.entries(SHORT_NAMES).map(([short, name]) => [name, `\`${short}\`, `]))
  const rows = QUERY_FIELDS.map(({ name, about }) => [`${shortOf.get(name) ?? ''}\`${name}\``, about])
  return tableOf('field', 'holds', rows)
}

const tableOf = (left, right, rows) =>
  `\n| ${left} | ${right} |\n|---|---|\n${rows.map(([a, b]) => `| ${a} | ${b} |\n`).join('')}\n`

if (import.meta.url === pathToFileURL(argv[1] ?? '').href) {
  for (const page of PAGES) {
    const { text, written } = await transcribe(page)
    if (text === written) continue
    writeFileSync(join(HOUSE, page), written)
    console.log(`wrote ${page}`)
  }
}
