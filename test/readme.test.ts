/** What the READMEs and the first pages show compiles and runs as it stands. */
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningServer, startServer } from '../packages/server/dist/server.js'

const run = promisify(execFile)

const HOUSE = fileURLToPath(new URL('..', import.meta.url))
// Inside the house, so that its packages are found as they are where they are installed.
const FOLDER = join(HOUSE, 'test', '.readme')

let server: RunningServer
let env: NodeJS.ProcessEnv
beforeAll(async () => {
  // In the folder that the pages paste from, as `npm start` does it.
  server = await startServer({ data: join(FOLDER, 'data'), port: 0 })
  env = { ...process.env, SEALEDLOG_KEY: server.rootKey.value }
})
afterAll(() => server.close())
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

/** The blocks of a page in a language, with the address of our server. */
function blocksOf(page: string, language: 'sh' | 'ts'): readonly string[] {
  const text = readFileSync(join(HOUSE, page), 'utf8').replaceAll('http://127.0.0.1:4000', server.url)
  const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].filter((match) => match[1] === language)
  expect(blocks.length).toBeGreaterThan(0)
  return blocks.map(([, , block = '']) => block)
}

/** Runs the `ts` blocks of a page as one program with the types checked, and gives what it prints. */
async function runBlocks(page: string): Promise<string> {
  const blocks = blocksOf(page, 'ts')
  const name = `${page.replaceAll(/\W/g, '-')}.mts`
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(join(FOLDER, name), blocks.join('\n'))
  writeFileSync(
    join(FOLDER, 'tsconfig.json'),
    JSON.stringify({ extends: '../tsconfig.json', compilerOptions: { rootDir: '.' }, include: [name] }),
  )
  await run(process.execPath, [join(HOUSE, 'node_modules/typescript/bin/tsc'), '-p', FOLDER])
  // Beside this process, not within its wait: it is the server that the page talks to.
  return (await run(process.execPath, ['--no-warnings', join(FOLDER, name)], { env })).stdout
}

/** Pastes the `sh` blocks of a page into a shell, one after the other, and gives what each prints. */
async function pasteBlocks(page: string): Promise<readonly string[]> {
  const printed: string[] = []
  for (const block of blocksOf(page, 'sh'))
    printed.push((await run('sh', ['-euc', block], { cwd: FOLDER, env })).stdout)
  return printed
}

test('the SDK’s page', async () => {
  const printed = await runBlocks('packages/sdk/README.md')
  expect(printed).toContain("'api_key.created': { id: 'key_1'")
  expect(printed).toMatch(/\ninvoice\.paid 1\ninvoice\.sent 2\n2 user_1\ninvalid_event \/actor\/type\ntail 0\n$/)
})

test('a query as a tree and as words again', async () => {
  const [tree, text] = (await runBlocks('docs/query.md')).split('\n')
  expect(JSON.parse(tree ?? '')).toHaveProperty('and.0', { field: 'type', starts_with: 'login.' })
  expect(text).toBe('type:login.* -outcome:success "password is wrong"')
})

test('a first event, in each of the ways that its page shows', async () => {
  const [receipt, list] = (await pasteBlocks('docs/first-event.md')).map((text) => JSON.parse(text))
  expect(receipt).toMatchObject({ status: 'recorded', org: 'default' })
  expect(list.data[0]).toMatchObject({ id: receipt.id, type: 'api_key.created' })
  const lines = `api_key.created ada@example.com`
  expect(await runBlocks('docs/first-event.md')).toMatch(new RegExp(`^recorded at index \\d+\n${lines}\n${lines}\n$`))
})

test('the house’s page and OpenAI’s, with the official client', async () => {
  const headers = { authorization: `Bearer ${server.rootKey.value}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ id: 'evt_readme', type: 'api_key.created' })
  await fetch(`${server.url}/v1/events`, { method: 'POST', headers, body })
  expect(await runBlocks('README.md')).toMatch(/^recorded \d+\nevt_readme api_key\.created \d+\n/)
  expect(await runBlocks('docs/openai.md')).toMatch(/^\d+ api_key\.created evt_readme\n/)
})
