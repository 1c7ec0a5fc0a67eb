/** What a log, a bundle or a file of evidence may claim to keep a verifier busy, or to have it believe somebody else's key. */
import { encodeUtf8 } from '../../dist/base/index.js'
import { formatCheckpoint, signNote } from '../../dist/merkle/index.js'
import {
  EVIDENCE_PARTS_MAX,
  type EvidenceFile,
  LOG_KEYS_MAX,
  type LogKey,
  parseEvidence,
  signedBy,
  verifyEvidence,
  verifyLog,
} from '../../dist/verify/index.js'
import { describe, expect, test } from 'vitest'
import { evidenceOf, eventfulWorld } from './eventful.js'
import { FileSource, keyOf, ORIGIN, World } from './world.js'

const key = keyOf(ORIGIN, 1)
const state = (report: Awaited<ReturnType<typeof verifyLog>>, name: string): string | undefined =>
  report.checks.find((check) => check.name === name)?.state

test.each([2 ** 33, 2 ** 45, Number.MAX_SAFE_INTEGER])(
  'a checkpoint that claims %d entries costs no more than the bytes that are there',
  async (size) => {
    const world = new World().fill(300)
    const files = world.files()
    const text = formatCheckpoint({ origin: ORIGIN, size, root: world.rootAt(300), extensions: [] })
    files.put('checkpoint', encodeUtf8(signNote(text, [key])))
    const report = await verifyLog(new FileSource(files), { vkeys: [key.vkey] })
    expect([report.verdict, report.size, report.reason]).toEqual(['not_verified', size, undefined])
    expect(report.findings[0]).toMatchObject({ check: 'tree' })
  },
)

test('a million disclosures of one entry are each looked at once, however many groups its leaf has', async () => {
  const world = new World().fill(3)
  const leaf = JSON.parse(new TextDecoder().decode(world.leaves[0])) as { groups: Record<string, string> }
  const commitment = 'A'.repeat(43)
  const groups = Object.fromEntries(Array.from({ length: 800 }, (_, i) => [`g${1_000 + i}`, commitment]))
  world.push(encodeUtf8(JSON.stringify({ ...leaf, groups, id: 'evt_3' })))
  const files = world.files()
  const line = `3 ["${'s'.repeat(22)}","h",1]\n`
  files.put('disclosures/000', encodeUtf8(line.repeat(1_000_000)))
  const report = await verifyLog(new FileSource(files))
  expect([report.verdict, report.groups.mismatch]).toEqual(['not_verified', 1_000_000])
}, 20_000)

test('a history of more keys than a log has is not gone through', async () => {
  const files = new World().fill(10).files()
  const keys = Array.from({ length: LOG_KEYS_MAX + 1 }, (_, i): LogKey => {
    const origin = i === 0 ? ORIGIN : `example.com/${i}`
    return { origin, generation: 1, vkey: i === 0 ? key.vkey : `${origin}+00000000+AQ==`, since: 0 }
  })
  files.put('keys.json', encodeUtf8(JSON.stringify(keys)))
  const report = await verifyLog(new FileSource(files))
  expect(state(report, 'signature')).toBe('failed')
  expect(report.findings.some(({ expected }) => expected === `at most ${LOG_KEYS_MAX} keys`)).toBe(true)
}, 20_000)

describe('evidence with more parts than an event has', () => {
  const world = eventfulWorld()
  const proven = { leaf: '{}', proof: '' }
  const [vkey] = world.keys()
  test.each<readonly [string, Partial<EvidenceFile>]>([
    ['disclosures', { disclosures: Array.from({ length: EVIDENCE_PARTS_MAX + 1 }, () => '') }],
    ['redactions', { redactions: Array.from({ length: EVIDENCE_PARTS_MAX + 1 }, () => proven) }],
    ['withheld', { withheld: Array.from({ length: EVIDENCE_PARTS_MAX + 1 }, () => 'actor') }],
    ['keys', { keys: Array.from({ length: LOG_KEYS_MAX + 1 }, () => vkey as LogKey) }],
    ['vkeys', { vkeys: Array.from({ length: LOG_KEYS_MAX + 1 }, () => key.vkey) }],
    ['leaf', { leaf: JSON.stringify({ groups: 'x'.repeat(70_000) }) }],
  ])('is refused: %s', async (name, more) => {
    const file = JSON.parse(evidenceOf(world, 3)) as EvidenceFile
    const text = JSON.stringify({ ...file, ...more })
    expect(() => parseEvidence(text)).toThrow(name)
    expect((await verifyEvidence(text)).verdict).toBe('not_verified')
  })
})

describe('a key that was rotated', () => {
  const world = new World().fill(20)
  world.rotate()
  world.fill(20)
  world.rotate()
  world.fill(5)
  const newest = world.vkeyAt()

  test('signed notes that whoever trusts the newest one may still compare with', async () => {
    const old = [world.checkpoint(10), world.checkpoint(30)]
    const report = await verifyLog(world.source(), { vkeys: [newest], old })
    expect([report.verdict, state(report, 'consistency')]).toEqual(['verified', 'passed'])
  })

  test('does not make another history pass: the leaves decide', async () => {
    const other = new World('acme', ORIGIN)
    other.append({ type: 'a.b' })
    const report = await verifyLog(world.source(), { vkeys: [newest], old: [other.fill(9).checkpoint(10)] })
    expect([report.verdict, state(report, 'consistency')]).toEqual(['not_verified', 'failed'])
  })
})

test('who signed a note is told by what they signed, not by who lists them', async () => {
  const world = new World().fill(3)
  const stranger = keyOf(ORIGIN, 7).vkey
  expect(await signedBy(world.checkpoint(), [stranger, key.vkey, 'no key at all'])).toEqual([key.vkey])
  expect(await signedBy(world.checkpoint(), [stranger])).toEqual([])
})

test('a manifest that names another organization than the leaves is found out', async () => {
  const world = new World().fill(10)
  const source = world.source()
  const manifest = {
    v: 1 as const,
    org: 'umbrella',
    origin: ORIGIN,
    size: 10,
    made_at: '2026-11-21T00:00:00.000Z',
    withheld: [],
    counts: { entries: 10, disclosures: 0, tiles: 0 },
    files: [],
  }
  const report = await verifyLog(Object.assign(source, { manifest: async () => manifest }), { vkeys: [key.vkey] })
  expect([report.verdict, state(report, 'files')]).toEqual(['not_verified', 'failed'])
})
