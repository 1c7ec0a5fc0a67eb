/** The TypeScript that the READMEs show compiles and runs as it stands. */
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { startServer } from '../packages/server/dist/server.js'

const run = promisify(execFile)

const HOUSE = fileURLToPath(new URL('..', import.meta.url))
// Inside the house, so that its packages are found as they are where they are installed.
const FOLDER = join(HOUSE, 'test', '.readme')

afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

/** Runs the `ts` blocks of a page with the types checked, and gives what they print. */
async function runBlocks(page: string, env = process.env, change = (text: string) => text): Promise<string> {
  const text = readFileSync(join(HOUSE, page), 'utf8')
  const blocks = [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, block = '']) => change(block))
  expect(blocks.length).toBeGreaterThan(0)
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

test('the SDK’s page', async () => {
  expect(await runBlocks('packages/sdk/README.md')).toContain("'api_key.created': { id: 'key_1'")
})

test('the house’s page and OpenAI’s, with the official client', async () => {
  const data = join(FOLDER, 'data')
  const server = await startServer({ data, port: 0 })
  try {
    const key = server.rootKey.value
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ id: 'evt_readme', type: 'api_key.created' })
    await fetch(`${server.url}/v1/events`, { method: 'POST', headers, body })
    const here = (text: string) => text.replaceAll('http://127.0.0.1:4000', server.url)
    const env = { ...process.env, SEALEDLOG_KEY: key }
    expect(await runBlocks('README.md', env, here)).toMatch(/^evt_readme api_key\.created \d+\n$/)
    expect(await runBlocks('docs/openai.md', env, here)).toMatch(/^\d+ api_key\.created evt_readme\n$/)
  } finally {
    await server.close()
  }
})
