import { expect, test } from 'vitest'
import { formatEvidence, parseEvidence, verifyEvidence, type EvidenceFile } from '../../dist/verify/index.js'
import { known } from '../merkle/support.js'
import { evidenceOf, eventfulWorld } from './eventful.js'
import { World } from './world.js'

const world = eventfulWorld()
const vkeys = [world.vkeyAt()]
/** Its actor and details are erased; a target is there. */
const file = parseEvidence(evidenceOf(world, 10))
const open = parseEvidence(evidenceOf(world, 120))

test('evidence is read as it was written', () => {
  expect(formatEvidence(file)).toBe(evidenceOf(world, 10))
  expect(parseEvidence(formatEvidence({ ...file, policy: 'quorum none\n' })).policy).toBe('quorum none\n')
})

test('evidence counts what is disclosed, erased and withheld', async () => {
  const report = await verifyEvidence(formatEvidence(file), { vkeys })
  expect(report).toMatchObject({ verdict: 'verified', org: 'acme', groups: { redacted: 2, missing: 0 } })
  const [first, ...others] = open.disclosures
  const group = known(/^\["[^"]*","([^"]*)"/.exec(known(first))?.[1])
  const without = { ...open, disclosures: others }
  expect((await verifyEvidence(formatEvidence(without), { vkeys })).findings).toMatchObject([
    { check: 'disclosures', index: 120, group },
  ])
  expect(await verifyEvidence(formatEvidence({ ...without, withheld: [group] }), { vkeys })).toMatchObject({
    verdict: 'verified',
    groups: { withheld: 1, disclosed: others.length },
  })
})

const CHANGES: readonly (readonly [string, Partial<EvidenceFile>, string])[] = [
  ['another event’s proof', { proof: world.proof(11) }, 'tree'],
  ['another event’s id', { id: 'evt_11' }, 'ids'],
  ['another organization', { org: 'other' }, 'ids'],
  ['a redaction left out', { redactions: [] }, 'disclosures'],
  [
    'an entry that is no redaction',
    { redactions: [{ leaf: text(11), proof: world.proof(11) }, ...file.redactions] },
    'disclosures',
  ],
  [
    'a redaction under another checkpoint',
    {
      redactions: file.redactions.map((each, i) => ({ ...each, proof: i === 0 ? world.proof(260, 300) : each.proof })),
    },
    'tree',
  ],
  ['a disclosure twice', { disclosures: [...open.disclosures, ...open.disclosures] }, 'disclosures'],
  [
    'a disclosure of another spelling',
    { disclosures: file.disclosures.map((line) => line.replace(',', ', ')) },
    'disclosures',
  ],
]

test.each(CHANGES)('evidence with %s is refused', async (_, change, check) => {
  const report = await verifyEvidence(formatEvidence({ ...file, ...change }), { vkeys })
  expect(report.verdict).toBe('not_verified')
  expect(report.findings.map((finding) => finding.check)).toContain(check)
})

test('evidence that shows what was erased is refused: it is resurrected', async () => {
  // Tests salt by counting, so a log to which nothing happened yet has the same disclosures.
  const disclosures = new World().fill(260).linesOf(10)
  const report = await verifyEvidence(formatEvidence({ ...file, disclosures }), { vkeys })
  expect(report).toMatchObject({ verdict: 'not_verified', groups: { resurrected: 2, mismatch: 0 } })
  expect(report.findings[0]).toMatchObject({ index: 10, group: 'actor' })
})

test.each([
  ['an unknown member', { more: 1 }],
  ['a list that is none', { vkeys: 'x' }],
  ['a key that is none', { keys: [{ origin: 'x' }] }],
  ['a leaf that is no text', { leaf: 1 }],
])('evidence with %s is none', async (_, change) => {
  const altered = JSON.stringify({ ...file, ...change })
  expect(() => parseEvidence(altered)).toThrowError(expect.objectContaining({ code: 'proof_failed' }))
  expect(await verifyEvidence(altered, { vkeys })).toMatchObject({ verdict: 'not_verified' })
})

test('evidence of a version from the future is neither verified nor tampered with', async () => {
  const report = await verifyEvidence(JSON.stringify({ ...file, v: 2 }), { vkeys })
  expect(report).toMatchObject({ verdict: 'unchecked', reason: expect.stringContaining('version 2') })
})

test('evidence under a key that is not trusted is refused, and says that keys may have been rotated', async () => {
  const first = known(world.keys().find(({ origin, generation }) => origin.endsWith('second') && generation === 1))
  const rotatedLongAgo = { ...file, proof: file.proof.split('\n').slice(0, -2).join('\n') + '\n' }
  const report = await verifyEvidence(formatEvidence(rotatedLongAgo), { vkeys: [first.vkey] })
  expect(report.checks[0]).toMatchObject({ state: 'failed', text: expect.stringContaining('rotated') })
})

function text(index: number): string {
  return new TextDecoder().decode(world.leaves[index])
}
