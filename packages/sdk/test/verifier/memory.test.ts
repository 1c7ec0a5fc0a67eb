/** What the verifier remembers: a log that was verified once is held to it. */
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { DataFolder, DataFolderSource, Memory } from '../../dist/verifier/index.js'
import {
  copyOf,
  eventsOf,
  makeFolder,
  reportOf,
  startLog,
  stateOf,
  temporaryFolder,
  textOf,
  verify,
} from './support.js'

const at = (time: string) => ({ nowMs: () => Date.parse(time) })
const FIRST = at('2026-11-20T09:00:00Z')
const LATER = at('2026-12-24T09:00:00Z')

let small: string
beforeAll(async () => {
  small = await makeFolder(300)
})

/** The same log, further on. */
async function grown(folder: string, to: number): Promise<string> {
  const copy = copyOf(folder)
  const log = await startLog(copy)
  await log.record('acme', eventsOf(300, to))
  await log.close()
  return copy
}

async function vkeyOf(folder: string): Promise<string> {
  const opened = await DataFolder.open(folder)
  const [key] = await new DataFolderSource(opened, 'acme').keys()
  opened.close()
  return key?.vkey ?? ''
}

/** Puts a folder in the place of another. */
function replace(folder: string, by: string): void {
  rmSync(folder, { recursive: true })
  cpSync(by, folder, { recursive: true })
}

describe('remembering', () => {
  test('trusts a key on first use, and demands that the log grew from what it was', async () => {
    const state = temporaryFolder()
    const place = copyOf(small)
    const first = await reportOf([place, '--state', state], FIRST)
    expect([first.code, stateOf(first, 'signature'), stateOf(first, 'consistency')]).toEqual([0, 'warned', 'skipped'])
    expect(textOf(first, 'signature')).toContain('same place')

    replace(place, await grown(small, 600))
    const next = await reportOf([place, '--state', state], LATER)
    expect([next.code, next.size, stateOf(next, 'signature'), stateOf(next, 'consistency')]).toEqual([
      0,
      600,
      'warned',
      'passed',
    ])
    expect(textOf(next, 'signature')).toContain('remembered from 2026-11-20')
    expect(textOf(next, 'consistency')).toContain('Remembered from 2026-11-20')

    replace(place, small)
    const rolledBack = await reportOf([place, '--state', state], LATER)
    expect([rolledBack.code, stateOf(rolledBack, 'consistency')]).toEqual([1, 'failed'])
    // What failed is not kept: it fails again.
    expect((await reportOf([place, '--state', state], LATER)).code).toBe(1)
    expect((await reportOf([place, '--no-remember', '--state', state])).code).toBe(0)
  })

  test('notices another log in the place of the one that was there', async () => {
    const state = temporaryFolder()
    const place = copyOf(small)
    await reportOf([place, '--state', state], FIRST)
    replace(place, await makeFolder(400))
    const report = await reportOf([place, '--state', state], LATER)
    expect([report.code, stateOf(report, 'consistency')]).toEqual([1, 'failed'])
    expect(textOf(report, 'consistency')).toContain('another log was here')
    // Of another place, nothing was said.
    expect((await reportOf([copyOf(place), '--state', state], LATER)).code).toBe(0)
  })

  test('of two servers that show one log keeps the longer checkpoint', async () => {
    const state = temporaryFolder()
    const longer = await grown(small, 500)
    expect((await reportOf([longer, '--state', state], FIRST)).code).toBe(0)
    const memory = new Memory(state)
    const opened = await DataFolder.open(small)
    const source = new DataFolderSource(opened, 'acme')
    const [key] = await source.keys()
    const { origin = '' } = key ?? {}
    await memory.keep(
      { origin, vkeys: [key?.vkey ?? ''], checkpoint: await source.checkpoint() },
      undefined,
      '2027-01-01T00:00:00.000Z',
    )
    opened.close()
    expect((await memory.ofOrigin(origin))?.checkpoint).toContain('\n500\n')
  })

  test('is not done with what failed, nor where it is not wanted', async () => {
    const state = join(temporaryFolder(), 'state')
    await reportOf([small, '--state', state, '--no-remember'])
    await reportOf([small, '--state', state, '--vkey', await vkeyOf(await makeFolder(1))])
    expect(() => readdirSync(state)).toThrowError(/ENOENT/)
  })

  test('says what it cannot read, and where', async () => {
    const state = temporaryFolder()
    await reportOf([small, '--state', state])
    const name = readdirSync(state).find((each) => each.startsWith('origin-')) ?? ''
    for (const text of ['', '{"v":1}', '{"v":9}', readFileSync(join(state, name), 'utf8').slice(0, 50)]) {
      for (const each of readdirSync(state)) writeFileSync(join(state, each), text)
      const { code, stderr } = await verify([small, '--org', 'acme', '--state', state])
      expect([code, stderr]).toEqual([2, expect.stringContaining('--no-remember')])
      expect(stderr).toContain(state)
    }
  })

  test('goes to the state folder of the person, whole files only', async () => {
    const home = temporaryFolder()
    const { code } = await verify([small, '--org', 'acme', '--state', join(home, 'sealedlog', 'checkpoints')])
    expect(code).toBe(0)
    const names = readdirSync(join(home, 'sealedlog', 'checkpoints'))
    expect(names.every((name) => /^(?:origin|place)-[0-9a-f]{40}\.json$/.test(name))).toBe(true)
    expect(names).toHaveLength(2)
  })
})

describe('a key from elsewhere', () => {
  test('is trusted, from the command line or a file, and beats what is remembered', async () => {
    const state = temporaryFolder()
    const vkey = await vkeyOf(small)
    const file = join(temporaryFolder(), 'vkeys')
    writeFileSync(file, `# acme\n${vkey}\n`)
    for (const said of [vkey, file]) {
      const report = await reportOf([small, '--vkey', said, '--state', state])
      expect([report.code, stateOf(report, 'signature')]).toEqual([0, 'passed'])
    }
    expect(stateOf(await reportOf([small, '--state', state]), 'signature')).toBe('warned')
    const other = await vkeyOf(await makeFolder(1))
    const refused = await reportOf([small, '--vkey', other, '--state', state])
    expect([refused.code, stateOf(refused, 'signature')]).toEqual([1, 'failed'])
  })

  test('that comes from the place itself proves nothing, and that is said', async () => {
    const folder = copyOf(small)
    const file = join(folder, 'vkey')
    writeFileSync(file, await vkeyOf(small))
    const { code, stdout, stderr } = await verify([folder, '--org', 'acme', '--vkey', file])
    expect([code, stderr]).toEqual([0, expect.stringContaining('it proves nothing by itself')])
    expect(stdout).toContain('same place')
  })

  test('that is none is refused with what was expected', async () => {
    for (const args of [
      ['--vkey', 'nonsense'],
      ['--vkey', '/no/such/file'],
      ['--witness', 'nonsense'],
      ['--old', '/no/such/file'],
      ['--policy', '/no/such/file'],
    ]) {
      const { code, stderr } = await verify([small, ...args])
      expect([code, stderr]).toEqual([2, expect.stringContaining('[invalid_configuration]')])
      expect(stderr).toContain(args[0])
    }
  })
})

test('a checkpoint that was kept must be one that the log grew from', async () => {
  const keep = async (folder: string): Promise<string> => {
    const opened = await DataFolder.open(folder)
    const path = join(temporaryFolder(), 'checkpoint')
    writeFileSync(path, await new DataFolderSource(opened, 'acme').checkpoint())
    opened.close()
    return path
  }
  const longer = await grown(small, 555)
  expect(stateOf(await reportOf([longer, '--old', await keep(small)]), 'consistency')).toBe('passed')
  expect(stateOf(await reportOf([small, '--old', await keep(longer)]), 'consistency')).toBe('failed')
  expect(stateOf(await reportOf([longer, '--old', await keep(await makeFolder(3))]), 'consistency')).toBe('failed')
})
