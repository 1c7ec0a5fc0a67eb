/** `sealedlog demo`: a history recorded once, however often it is said, and questions that have answers. */
import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { JsonObject } from '@sealedlog/sdk/base'
import { beforeAll, describe, expect, test } from 'vitest'
import { engine, NOON, TestRepository } from './repositories.js'
import { get, MAIN, ROOT_KEY, run, runJson, startTestServer, temporaryFolder, type TestServer } from './support.js'

const COMMITS = 7

const eventsOf = (url: string, org = 'demo'): Promise<JsonObject[]> =>
  runJson(['list', '--org', org, '--all', '--order', 'asc'], { url })

describe('a history', () => {
  let repository: TestRepository
  let server: TestServer

  beforeAll(async () => {
    repository = engine()
    server = await startTestServer()
  })

  test('is recorded into an organization of its own: authors, files, and when it was', async () => {
    const { code, stdout, stderr } = await run(['demo', repository.folder], server)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(
      /^7 commits of engine recorded into the organization demo, 0 there already, in \d+\.\d s\.\n/,
    )
    const events = await eventsOf(server.url)
    expect(events.map(({ type, description, occurred_at }) => [type, description, occurred_at])).toEqual([
      ['commit.created', 'Found the engine', '2020-10-05T12:00:00.000Z'],
      ['commit.created', 'Rename the mill', '2020-10-05T12:01:00.000Z'],
      ['commit.created', 'Draw it', '2020-10-05T12:02:00.000Z'],
      ['commit.created', undefined, '2020-10-05T12:03:00.000Z'],
      ['commit.created', 'Punch cards', '2020-10-05T12:04:00.000Z'],
      ['commit.created', 'Say it loudly', '2020-10-05T12:05:00.000Z'],
      ['commit.merged', 'Take the cards in', '2020-10-05T12:06:00.000Z'],
    ])
    const head = repository.git(['rev-list', '--max-parents=0', 'HEAD'])
    expect(events[0]).toEqual({
      id: `git.${head}`,
      type: 'commit.created',
      org: 'demo',
      index: 0,
      bucket: 'default',
      outcome: 'success',
      occurred_at: '2020-10-05T12:00:00.000Z',
      recorded_at: expect.any(String),
      actor: { type: 'user', name: 'Ada Lovelace', email: 'ada@example.com' },
      targets: [
        { type: 'commit', id: head, display_name: `${head.slice(0, 7)} Found the engine` },
        { type: 'file', id: 'README.md' },
        { type: 'file', id: 'src/mill.ts' },
      ],
      project: { id: 'engine', name: 'engine' },
      description: 'Found the engine',
      details: {
        commit: head,
        parents: [],
        files: 2,
        insertions: 121,
        deletions: 0,
        body: 'It weighs fifteen tons.',
      },
      metadata: { source: 'git' },
    })
    expect(events[1]).toMatchObject({
      targets: [{ type: 'commit' }, { type: 'file', id: 'src/mill-and-store.ts' }],
      details: { files: 1, insertions: 0, deletions: 0 },
      changes: [{ path: 'path', before: 'src/mill.ts', after: 'src/mill-and-store.ts' }],
    })
    expect(events[2]?.details).toMatchObject({
      files: 2,
      insertions: 1,
      deletions: 1,
      binary_files: 1,
      committer: { name: 'Grace Hopper', email: 'grace@example.com' },
      authored_at: '2020-10-05T12:01:30.000Z',
    })
    expect(events[3]?.details).toEqual({
      commit: expect.any(String),
      parents: [expect.any(String)],
      files: 0,
      insertions: 0,
      deletions: 0,
    })
    expect(events[6]).toMatchObject({ targets: [{ type: 'commit' }], details: { parents: { length: 2 } } })
  })

  test('said again adds nothing; then it adds what is new alone', async () => {
    const again = await runJson(['demo', repository.folder], server)
    expect(again).toMatchObject([
      { object: 'demo', organization: 'demo', repository: 'engine', recorded: 0, duplicates: COMMITS },
    ])
    const other = join(temporaryFolder(), 'elsewhere')
    repository.git(['clone', '--quiet', `file://${repository.folder}`, other])
    expect(await runJson(['demo', '.'], { ...server, cwd: other })).toMatchObject([
      { recorded: 0, duplicates: COMMITS },
    ])
    repository.commit('One more', NOON + 420)
    expect(await runJson(['demo', repository.folder], server)).toMatchObject([{ recorded: 1, duplicates: COMMITS }])
    expect(await eventsOf(server.url)).toHaveLength(COMMITS + 1)
  })

  test('takes the newest alone with --limit, and stands in whichever organization is named', async () => {
    const limited = await runJson(['demo', join(repository.folder, 'src'), '--org', 'two', '--limit', '2'], server)
    expect(limited).toMatchObject([{ organization: 'two', recorded: 2 }])
    expect((await eventsOf(server.url, 'two')).map(({ description }) => description)).toEqual([
      'Take the cards in',
      'One more',
    ])
  })

  test('is recorded by a key that may only write, once the organization is there', async () => {
    const key = async (scope: string, org: string): Promise<string> => {
      const args = ['keys', 'create', '--name', 'demo', '--scope', scope, '--organization', org]
      const [made] = await runJson(args, server)
      return made?.key as string
    }
    const [summary] = await runJson(['demo', repository.folder], { ...server, key: await key('write', 'demo') })
    expect(summary).toMatchObject({ recorded: 0, duplicates: COMMITS + 1 })
    const refused = await run(['demo', repository.folder, '--org', 'three'], {
      ...server,
      key: await key('write', '*'),
    })
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(
      /^sealedlog: There is no organization "three", and this key may not make one\. .*\n$/,
    )
  })
})

const shell = promisify(execFile)

describe('what it prints', () => {
  test('are commands that work when they are pasted, whatever a shell would make of the names', async () => {
    const server = await startTestServer()
    const cwd = temporaryFolder()
    mkdirSync(join(cwd, 'data'))
    writeFileSync(join(cwd, 'data', 'root.key'), `${ROOT_KEY}\n`)
    const { stdout } = await run(['demo', hostileNames().folder], { ...server, cwd, key: null })
    for (const character of ['\u001b', '\u202e']) expect(stdout).not.toContain(character)
    const commands = [...stdout.matchAll(/^ {2}((?:npx|curl) .*)$/gm)].map(([, command = '']) => command)
    expect(commands.map((command) => command.split(' ')[0])).toEqual([...Array(6).fill('npx'), 'curl'])
    const env = { ...process.env, SEALEDLOG_URL: server.url }
    const answers = commands.map(async (command) => {
      const here = command.replace('npx sealedlog', `"${process.execPath}" "${MAIN}"`)
      const answer = await shell('sh', ['-euc', here], { cwd, env })
      return `${command}\n${answer.stdout}${answer.stderr}`
    })
    for (const answer of await Promise.all(answers)) expect(answer).toMatch(/\n.*commit\.created/s)
    expect(readdirSync(cwd)).toEqual(['data'])
  })

  test.each<readonly [string, () => TestRepository, number]>([
    ['a history with merges', engine, 7],
    ['a history of today', () => dated(Math.floor(Date.now() / 1_000)), 5],
    ['a shallow clone', () => shallow(dated(NOON)), 4],
  ])('are queries that have answers: %s', async (_name, make, count) => {
    const server = await startTestServer()
    const [{ questions = [] } = {}] = await runJson(['demo', make().folder, '--org', 'default'], server)
    const queries = (questions as readonly { readonly query: string }[]).map(({ query }) => query)
    expect(queries.length, queries.join(' ')).toBe(count)
    for (const query of queries) {
      const { data } = await get(server.url, `/v1/events?${new URLSearchParams({ q: query, limit: '1' }).toString()}`)
      expect(data, query).toHaveLength(1)
    }
  })
})

function dated(at: number): TestRepository {
  const repository = new TestRepository()
  for (let i = 0; i < 3; i++) repository.write('notes.txt', `${i}\n`).commit(`Another entry ${i}`, at - 60 * i)
  return repository
}

function hostileNames(): TestRepository {
  const repository = new TestRepository()
  repository.write('plain.txt', 'x\n').commit('Nothing much here', NOON - 60)
  const evil = { GIT_AUTHOR_NAME: '\u001b[2J$(touch pwned)', GIT_AUTHOR_EMAIL: "a'; touch pwned #@example.com" }
  repository.write("it's $(touch pwned)", 'x\n').write('-rf', 'x\n').write('a\nb', 'x\n').write('..c', 'x\n')
  repository.commit("`touch pwned` 'quoted' \u202e\u001b[31mred", NOON, evil)
  return repository
}

function shallow(whole: TestRepository): TestRepository {
  const clone = new TestRepository('clone')
  clone.git(['fetch', '--quiet', '--depth', '1', `file://${whole.folder}`, 'main'])
  clone.git(['reset', '--quiet', '--hard', 'FETCH_HEAD'])
  return clone
}

test('docs/cli.md shows what demo and its questions print', async () => {
  const server = await startTestServer()
  const cwd = dirname(engine().folder)
  const page = readFileSync(new URL('../../../../docs/cli.md', import.meta.url), 'utf8')
  const [, section = ''] = page.split(/^## demo$/m)
  const [, shown = ''] = /^```\n(\$ [\s\S]*?)^```$/m.exec(section) ?? []
  let printed = ''
  for (const [line, command = ''] of shown.matchAll(/^\$ (sealedlog .*)\n/gm)) {
    const here = command.replace('sealedlog', `"${process.execPath}" "${MAIN}"`)
    const env = { ...process.env, SEALEDLOG_URL: server.url, SEALEDLOG_KEY: ROOT_KEY }
    const { stdout } = await shell('sh', ['-euc', here], { cwd, env })
    printed += line + stdout
  }
  const alike = (text: string): string =>
    text.replaceAll(/in \d+\.\d s\.|http:[^']*:\d+/g, '').replace('$(cat data/root.key)', '$SEALEDLOG_KEY')
  expect(alike(printed)).toBe(alike(shown))
})

describe('what a history may lack', () => {
  test('a shallow clone does not claim that its last commit changed every file', async () => {
    const server = await startTestServer()
    const whole = dated(NOON)
    const { code, stdout } = await run(['demo', shallow(whole).folder], server)
    expect([code, stdout]).toEqual([0, expect.stringContaining('This clone is shallow')])
    const events = await eventsOf(server.url)
    const parents = [whole.git(['rev-parse', 'HEAD~1'])]
    expect(events).toMatchObject([{ targets: { length: 1 }, details: { shallow: true, parents } }])
    expect(events[0]?.details).not.toHaveProperty('files')
  })

  test('a merge is the same event from a shallow clone as from the whole', async () => {
    const server = await startTestServer()
    const whole = engine()
    expect(await runJson(['demo', shallow(whole).folder], server)).toMatchObject([{ recorded: 1, shallow: false }])
    whole.git(['config', 'remote.origin.url', 'clone'])
    expect(await runJson(['demo', whole.folder], server)).toMatchObject([{ recorded: 6, duplicates: 1, refused: 0 }])
  })

  test('commits from the future are left out, and counted', async () => {
    const server = await startTestServer()
    const repository = dated(NOON)
    const tree = repository.git(['write-tree'])
    const parent = repository.git(['rev-parse', 'HEAD'])
    const people = ['author', 'committer'].map((who) => `${who} Marty <m@example.com> 99999999999 +0000\n`).join('')
    repository.commitBytes(Buffer.from(`tree ${tree}\nparent ${parent}\n${people}\nBack to it\n`))
    const { code, stdout } = await run(['demo', repository.folder], server)
    expect([code, stdout]).toEqual([0, expect.stringContaining('1 commit says a time that has not come yet')])
    expect(await eventsOf(server.url)).toHaveLength(3)
  })

  test('what the log holds with other content stays, and is named', async () => {
    const server = await startTestServer()
    const repository = dated(NOON)
    await runJson(['demo', repository.folder], server)
    repository.git(['remote', 'add', 'origin', 'https://user:secret@example.com/other.git'])
    const { code, stdout, stderr } = await run(['demo', repository.folder], server)
    expect([code, stdout]).toEqual([1, expect.stringContaining('0 commits of other recorded')])
    expect(stderr).toMatch(/^(?:commit [0-9a-f]{40}: .*\[event_conflict\]\n){3}$/)
    expect(stdout + stderr).not.toContain('secret')
  })
})

describe('what is missing is said in one line, with the next step', () => {
  const nothing = '/nonexistent/folder'
  test.each<readonly [string, () => string, object, RegExp]>([
    ['a repository', temporaryFolder, {}, /not a git repository.*Name the folder of a checkout/],
    ['a folder', () => nothing, {}, /No such file or directory.*Name the folder of a checkout/],
    ['a commit', () => new TestRepository().folder, {}, /no commits yet\. Make one/],
    ['git', () => dated(NOON).folder, { env: { PATH: nothing } }, /git cannot be started \(ENOENT\)\. Install it/],
    ['a server', () => dated(NOON).folder, { url: 'http://127.0.0.1:1' }, /Start the server first.*: npm start/],
    ['a key', () => dated(NOON).folder, { key: null, cwd: '/' }, /Start the server first.*: npm start/],
  ])('%s', async (_name, folder, options, said) => {
    const { code, stdout, stderr } = await run(['demo', folder()], { url: 'http://127.0.0.1:1', ...options })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(said)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })
})
