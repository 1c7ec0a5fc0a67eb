/** `sealedlog reindex --url`: the index is built again while the server writes and answers, and whatever kills it in between. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import {
  eventsOf,
  fileOf,
  get,
  ROOT_KEY,
  run,
  Running,
  runJson,
  ServeProcess,
  startTestServer,
  temporaryFolder,
} from './support.js'

const headers = { authorization: `Bearer ${ROOT_KEY}`, 'content-type': 'application/json' }
const FIRST = 1_500

/** All that a list shows, oldest first. */
async function idsOf(url: string): Promise<readonly unknown[]> {
  const ids: unknown[] = []
  for (let more = ''; ; ) {
    const page = await get(url, `/v1/events?order=asc&limit=1000${more}`)
    ids.push(...(page.data as { id: string }[]).map(({ id }) => id))
    if (typeof page.next_cursor !== 'string') return ids
    more = `&cursor=${encodeURIComponent(page.next_cursor)}`
  }
}

/** The indexes that stand in a data folder. */
const indexesIn = (data: string): readonly string[] =>
  readdirSync(data).filter((name) => name.startsWith('index') && !/-(?:wal|shm)$/.test(name) && name !== 'index.name')

test('a server builds its index again while it records and lists', async () => {
  const server = await startTestServer()
  const { url } = server
  await runJson(['record', fileOf(eventsOf(0, FIRST))], { url })
  const reindexing = new Running(['reindex', '--url', url])
  let said = FIRST
  for (let isOver = false; !isOver; said += 5) {
    isOver = reindexing.child.exitCode !== null
    const body = JSON.stringify(eventsOf(said, said + 5))
    const { status } = await fetch(`${url}/v1/events/batch`, { method: 'POST', headers, body })
    expect(status).toBe(201)
    const page = await get(url, '/v1/events?limit=3&order=desc')
    expect((page.data as { id: string }[]).map(({ id }) => id)).toEqual(
      eventsOf(said + 2, said + 5)
        .map(({ id }) => id)
        .toReversed(),
    )
  }
  const { code, stdout, stderr } = await reindexing.ended
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/^Indexed [\d,]+ entries in \d+\.\d s, while serving\.\n$/)
  const all = eventsOf(0, said).map(({ id }) => id)
  expect(await idsOf(url)).toEqual(all)
  expect(await get(url, '/v1/reindex')).toMatchObject({ object: 'reindexing', status: 'done' })
  expect(indexesIn(server.data)).toEqual(['index-2'])

  // Again, and by one that only programs read.
  expect(await runJson(['reindex'], { url })).toMatchObject([{ object: 'reindexing', entries: expect.any(Number) }])
  expect([await idsOf(url), indexesIn(server.data)]).toEqual([all, ['index-3']])
  await server.close()
  const offline = await run(['reindex', '--data', server.data])
  expect([offline.code, offline.stderr]).toEqual([0, ''])
  const after = await startTestServer({ data: server.data })
  expect([await idsOf(after.url), indexesIn(server.data)]).toEqual([all, ['index-3']])
})

test('a server that is killed in the middle starts with an index that says all of the log', async () => {
  const data = join(temporaryFolder(), 'data')
  let server = await ServeProcess.start(data)
  await runJson(['record', fileOf(eventsOf(0, FIRST))], server)
  const all = eventsOf(0, FIRST).map(({ id }) => id)
  for (const ms of [0, 40, 200]) {
    const { authorization } = headers
    const { status } = await fetch(`${server.url}/v1/reindex`, { method: 'POST', headers: { authorization } })
    expect(status).toBe(202)
    await sleep(ms)
    await server.end('SIGKILL')
    server = await ServeProcess.start(data)
    expect([ms, await idsOf(server.url)]).toEqual([ms, all])
    expect([ms, indexesIn(data).length]).toEqual([ms, 1])
  }
  expect(await server.end('SIGTERM')).toBe(0)
})

test('it takes a key that is bound to no organization, and either an address or a folder', async () => {
  const { url, data } = await startTestServer()
  const bound = (await runJson(['keys', 'create', '--name', 'k', '--scope', 'admin', '--org', 'default'], { url }))[0]
  const refused = await run(['reindex'], { url, key: (bound as { key: string }).key })
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('[insufficient_scope]')])
  const both = await run(['reindex', '--url', url, '--data', data])
  expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('either --url')])
  expect(await get(url, '/v1/reindex')).toMatchObject({ status: 'none', entries: 0, started_at: null })
})
