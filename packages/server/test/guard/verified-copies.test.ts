/** What backups, restores and new beginnings end with: the verifier, which reads what the server's own checks do not. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { isFinding, scrubLog } from '../../dist/guard/index.js'
import { deriveCheckpointKey, openLogReader, verifierOf } from '../../dist/store/index.js'
import { run, Running, runJson } from '../cli/support.js'
import { Hand } from '../threats/hand.js'
import { call, copyFolder, makeData, makeOrganizations, marksIn, record, serve, temporaryFolder } from './support.js'

const SIZE = 600
const LAST_VERIFIED = /organization default\n.*\n {2}✓ files {8}The rows .*\nVerified: \d+ entries, root \S+\n$/s

let sound: string
let backup: string
beforeAll(async () => {
  sound = await makeData({ acme: SIZE })
  backup = join(temporaryFolder(), 'backup')
  await runJson(['backup', '--data', sound, '--out', backup], {})
})

/** A data folder with the key alone. */
function emptyData(): string {
  const data = join(temporaryFolder(), 'data')
  mkdirSync(data)
  copyFolder(join(sound, 'signing.key'), join(data, 'signing.key'))
  return data
}

function copyOf(folder: string): string {
  const copy = join(temporaryFolder(), 'copy')
  copyFolder(folder, copy)
  return copy
}

/** Makes the manifest say what the file is: no checksum tells that anything was done to it. */
function mendManifest(folder: string): void {
  const path = join(folder, 'manifest.json')
  const file = readFileSync(join(folder, 'log.sqlite'))
  const manifest = JSON.parse(readFileSync(path, 'utf8'))
  const sha256 = createHash('sha256').update(file).digest('hex')
  writeFileSync(path, JSON.stringify({ ...manifest, file: { ...manifest.file, bytes: file.length, sha256 } }))
}

function withHand(folder: string, work: (hand: Hand) => void): void {
  const hand = new Hand(folder, 'acme')
  try {
    work(hand)
  } finally {
    hand.close()
  }
}

/** What the server's own reading in the background finds. */
async function scrubFinds(data: string): Promise<boolean> {
  const store = openLogReader(join(data, 'log.sqlite'))
  const rest = async (): Promise<void> => undefined
  const result = await scrubLog('acme', { store, verifierOf: async ({ vkey }) => verifierOf(vkey), rest })
  await store.close()
  return isFinding(result)
}

describe('a backup', () => {
  test('ends with the lines of the verifier, which remembers nothing of it', async () => {
    const out = join(temporaryFolder(), 'backup')
    const env = { XDG_STATE_HOME: temporaryFolder() }
    const { code, stdout, stderr } = await run(['backup', '--data', sound, '--out', out], { env })
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^Backed up and verified \d+ entries .*\nIt holds no secrets/)
    expect(stdout).toContain(`${out}, organization acme\n`)
    expect(stdout).toMatch(LAST_VERIFIED)
    const verified = await run(['verify', out, '--no-remember'])
    expect([verified.code, stdout.endsWith(verified.stdout)]).toEqual([0, true])
    expect(readdirSync(env.XDG_STATE_HOME)).toEqual([])
  })

  test('as JSON is one document with the verification inside', async () => {
    const { stdout } = await run(['backup', '--data', sound, '--out', join(temporaryFolder(), 'backup'), '--json'])
    const said = JSON.parse(stdout)
    expect(said).toMatchObject({ object: 'backup', verified: true })
    expect(said.verification).toContainEqual(
      expect.objectContaining({ object: 'verification', org: 'acme', verdict: 'verified', size: SIZE }),
    )
  })

  test('is not written into the data folder, whatever that is called', async () => {
    const data = copyOf(sound)
    const link = join(temporaryFolder(), 'link')
    symlinkSync(data, link)
    for (const out of [data, join(data, 'backups/monday'), join(link, 'monday')]) {
      const { code, stderr } = await run(['backup', '--data', data, '--out', out])
      expect([code, stderr]).toEqual([2, expect.stringMatching(/inside the data folder.*\[invalid_configuration\]/)])
    }
    expect(readdirSync(data).sort()).toEqual(readdirSync(sound).sort())
    // What only begins with the same letters is another place.
    expect((await run(['backup', '--data', data, '--out', `${data}-backup`])).code).toBe(0)
  })

  test('that is interrupted leaves nothing, and one that is done is whole', async () => {
    for (let tried = 0; tried < 5; tried++) {
      const out = join(temporaryFolder(), 'backup')
      const running = new Running(['backup', '--data', sound, '--out', out])
      while (!existsSync(join(out, 'log.sqlite')) && running.child.exitCode === null) await new Promise(setImmediate)
      running.child.kill('SIGINT')
      const { code, stderr } = await running.ended
      if (code === 0) expect(existsSync(join(out, 'manifest.json'))).toBe(true)
      else {
        expect([running.child.signalCode, stderr]).toEqual(['SIGINT', 'Stopped. Nothing of the backup is left.\n'])
        return expect(existsSync(out)).toBe(false)
      }
    }
    throw new Error('each of five backups was done before it was interrupted')
  })
})

/** What nobody sees who reads leaves, tiles and disclosures alone, even where every hash and the signature are right. */
const UNSEEN: readonly (readonly [name: string, check: RegExp, harm: (hand: Hand, seed: Uint8Array) => void])[] = [
  [
    'the id of an entry, by which it is found',
    /files, index 7, log\.sqlite, column id: expected acme-7, found other/,
    (hand) => hand.run("UPDATE entry SET id = 'other' WHERE log = ? AND idx = 7"),
  ],
  [
    'the ids of two entries, exchanged',
    /files, index 7, log\.sqlite, column id: expected acme-7, found acme-300/,
    (hand) => {
      hand.run("UPDATE entry SET id = 'x' WHERE log = ? AND idx = 7")
      hand.run("UPDATE entry SET id = 'acme-7' WHERE log = ? AND idx = 300")
      hand.run("UPDATE entry SET id = 'acme-300' WHERE log = ? AND idx = 7")
    },
  ],
  [
    'the time that the next entry may not precede',
    /files, log\.sqlite, table log, column recorded_at: expected \d+, found 4102444800000/,
    (hand) => hand.run('UPDATE log SET recorded_at = 4102444800000 WHERE n = ?'),
  ],
  [
    'an event that stands in it twice, signed again',
    /ids, index 590/,
    (hand, seed) => {
      const { leaf, disclosures } = hand.row(12)
      hand.setLeaf(590, leaf)
      hand.setDisclosures(590, disclosures)
      hand.remake(deriveCheckpointKey(seed, hand.origin, 1))
    },
  ],
  [
    'a time that runs backwards, signed again',
    /times, index 600/,
    (hand, seed) => {
      const event = { id: 'backdated', type: 'user.added', outcome: 'success', bucket: 'default' } as const
      hand.forge(SIZE, 'acme', hand.recordedAtMs(0) - 86_400_000, event)
      hand.remake(deriveCheckpointKey(seed, hand.origin, 1))
    },
  ],
]

describe('what scrubbing does not see', () => {
  test.each(UNSEEN)('is refused by a backup and by a restore: %s', async (_name, where, harm) => {
    const seed = Buffer.from(readFileSync(join(sound, 'signing.key'), 'utf8').trim(), 'base64')
    const data = copyOf(sound)
    withHand(data, (hand) => harm(hand, seed))
    expect(await scrubFinds(data)).toBe(false)
    const out = join(temporaryFolder(), 'backup')
    const refused = await run(['backup', '--data', data, '--out', out])
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('The copy does not verify.') })
    expect(refused.stdout).toMatch(where)
    expect(refused.stdout).toMatch(/\nNOT VERIFIED: .*\n$/)
    expect(existsSync(out)).toBe(false)

    const edited = copyOf(backup)
    withHand(edited, (hand) => harm(hand, seed))
    mendManifest(edited)
    const target = emptyData()
    const restored = await run(['restore', edited, '--data', target])
    expect(restored).toMatchObject({ code: 1, stderr: expect.stringContaining('does not verify. Take another backup') })
    expect(restored.stdout).toMatch(where)
    expect(restored.stdout).toContain(`${target}, organization acme\n`)
    expect(readdirSync(target).filter((name) => name !== 'lock')).toEqual(['signing.key'])
  })
})

describe('a byte of a backup', () => {
  test('that is altered is found where it stands, by the checksum and without it', async () => {
    const file = readFileSync(join(backup, 'log.sqlite'))
    const store = openLogReader(join(backup, 'log.sqlite'))
    const entries = await store.readRange('acme', 0, 256)
    await store.close()
    const place = fc.record({
      index: fc.nat(255),
      of: fc.constantFrom('leaf', 'disclosures'),
      at: fc.nat(80),
      isMended: fc.boolean(),
    })
    const law = fc.asyncProperty(place, async ({ index, of, at, isMended }) => {
      const bytes = entries[index]?.[of] ?? new Uint8Array()
      const edited = copyOf(backup)
      const altered = Buffer.from(file)
      const offset = altered.indexOf(bytes) + at
      altered[offset] = (altered[offset] ?? 0) ^ 1
      writeFileSync(join(edited, 'log.sqlite'), altered)
      if (isMended) mendManifest(edited)
      const target = emptyData()
      const { code, stdout, stderr } = await run(['restore', edited, '--data', target])
      expect([code, stderr]).toEqual([1, expect.stringMatching(/nothing was changed\. \[proof_failed\]\n$/)])
      expect(stderr.includes('SHA-256')).toBe(!isMended)
      expect(stdout).toMatch(new RegExp(`index ${index}\\b.*NOT VERIFIED`, 's'))
      expect(existsSync(join(target, 'log.sqlite'))).toBe(false)
    })
    await fc.assert(law, { numRuns: 6, verbose: true })
  })

  test('that belongs to no log is refused all the same, and it is said that the logs hold', async () => {
    const edited = copyOf(backup)
    const path = join(edited, 'manifest.json')
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"sha256": "../, '"sha256": "zz'))
    const { code, stdout } = await run(['restore', edited, '--data', emptyData(), '--json'])
    const said = JSON.parse(stdout)
    expect([code, said.verified]).toEqual([1, false])
    expect(said.verification.map(({ verdict }: { readonly verdict: string }) => verdict)).not.toContain('not_verified')
  })
})

describe('a restore', () => {
  test('ends with the verifier over the folder that it made', async () => {
    const data = emptyData()
    const { code, stdout } = await run(['restore', backup, '--data', data, '--marks', `${sound}.marks`])
    expect([code, stdout]).toEqual([0, expect.stringMatching(LAST_VERIFIED)])
    const verified = await run(['verify', data, '--no-remember'])
    expect([verified.code, stdout.endsWith(verified.stdout)]).toEqual([0, true])
    const [said] = await runJson(['restore', backup, '--data', emptyData(), '--marks', `${sound}.marks`], {})
    expect(said).toMatchObject({ object: 'restoring', verified: true, warnings: [] })
    expect(said?.['verification']).toHaveLength(3)
  })
})

describe('starting over', () => {
  /** A log of which the last entries are lost. */
  async function makeCut(): Promise<string> {
    const data = await makeData({ acme: 300 })
    const old = copyOf(data)
    const server = await serve(data)
    await record(server.url, 'acme', 300, 310)
    await server.close()
    rmSync(data, { recursive: true })
    copyFolder(old, data)
    return data
  }

  test('ends with the verifier over that log', async () => {
    const data = await makeCut()
    const { code, stdout } = await run(['start-over', '--data', data, '--org', 'acme', '--yes'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^acme goes on under .* 300 entries are kept, 10 are lost\.\n.*\nVerified: 301 entries/s)
    expect(stdout.match(/, organization /g)).toHaveLength(1)
  })

  test('of a log that does not hold further in says where, and ends with 1', async () => {
    const data = await makeCut()
    withHand(data, (hand) => hand.resay(3, 'actor', (actor) => ({ ...actor, id: 'somebody_else' })))
    const { code, stdout, stderr } = await run(['start-over', '--data', data, '--org', 'acme', '--yes', '--json'])
    expect([code, stderr]).toEqual([1, expect.stringMatching(/The log of "acme" does not verify\. .*\[proof_failed\]/)])
    const { verification, ...said } = JSON.parse(stdout)
    expect(said).toMatchObject({ object: 'starting_over', kept: 300, verified: false })
    expect(verification).toHaveLength(1)
    expect(verification[0]).toMatchObject({ org: 'acme', verdict: 'not_verified' })
    expect(verification[0].findings[0]).toMatchObject({ check: 'tree', index: 3 })
  })
})

test('a signer signs what a restore and a new beginning record, as it does for the server', async () => {
  const signer = fileURLToPath(new URL('../store/kms-signer.mjs', import.meta.url))
  const data = join(temporaryFolder(), 'data')
  const first = await serve(data, { signerModule: signer })
  await makeOrganizations(first.url, 'acme')
  await record(first.url, 'acme', 0, 5)
  expect((await call(first.url, 'POST /v1/organizations/acme/tlog/rotate', {})).status).toBe(200)
  await first.close()
  const out = join(temporaryFolder(), 'backup')
  await runJson(['backup', '--data', data, '--out', out], {})
  const second = await serve(data, { signerModule: signer })
  await record(second.url, 'acme', 5, 8)
  await second.close()
  const restored = ['restore', out, '--data', data, '--replace', '--start-over']
  expect(await run(restored)).toMatchObject({ code: 1, stderr: expect.stringContaining('--signer') })
  const [said] = await runJson([...restored, '--signer', signer], {})
  expect(said).toMatchObject({ started_over: [{ org: 'acme', kept: 6, lost: 3 }], verified: true })

  rmSync(join(data, 'log.sqlite'))
  copyFolder(join(out, 'log.sqlite'), join(data, 'log.sqlite'))
  const again = ['start-over', '--data', data, '--org', 'acme', '--yes']
  expect((await run(again)).code).toBe(2)
  const [over] = await runJson([...again, '--signer', signer], {})
  expect(over).toMatchObject({ org: 'acme', kept: 6, verified: true })
  expect(marksIn(`${data}.marks`).filter(({ org }) => org === 'acme')).toHaveLength(3)
  const last = await serve(data, { signerModule: signer })
  await record(last.url, 'acme', 20, 22)
  expect(last.said).toEqual([])
  await last.close()
})
