/** `sealedlog reindex` and `sealedlog serve`: what a data folder survives. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  eventsOf,
  fileOf,
  get,
  ROOT_KEY,
  run,
  runJson,
  ServeProcess,
  startTestServer,
  temporaryFolder,
} from './support.js'
import { editRuns } from '../index/edit-runs.js'

const COUNT = 2_500

const runsIn = (index: string): readonly string[] =>
  readdirSync(index)
    .filter((name) => name.startsWith('run-'))
    .map((name) => join(index, name))

describe('reindex', () => {
  test('rebuilds an index that is gone, broken or wrong, and is refused while a server runs', async () => {
    const first = await startTestServer()
    const { data } = first
    await runJson(['record', fileOf(eventsOf(0, COUNT))], first)
    const headers = { authorization: `Bearer ${ROOT_KEY}` }
    await fetch(`${first.url}/v1/organizations/acme`, { method: 'PUT', headers })
    await runJson(['record', '-', '--org', 'acme'], { ...first, stdin: '{"type":"a.b"}\n{"type":"c.d"}' })
    const query = ['list', '--all', '--org', 'default', '--type', 'login.*', '--actor-id', 'user_3']
    const before = await runJson(query, first)
    expect(before.length).toBeGreaterThan(30)

    const refused = await run(['reindex', '--data', data])
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('[data_folder_in_use]')])
    expect(refused.stderr).toContain('sealedlog reindex --url http')
    expect(await runJson(query, first)).toEqual(before)
    await first.close()

    const index = join(data, 'index')
    const damage: readonly (() => void)[] = [
      () => undefined,
      () => rmSync(index, { recursive: true }),
      () => writeFileSync(join(index, 'manifest.json'), 'this is no manifest'),
      () => {
        for (const run of runsIn(index)) writeFileSync(run, readFileSync(run).fill(0x5a, 4_096, 40_000))
      },
      () =>
        editRuns(index, 'default', (entries) => {
          for (const { keys } of entries) keys.clear()
        }),
    ]
    for (const harm of damage) {
      harm()
      const { code, stdout, stderr } = await run(['reindex', '--data', data])
      expect([code, stderr]).toEqual([0, ''])
      expect(stdout).toMatch(/^Indexed 2,502 entries of 2 organizations in \d+\.\d s\.\n$/)
      const server = await startTestServer({ data })
      expect(await runJson(query, server)).toEqual(before)
      await server.close()
    }
    expect(await runJson(['reindex', '--data', data], {})).toMatchObject([{ entries: COUNT + 2, organizations: 2 }])
  })

  test('makes nothing where no log is', async () => {
    const folder = join(temporaryFolder(), 'typo')
    const { code, stderr } = await run(['reindex', '--data', folder])
    expect([code, stderr]).toEqual([2, expect.stringContaining('holds no log')])
    expect(existsSync(folder)).toBe(false)
  })
})

describe('serve', () => {
  test('twice finds everything as it was, and drains at SIGTERM', async () => {
    const data = join(temporaryFolder(), 'data')
    const first = await ServeProcess.start(data)
    await runJson(['record', fileOf(eventsOf(0, 100))], first)
    const made = await runJson(['keys', 'create', '--name', 'k', '--scope', 'read'], first)
    const organization = await get(first.url, '/v1/organizations/default')
    const events = await runJson(['list', '--all'], first)
    expect(await first.end('SIGTERM')).toBe(0)

    const second = await ServeProcess.start(data)
    expect(await get(second.url, '/v1/organizations/default')).toEqual(organization)
    expect(await runJson(['list', '--all'], { url: second.url, key: (made[0] as { key: string }).key })).toEqual(events)
    expect(await second.end('SIGTERM')).toBe(0)
    expect(statSync(join(data, 'signing.key')).mode & 0o777).toBe(0o600)
  })

  test('refuses a folder that another serves, and options that are none, with 2', async () => {
    const { data } = await startTestServer()
    expect(await run(['serve', '--data', data, '--port', '0'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('[data_folder_in_use]'),
    })
    expect(await run(['serve', '--port', 'many'])).toMatchObject({ code: 2 })
  })
})

test.each([
  [['--help'], 0],
  [['--version'], 0],
  [['help', 'record'], 0],
  [['keys', 'create', '--help'], 0],
  [[], 2],
  [['sing'], 2],
  [['record'], 2],
  [['record', '/nowhere/at/all'], 2],
  [['record', '/tmp'], 2],
] as const)('sealedlog %j ends with %i', async (args, code) => {
  expect((await run(args)).code).toBe(code)
})

test('what the system refuses is told in one line, and so is wrong usage', async () => {
  for (const [args, code] of [
    [['serve', '--data', join(fileOf([]), 'data'), '--port', '0'], 'storage_failed'],
    [['erase', '--person', 'ada'], 'invalid_configuration'],
    [['lst'], 'invalid_configuration'],
  ] as const) {
    const { code: ended, stdout, stderr } = await run(args)
    expect([ended, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(new RegExp(`^sealedlog: [^\\n]+ \\[${code}\\]\\n$`))
  }
})
