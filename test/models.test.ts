/** The page of the models: its TypeScript compiles in a user's project and runs against the server it talks to. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compileAndRun } from '../packages/sdk/test/models/run.js'
import { startServer } from '../packages/server/dist/server.js'

const PAGE = readFileSync(new URL('../docs/models.md', import.meta.url), 'utf8')

test('each example of docs/models.md', async () => {
  const data = mkdtempSync(join(tmpdir(), 'sealedlog-models-'))
  const server = await startServer({ data, port: 0, marks: false })
  try {
    const key = server.rootKey.value
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ id: 'evt_models', type: 'api_key.created' })
    expect((await fetch(`${server.url}/v1/events`, { method: 'POST', headers, body })).status).toBe(201)

    const blocks = [...PAGE.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, block = '']) => block)
    const printed = await compileAndRun(
      blocks.map((block) => block.replaceAll('http://127.0.0.1:4000', server.url)),
      { ...process.env, SEALEDLOG_KEY: key },
    )
    expect(printed).toEqual([
      'user.deleted undefined\n',
      expect.stringMatching(/^\d+ api_key\.created evt_models\n$/),
      'owner invite.sent\n',
      `key_1 {"id":"audit_log-1","type":"api_key.created","api_key.created":{"id":"key_1"}}\n{ id: 'key_2' } undefined\n`,
      'key.create\n',
    ])
  } finally {
    await server.close()
    rmSync(data, { recursive: true, force: true })
  }
}, 60_000)
