/** `sealedlog list` and what every command that talks to a server shares. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '@sealedlog/sdk/base'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  eventsOf,
  fileOf,
  MAIN,
  run,
  runJson,
  ROOT_KEY,
  startTestServer,
  temporaryFolder,
  type TestServer,
} from './support.js'

const COUNT = 1_200
const events = eventsOf(0, COUNT)
let server: TestServer
let url = ''

beforeAll(async () => {
  server = await startTestServer()
  ;({ url } = server)
  const [summary] = await runJson(['record', fileOf(events)], { url })
  expect(summary).toMatchObject({ recorded: COUNT })
})

const idsOf = (documents: readonly JsonObject[]): readonly unknown[] => documents.map(({ id }) => id)
const idsWhere = (holds: (event: JsonObject, number: number) => boolean): readonly unknown[] =>
  idsOf(events.filter(holds)).toReversed()

describe('list', () => {
  test('shows the newest fifty as a table, and says that there are more', async () => {
    const { code, stdout, stderr } = await run(['list'], { url })
    const lines = stdout.trimEnd().split('\n')
    expect([code, lines.length]).toEqual([0, 51])
    expect(lines[0]).toMatch(/^Time +Actor +Event +Target +Outcome +Index$/)
    expect(lines[1]).toMatch(/^2026-01-01 00:19:59Z {2}User 2 {2}api_key.created {2}key_1199 +success +1199$/)
    expect(stderr).toContain('There are more')
    expect(stdout + stderr).not.toContain('\u001b')
  })

  test.each<readonly [string, readonly string[], (event: JsonObject, number: number) => boolean]>([
    ['a type', ['--type', 'login.failed'], (_, number) => number % 10 === 0],
    ['a prefix', ['--type', 'login.*'], (_, number) => number % 10 === 0],
    ['one of two actors', ['--actor-id', 'user_1', '--actor-id', 'user_2'], (_, number) => [1, 2].includes(number % 7)],
    ['an actor and a type', ['--actor-id', 'user_1', '--type', 'login.failed'], (_, n) => n % 70 === 50],
    ['a target', ['--target-id', 'key_7', '--target-type', 'api_key'], (_, number) => number === 7],
    ['an outcome', ['--outcome', 'failure'], (_, number) => number % 10 === 0],
    ['an actor’s type', ['--actor-type', 'service_account'], () => false],
    [
      'a range',
      ['--since', '2026-01-01T01:01:00+01:00', '--until', '2026-01-01T00:02:00Z'],
      (_, n) => n >= 60 && n < 120,
    ],
    ['a day', ['--since', '2026-01-01', '--until', '2026-01-02', '--bucket', 'default'], () => true],
    ['what is never said', ['--ip-address', '192.0.2.1', '--project-id', 'p', '--correlation-id', 'c'], () => false],
    ['an e-mail address', ['--actor-email', 'ada@example.com'], () => false],
  ])('narrows to %s, over all pages', async (_name, options, holds) => {
    expect(idsOf(await runJson(['list', '--all', ...options], { url }))).toEqual(idsWhere(holds))
  })

  test('reads spans back from now', async () => {
    const ago = new Date(Date.now() - 3 * 3_600_000).toISOString()
    const org = await startTestServer()
    await runJson(
      [
        'record',
        fileOf([
          { id: 'old', type: 'a.b', occurred_at: ago },
          { id: 'new', type: 'a.b' },
        ]),
      ],
      org,
    )
    expect(idsOf(await runJson(['list', '--since', '2h'], org))).toEqual(['new'])
    expect(idsOf(await runJson(['list', '--since', '1w', '--until', '90m'], org))).toEqual(['old'])
  })

  test('goes on behind the first thousand up to --limit, in either order', async () => {
    const oldest = await runJson(['list', '--order', 'asc', '--limit', '1100'], { url })
    expect(idsOf(oldest)).toEqual(idsOf(events.slice(0, 1_100)))
  })

  test('fits the terminal', async () => {
    const { stdout } = await run(['list', '--limit', '5'], { url, env: { COLUMNS: '66' } })
    for (const line of stdout.trimEnd().split('\n')) expect(line.length).toBeLessThanOrEqual(66)
    expect(stdout).toContain('…')
  })

  test('ends quietly when its reader does', async () => {
    const pipe = `"${process.execPath}" "${MAIN}" list --all --json | head -n 1; echo "\${PIPESTATUS[0]}"`
    const env = { ...process.env, SEALEDLOG_URL: url, SEALEDLOG_KEY: ROOT_KEY }
    const child = spawn('bash', ['-c', pipe], { env })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
    await once(child, 'close')
    expect(output.trimEnd().split('\n')).toEqual([expect.stringMatching(/^\{"id"/), '0'])
  })

  test.each<readonly [string, readonly string[], string]>([
    ['an outcome that is none', ['--outcome', 'fine'], 'expected success, failure, denied, unknown'],
    ['a time that is none', ['--since', 'yesterday'], '--since is "yesterday"'],
    ['a limit that is none', ['--limit', '0'], '--limit is "0"'],
    ['a dialect without --json', ['--dialect', 'openai'], '--dialect is for --json'],
    ['a dialect that is none', ['--dialect', 'klingon', '--json'], 'Allowed choices are native'],
    ['an option that is none', ['--actor', 'x'], '--actor-id'],
    ['what the server refuses', ['--type', 'a b'], '[invalid_parameter]'],
    ['an organization that is not there', ['--org', 'nowhere'], '[organization_not_found]'],
  ])('refuses %s with 2', async (_name, options, said) => {
    const { code, stdout, stderr } = await run(['list', ...options], { url })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(said)
    expect(stderr).not.toMatch(/^ {4}at /m)
  })
})

describe('the connection', () => {
  test.each<readonly [string, readonly string[], { url?: string; key?: string | null }, string]>([
    ['no key', [], { key: null }, '[missing_key]'],
    ['an unknown key', [], { key: 'slk_wrong' }, '[invalid_key]'],
    ['a key that is no header', [], { key: 'slk_wrong\nX: y' }, 'characters that no key has'],
    ['no server', [], { url: 'http://127.0.0.1:9' }, '[no_answer]'],
    ['an address that is none', ['--url', 'audit.example.com'], {}, 'expected an address such as'],
    ['an address with a password', ['--url', 'http://u:secret@127.0.0.1'], {}, 'Leave out user'],
    ['an organization that is no header', ['--org', 'a\nb'], {}, '--org is'],
  ])('with %s ends with 2, and never with the key', async (_name, args, options, said) => {
    const { code, stdout, stderr } = await run(['list', ...args], { url, ...options })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(said)
    expect(stderr).not.toMatch(/slk_wrong|secret/)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  test('takes the root key of ./data where there is no other, but for this machine’s server alone', async () => {
    const cwd = temporaryFolder()
    mkdirSync(join(cwd, 'data'))
    writeFileSync(join(cwd, 'data', 'root.key'), `${ROOT_KEY}\n`)
    expect((await run(['list', '--limit', '1'], { url, key: null, cwd })).code).toBe(0)
    const elsewhere = await run(['list'], { url: 'http://audit.example.com', key: null, cwd })
    expect(elsewhere.stderr).toContain('[missing_key]')
  })

  test('tells a server that is none of ours', async () => {
    const { stderr, code } = await run(['list', '--url', `${url}/elsewhere`])
    expect([code, stderr]).toEqual([2, expect.stringContaining('[not_found]')])
  })
})
