/**
 * Pages whose console blocks are transcripts: each command is run against a real server, and what it prints stands under
 * it. `npm run transcripts` writes them anew; test/transcripts.test.ts tells where one differs.
 */
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv } from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { PATH_ROOTS, QUERY_FIELDS, SHORT_NAMES } from '../packages/sdk/dist/query/index.js'
import { startServer } from '../packages/server/dist/server.js'

const HOUSE = fileURLToPath(new URL('..', import.meta.url))
const CLI = join(HOUSE, 'packages/server/dist/cli/main.js')
const VERIFIER = join(HOUSE, 'packages/sdk/bin/sealedlog-verify.js')
/** The address at which every page has its server. */
const SHOWN_URL = 'http://127.0.0.1:4000'

/** The pages; the commands of each begin on an empty server. */
export const PAGES = ['docs/query.md', 'docs/demo.md', 'docs/verify.md']
/** Pages that show keys, hashes and times, which are others each time: written anew where anything else differs. */
const VARYING = new Set(['docs/verify.md'])
/** Programs that a machine may lack; a block that needs one stays as it is there. */
const EXTRAS = ['openssl']

/** A page as it stands, and as it would be written now. */
export async function transcribe(page) {
  const text = readFileSync(join(HOUSE, page), 'utf8')
  const folder = mkdtempSync(join(tmpdir(), 'sealedlog-transcript-'))
  const server = await startServer({ data: join(folder, 'data'), port: 0 })
  // Commands run in a folder of their own, in which the pages and their samples are found.
  symlinkSync(join(HOUSE, 'docs'), join(folder, 'docs'))
  try {
    const env = { ...process.env, SEALEDLOG_URL: server.url, SEALEDLOG_KEY: server.rootKey.value, NO_COLOR: '1' }
    delete env.COLUMNS
    const place = {
      cwd: folder,
      env: { ...env, DEMO_FOLDER: join(folder, 'demo'), XDG_STATE_HOME: join(folder, 'state') },
    }
    const written = await withAnswers(text, place, VARYING.has(page) ? masked : (block) => block)
    return { text, written: TABLES.reduce((filled, [name, table]) => fill(filled, name, table()), written) }
  } finally {
    await server.close()
    rmSync(folder, { recursive: true })
  }
}

/** Runs the commands of every console block, in order, and puts what they print under them. */
async function withAnswers(text, place, comparable) {
  const parts = text.split(/^(```console\n[\s\S]*?^```)$/m)
  const blocks = new Map()
  for (const [i, part] of parts.entries()) {
    if (!part.startsWith('```console\n') || EXTRAS.some((extra) => part.includes(extra) && !isHere(extra))) continue
    let block = '```console\n'
    for (const line of part.split('\n').filter((each) => each.startsWith('$ ')))
      block += `${line}\n${await run(line.slice(2), place)}`
    blocks.set(i, `${block}\`\`\``)
  }
  // One that differs makes the page anew: keys and hashes of two runs do not belong together.
  if ([...blocks].every(([i, block]) => comparable(block) === comparable(parts[i]))) return text
  for (const [i, block] of blocks) parts[i] = block
  return parts.join('')
}

async function run(command, place) {
  const node = `'${process.execPath}' --no-warnings`
  const here = command
    .replaceAll('npx sealedlog-verify', `${node} '${VERIFIER}'`)
    .replaceAll('npx sealedlog', `${node} '${CLI}'`)
  const { stdout: said } = await promisify(execFile)('sh', ['-c', `{ ${here}; } 2>&1; true`], place)
  const stdout = said.replaceAll(place.env.SEALEDLOG_URL, SHOWN_URL)
  return stdout === '' || stdout.endsWith('\n') ? stdout : `${stdout}\n`
}

const isHere = (program) => spawnSync(program, ['version']).error === undefined

/** A block without what is another each time: keys and hashes, ids that were minted, times. */
export const masked = (block) =>
  block
    .replaceAll(/[\w+/-]{43,}=*|"[\w-]{22}"|\b[0-9a-f]{8}\b|\b[a-z2-7]{26}\b/g, '#')
    .replaceAll(/\b\d{4}-\d\d-\d\d(T[\d:.]+Z)?/g, '#')
    .replaceAll(/\b\d+\.\d s\b/g, '#')

/** Tables that a page takes from the code, between comments of their names. */
const TABLES = [
  ['short.go', () => `\n\`\`\`go\n${readFileSync(join(HOUSE, 'test/go/short.go'), 'utf8')}\`\`\`\n\n`],
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
