/** The command `sealedlog-verify`: as a process, its options, and what a person sees of it. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { formatReport } from '../../dist/verifier/print-report.js'
import { copyOf, edit, eventsOf, KEY, makeFolder, reportOf, startLog, temporaryFolder, verify } from './support.js'

const BIN = fileURLToPath(new URL('../../bin/sealedlog-verify.js', import.meta.url))

function run(...args: readonly string[]) {
  const { SEALEDLOG_KEY: _key, ...env } = process.env
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    encoding: 'utf8',
    env: { ...env, XDG_STATE_HOME: state, NO_COLOR: '1' },
  })
  return { status, stdout, stderr }
}

let state: string
let folder: string
beforeAll(async () => {
  state = temporaryFolder()
  folder = await makeFolder(300)
})

describe('as a process', () => {
  test('it verifies, remembers, and says so in its exit code', () => {
    const first = run(folder, '--org', 'acme')
    expect([first.status, first.stderr]).toEqual([0, ''])
    expect(first.stdout).toMatch(/✓ tree {9}300 leaves lead to the root/)
    expect(first.stdout).toContain('- view         `sealedlog verify`')
    expect(first.stdout).toMatch(/Verified: 300 entries, root \S{44}\n$/)
    expect(run(folder, '--org', 'acme').stdout).toContain('The key is remembered from 20')
    const harmed = copyOf(folder)
    edit(harmed, "UPDATE entry SET disclosures = x'' WHERE log = (SELECT n FROM log WHERE org = 'acme') AND idx = 7")
    const refused = run(harmed, '--org', 'acme', '--no-remember')
    expect([refused.status, refused.stderr]).toEqual([1, ''])
    expect(refused.stdout).toContain('disclosures, index 7, group actor')
    expect(refused.stdout).toContain('NOT VERIFIED')
    expect(run('/no/such/folder').status).toBe(2)
  })

  test('its help and version are there, and wrong usage is told in one line', () => {
    expect(run('--help')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Usage: sealedlog-verify <target>'),
    })
    expect(run('--version')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
    for (const args of [
      [],
      ['--nonsense'],
      [folder, folder],
      [folder, '--threads', 'many'],
      [folder, '--org', 'a b'],
    ]) {
      const { status, stdout, stderr } = run(...args)
      expect([status, stdout, stderr]).toEqual([
        2,
        '',
        expect.stringMatching(/^sealedlog-verify: [^\n]+\[invalid_configuration\]\n$/),
      ])
    }
  })
})

test('an option that is not there is named, with the one that was probably meant', () => {
  expect(run(folder, '--vky', 'x').stderr).toBe(
    'sealedlog-verify: There is no option --vky. Did you mean --vkey? --help says which there are. [invalid_configuration]\n',
  )
  expect(run(folder, '--org', '--json').stderr).not.toContain('\\u{a}')
})

test('a terminal gets its lines as wide as it is, keys whole, and a pipe gets one line a check', async () => {
  const report = await reportOf([folder, '--org', 'acme', '--no-remember'])
  const screenOf = (isTTY: boolean) => {
    const stream = { write: () => true, isTTY, columns: 60 }
    return { stdout: stream, stderr: stream, env: { NO_COLOR: '1' } }
  }
  const lines = formatReport(report, screenOf(true)).split('\n')
  expect(lines.filter((line) => line.length > 60 && line.trim().includes(' '))).toEqual(
    lines.filter((line) => line.startsWith('Verified: ')),
  )
  const piped = formatReport(report, screenOf(false))
  expect(piped.split('\n').filter((line) => /^ {2}[✓!✗-] /.test(line))).toHaveLength(report.checks.length)
  expect(lines.map((line) => line.trim()).join(' ')).toBe(
    piped
      .split('\n')
      .map((line) => line.trim())
      .join(' '),
  )
})

test('threads find what no thread finds, in a sound log and a harmed one', async () => {
  const large = await makeFolder(0)
  const log = await startLog(large)
  await log.record('acme', eventsOf(0, 40_000))
  await log.close()
  const harmed = copyOf(large)
  edit(
    harmed,
    `UPDATE entry SET disclosures = CAST(replace(CAST(disclosures AS TEXT), 'User', 'Loser') AS BLOB)
    WHERE log = (SELECT n FROM log WHERE org = 'acme') AND idx IN (17, 20000, 39999)`,
  )
  for (const each of [large, harmed]) {
    const [alone, two] = [await reportOf([each, '--threads', '0']), await reportOf([each, '--threads', '2'])]
    expect(two).toEqual(alone)
  }
  const { findings } = await reportOf([harmed])
  expect(new Set(findings.map(({ index }) => index))).toEqual(new Set([17, 20_000, 39_999]))
  const served = await startLog(large)
  const overHttp = await reportOf([served.url, '--key', KEY, '--threads', '2'])
  expect(overHttp).toMatchObject({ verdict: 'verified', size: 40_000, groups: { disclosed: 120_000 } })
})

describe('evidence', () => {
  test('of one event is verified as a file, and refused when a letter of it is another', async () => {
    const log = await startLog()
    await log.record('default', eventsOf(0, 20))
    const text = await (await log.ask('/v1/events/evt_000007/evidence')).text()
    const file = join(temporaryFolder(), 'evidence.json')
    writeFileSync(file, text)
    const { code, stdout } = await verify([file])
    expect([code, stdout]).toEqual([0, expect.stringContaining('Verified')])
    expect(stdout).toContain(file)
    writeFileSync(file, text.replace('User 0', 'User 1'))
    expect(await verify([file])).toMatchObject({ code: 1, stdout: expect.stringContaining('NOT VERIFIED') })
  })

  test('that is something else could not be checked', async () => {
    const other = join(temporaryFolder(), 'other')
    writeFileSync(other, 'c2sp.org/tlog-proof@v1\n')
    expect(await verify([other])).toMatchObject({ code: 2, stderr: expect.stringContaining('no JSON') })
    copyFileSync(join(folder, 'log.sqlite'), other)
    expect(await verify([other])).toMatchObject({ code: 2, stderr: expect.stringContaining('Name the data folder') })
  })
})

test('what a log says cannot take over a terminal', async () => {
  const harmed = copyOf(folder)
  edit(
    harmed,
    "UPDATE log SET vkey = ?, checkpoint = ? WHERE org = 'acme'",
    '\u001b[2J+x',
    '\u001b[31mred\n\n— x AAAA\n',
  )
  const { stdout, stderr, code } = await verify([harmed, '--org', 'acme'])
  expect(code).not.toBe(0)
  // oxlint-disable-next-line no-control-regex -- what must not be there
  expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
})
