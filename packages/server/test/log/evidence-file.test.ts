/** Evidence files: everything that proves one event, under one checkpoint, and what accounts for what is gone. */
import { encodeUtf8 } from '@sealedlog/sdk/base'
import { commitTo, groupOfDisclosure, parseLeaf } from '@sealedlog/sdk/event'
import { checkInclusion, hashLeaf, openNote, parseCheckpoint, parseNote, parseProof } from '@sealedlog/sdk/merkle'
import { type EvidenceFile, formatEvidence, parseEvidence } from '@sealedlog/sdk/verify'
import { expect, test } from 'vitest'
import { verifierOf } from '../../dist/store/signing.js'
import { events, makeWorld, type World } from './support.js'

const COUNT = 40

async function worldOf(): Promise<World> {
  const world = await makeWorld()
  const said = events(COUNT).map((event, i) => ({
    ...event,
    details: { i },
    targets: [{ type: 'api_key', id: `key_${i}` }],
  }))
  await world.log.record('acme', said, 'key_1')
  return world
}

/** Erases groups of one entry, with the entry that accounts for it. */
async function erase({ log }: World, index: number, groups: readonly string[]): Promise<number> {
  const receipt = await log.recordOwn(
    'acme',
    { type: 'audit.redaction', details: { basis: 'GDPR Art. 17' } },
    { said: { redacts: [{ groups, ranges: [[index, index]] }] }, done: { erases: [{ index, groups }] } },
  )
  return receipt.index
}

/** Checks every proof of a file as an auditor would; returns the indexes that are proven, its own first. */
function prove(file: EvidenceFile): readonly number[] {
  const verifiers = file.vkeys.map((vkey) => verifierOf(vkey))
  const notes = new Set<string>()
  const indexes = [file, ...file.redactions].map(({ leaf, proof }) => {
    const { index, hashes, checkpoint } = parseProof(proof)
    const { size, root } = parseCheckpoint(openNote(checkpoint, verifiers).text)
    checkInclusion({ index, size, leafHash: hashLeaf(encodeUtf8(leaf)), root, proof: hashes })
    notes.add(checkpoint)
    return index
  })
  expect(notes.size, 'all proofs stand under one checkpoint').toBe(1)
  const committed = parseLeaf(encodeUtf8(file.leaf)).groups
  for (const text of file.disclosures) {
    const bytes = encodeUtf8(text)
    expect(committed[groupOfDisclosure(bytes)]).toBe(commitTo(bytes))
  }
  return indexes
}

const groupsIn = (file: EvidenceFile): readonly string[] =>
  file.disclosures.map((text) => groupOfDisclosure(encodeUtf8(text)))

test('an event is proven with all that it says', async () => {
  const { log } = await worldOf()
  const file = await log.proofs.evidenceFile('acme', 'e7', [])
  expect(prove(file)).toEqual([7])
  expect(groupsIn(file)).toEqual(['actor', 'details', 'targets/0'])
  expect(file).toMatchObject({ v: 1, object: 'evidence', org: 'acme', id: 'e7', redactions: [], withheld: [] })
  expect(parseEvidence(formatEvidence(file))).toEqual(file)
})

test('what is asked to be withheld stays out, and is named', async () => {
  const { log } = await worldOf()
  const file = await log.proofs.evidenceFile('acme', 'e7', ['targets', 'details', 'content'])
  prove(file)
  expect([groupsIn(file), file.withheld]).toEqual([['actor'], ['details', 'targets/0']])
  expect(JSON.stringify(file)).not.toContain('key_7')
})

test('what is erased comes with the newest entries that account for it, and no others', async () => {
  const world = await worldOf()
  await erase(world, 3, ['actor'])
  const details = await erase(world, 7, ['details'])
  await world.log.record('acme', events(200, 'later'), 'key_1')
  const actor = await erase(world, 7, ['actor'])
  await erase(world, 9, ['actor', 'details'])
  const file = await world.log.proofs.evidenceFile('acme', 'e7', ['actor', 'details'])
  expect(prove(file)).toEqual([7, actor, details])
  expect([groupsIn(file), file.withheld]).toEqual([['targets/0'], []])
})

test('of many redactions the one that accounts is found', async () => {
  const world = await worldOf()
  const first = await erase(world, 7, ['actor'])
  for (let i = 0; i < 230; i++) await erase(world, i % 7, ['details'])
  expect(prove(await world.log.proofs.evidenceFile('acme', 'e7', []))).toEqual([7, first])
}, 30_000)

test('what is gone without account is left to the verifier to tell', async () => {
  const world = await worldOf()
  await erase(world, 7, ['actor'])
  const { log, store } = world
  const entry = await store.findById('acme', 'e8')
  if (entry === undefined) throw new Error('no entry')
  const findById = store.findById.bind(store)
  store.findById = async (org, id) => (id === 'e8' ? { ...entry, disclosures: new Uint8Array(0) } : findById(org, id))
  const file = await log.proofs.evidenceFile('acme', 'e8', [])
  expect([prove(file), file.redactions, file.withheld]).toEqual([[8], [], []])
})

test('it stands under a checkpoint that witnesses signed, if that shows as much and has the keys of today', async () => {
  const world = await worldOf()
  const { log, store } = world
  const sizeOf = (file: EvidenceFile): number => parseCheckpoint(parseNote(parseProof(file.proof).checkpoint).text).size
  const seen = async () => {
    const head = await store.head('acme')
    if (head === undefined) throw new Error('no log')
    return { size: head.size, note: head.checkpoint }
  }
  const cosigned = await seen()
  await log.record('acme', events(3, 'later'), 'key_1')
  const file = async (id: string, under = cosigned): Promise<EvidenceFile> => {
    const one = await log.proofs.evidenceFile('acme', id, [], under)
    prove(one)
    return one
  }
  expect([sizeOf(await file('e7')), sizeOf(await file('later0'))]).toEqual([COUNT, COUNT + 3])
  await erase(world, 7, ['actor'])
  expect([sizeOf(await file('e7')), sizeOf(await file('e8'))]).toEqual([COUNT + 4, COUNT])
  const after = await seen()
  await log.record('acme', events(1, 'last'), 'key_1')
  expect(sizeOf(await file('e7', after))).toBe(COUNT + 4)
  expect(sizeOf(await file('e7', { size: 1_000, note: after.note }))).toBe(COUNT + 5)
  const other = await makeWorld()
  await other.log.record('acme', events(COUNT), 'key_1')
  const note = (await other.store.head('acme'))?.checkpoint ?? ''
  expect(sizeOf(await file('e8', { size: COUNT, note }))).toBe(COUNT + 5)
})

test('an event that is not there has none', async () => {
  const { log } = await worldOf()
  await expect(log.proofs.evidenceFile('acme', 'nobody', [])).rejects.toMatchObject({ code: 'event_not_found' })
})
