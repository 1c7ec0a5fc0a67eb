/** `sealedlog verify`: the verifier's command under the program, and the index of a data folder held against its log. */
import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeAll, describe, expect, test } from 'vitest'
import type { VerifyReport } from '@sealedlog/sdk/verify'
import { THREAD_ENTRIES_MIN } from '../../dist/cli/view/demand-threads.js'
import { keyOf } from '../../dist/index/runs/key.js'
import { editRuns, type PostedEntry } from '../index/edit-runs.js'
import { eventsOf, fileOf, ROOT_KEY, type Ended, run, runJson, startTestServer, temporaryFolder } from './support.js'

const COUNT = 3_000

let sound: string
let state: string
beforeAll(async () => {
  state = temporaryFolder()
  const server = await startTestServer()
  await runJson(['record', fileOf(eventsOf(0, COUNT))], server)
  await server.close()
  sound = server.data
})

const verify = (args: readonly string[], cwd?: string): Promise<Ended> =>
  run(['verify', ...args], { env: { XDG_STATE_HOME: state }, ...(cwd === undefined ? {} : { cwd }) })

async function reportOf(folder: string): Promise<VerifyReport & { readonly code: number | null }> {
  const { code, stdout, stderr } = await verify([folder, '--org', 'default', '--json', '--no-remember'])
  expect(stderr).toBe('')
  return { code, ...(JSON.parse(stdout) as VerifyReport) }
}

const viewOf = ({ checks }: VerifyReport) => checks.find(({ name }) => name === 'view')

/** A copy whose index somebody edited. */
function copyWith(edit: (entries: PostedEntry[]) => void = () => {}): string {
  const copy = join(temporaryFolder(), 'data')
  cpSync(sound, copy, { recursive: true })
  editRuns(join(copy, 'index'), 'default', edit)
  return copy
}

describe('verify', () => {
  test('verifies ./data unless something else is named, with its index, and remembers', async () => {
    const { code, stdout, stderr } = await verify([], join(sound, '..'))
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('✓ view         The index says of 3,000 entries what the log says, and nothing else.')
    expect((await verify([sound])).stdout).toContain('The key is remembered from')
  })

  test('takes what sealedlog-verify takes, and ends as it does', async () => {
    const help = await verify(['--help'])
    expect([help.code, help.stdout]).toEqual([0, expect.stringContaining('Usage: sealedlog verify <target>')])
    expect(await verify(['--nonsense'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('sealedlog verify: '),
    })
    expect((await run(['--help'])).stdout).toContain('verify [target]')
    const server = await startTestServer()
    await runJson(['record', fileOf(eventsOf(0, 10))], server)
    const { code, stdout } = await verify([
      server.url,
      '--org',
      'default',
      '--key',
      ROOT_KEY,
      '--json',
      '--no-remember',
    ])
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { verdict: 'verified', size: 10 }])
    expect((await reportOf(server.data)).verdict).toBe('verified')
  })
})

describe('what export made', () => {
  test('is verified, whole or in part, and only what was chosen to be left out is missing', async () => {
    const server = await startTestServer()
    await runJson(['record', fileOf(eventsOf(0, 1_000))], server)
    const whole = join(temporaryFolder(), 'whole')
    await runJson(['export', '--out', whole], server)
    expect(await reportOf(whole)).toMatchObject({ code: 0, verdict: 'verified', groups: { withheld: 0, missing: 0 } })
    const part = join(temporaryFolder(), 'part')
    await runJson(['export', '--out', part, '--from', '300', '--to', '310', '--withhold', 'actor'], server)
    const report = await reportOf(part)
    expect([report.code, report.checks.find(({ name }) => name === 'files')?.state]).toEqual([0, 'passed'])
    expect(report.groups).toMatchObject({ missing: 0, mismatch: 0 })
    expect(report.groups.withheld).toBeGreaterThan(0)
    const evidence = join(temporaryFolder(), 'evidence.json')
    await run(['export', '--event', 'evt_000007', '--out', evidence], server)
    expect((await verify([evidence, '--no-remember'])).code).toBe(0)
  })
})

describe('the view', () => {
  const THREE = keyOf('actor_id', 'user_3')
  const at = (entries: readonly PostedEntry[], index: number): PostedEntry =>
    entries.find((entry) => entry.index === index) as PostedEntry

  test.each<readonly [name: string, index: number | undefined, edit: (entries: PostedEntry[]) => void]>([
    ['a posting taken out', 1_004, (entries) => at(entries, 1_004).keys.delete(THREE)],
    ['one put in', 1_005, (entries) => at(entries, 1_005).keys.add(THREE)],
    ['an event moved in time', 1_004, (entries) => (at(entries, 1_004).atMs += 1)],
    ['an event hidden from all lists', 2_999, (entries) => at(entries, 2_999).keys.clear()],
    [
      'a value that reads otherwise',
      3,
      (entries) => {
        for (const { keys } of entries) if (keys.delete(THREE)) keys.add(keyOf('actor_id', 'user_x'))
      },
    ],
    ['a word that it does not say', 17, (entries) => at(entries, 17).keys.add(keyOf('word', 'fraud'))],
    [
      'two events in one another’s place',
      1_000,
      (entries) => {
        const [one, other] = [at(entries, 1_000), at(entries, 1_001)]
        ;[one.atMs, other.atMs] = [other.atMs, one.atMs]
      },
    ],
    [
      'more entries than the log has',
      undefined,
      (entries) => entries.push({ ...at(entries, 2_999), index: 3_000, keys: new Set([THREE]) }),
    ],
  ])('with %s is refused, and says where', async (_name, index, edit) => {
    const report = await reportOf(copyWith(edit))
    expect([report.code, report.verdict, viewOf(report)?.state]).toEqual([1, 'not_verified', 'failed'])
    const findings = report.findings.filter(({ check }) => check === 'view')
    expect(findings).toHaveLength(1)
    if (index !== undefined) expect(findings).toMatchObject([{ index }])
  })

  test('says what it found there', async () => {
    const { findings } = await reportOf(copyWith((entries) => at(entries, 1_004).keys.delete(THREE)))
    expect(findings).toMatchObject([{ expected: expect.stringContaining('actor_id=user_3'), found: 'nothing else' }])
  })

  test('that was written anew as it was is sound', async () => {
    expect(viewOf(await reportOf(copyWith()))?.state).toBe('passed')
  })

  test('that is behind is said, and no fault', async () => {
    const report = await reportOf(copyWith((entries) => void entries.splice(2_900)))
    expect([report.code, viewOf(report)]).toMatchObject([
      0,
      { state: 'passed', text: expect.stringContaining('2,900 of 3,000') },
    ])
  })

  test('that is not there is skipped, and one of another version is said', async () => {
    const copy = copyWith()
    writeFileSync(join(copy, 'index', 'manifest.json'), '{"version":99}')
    expect(viewOf(await reportOf(copy))?.state).toBe('warned')
    rmSync(join(copy, 'index'), { recursive: true })
    expect(await reportOf(copy)).toMatchObject({ code: 0 })
  })

  test('with a byte that was flipped is refused, wherever it stands', async () => {
    const copy = copyWith()
    const folder = join(copy, 'index')
    const sizeOf = (name: string): number => statSync(join(folder, name)).size
    const [name = ''] = readdirSync(folder).sort((a, b) => sizeOf(b) - sizeOf(a))
    const bytes = readFileSync(join(folder, name))
    for (const share of [0.05, 0.5, 0.97]) {
      const flipped = Buffer.from(bytes)
      const place = Math.floor(bytes.length * share)
      flipped[place] = (flipped[place] as number) ^ 0x10
      writeFileSync(join(folder, name), flipped)
      const report = await reportOf(copy)
      expect([report.code, viewOf(report)?.state]).toEqual([1, 'failed'])
    }
  })

  test('finds a row that goes by another id than its leaf', async () => {
    const copy = copyWith()
    const db = new DatabaseSync(join(copy, 'log.sqlite'))
    db.exec('DROP TRIGGER leaf_is_never_changed')
    db.exec("UPDATE entry SET id = 'evt_another' WHERE idx = 1234")
    db.close()
    // The rows are compared where there is no index, too: a backup has none.
    const found = { index: 1_234, found: 'evt_another' }
    expect((await reportOf(copy)).findings).toMatchObject([
      { check: 'files', ...found },
      { check: 'view', ...found },
    ])
  })

  test('of a log that several threads read names the entry that differs', async () => {
    const count = 2 * THREAD_ENTRIES_MIN + 5_000
    const server = await startTestServer()
    await runJson(['record', fileOf(eventsOf(0, count))], server)
    await server.close()
    expect(viewOf(await reportOf(server.data))?.text).toContain('of 45,000 entries')
    const index = THREAD_ENTRIES_MIN + 7_002
    editRuns(join(server.data, 'index'), 'default', (entries) => {
      for (const entry of entries) if (entry.index === index) entry.keys.delete(THREE)
    })
    const report = await reportOf(server.data)
    expect([report.code, report.findings]).toMatchObject([
      1,
      [{ check: 'view', index, expected: expect.stringContaining('actor_id=user_3'), found: 'nothing else' }],
    ])
  })

  test('holds nothing of what was erased', async () => {
    const server = await startTestServer()
    await runJson(['record', fileOf(eventsOf(0, 100))], server)
    const headers = { authorization: `Bearer ${ROOT_KEY}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ person: { identifiers: ['user_3'] }, basis: 'They asked for it.' })
    const { status } = await fetch(`${server.url}/v1/redactions`, { method: 'POST', headers, body })
    expect(status).toBeLessThan(300)
    for (const running of [true, false]) {
      if (!running) await server.close()
      const report = await reportOf(server.data)
      expect([report.code, viewOf(report)?.state, report.groups.redacted > 0]).toEqual([0, 'passed', true])
    }
  })
})
