import { describe, expect, test } from 'vitest'
import { encodeBase64, encodeUtf8 } from '../../dist/base/index.js'
import { signNote } from '../../dist/merkle/index.js'
import { type Manifest, verifyLog, type VerifyReport, withCheck } from '../../dist/verify/index.js'
import { known } from '../merkle/support.js'
import { FileSource, keyOf, ORIGIN, World } from './world.js'

const vkeys = [keyOf(ORIGIN, 1).vkey]
const check = ({ checks }: VerifyReport, name: string) => known(checks.find((each) => each.name === name))

/** 300 entries; the actors of 10 to 19 are erased by entry 300. */
function erasedWorld(): World {
  const world = new World().fill(300)
  world.redact([{ groups: ['actor'], ranges: [[10, 19]] }])
  return world
}

describe('a group', () => {
  test('that was erased by an entry is redacted', async () => {
    const report = await verifyLog(erasedWorld().source(), { vkeys })
    expect(report).toMatchObject({ verdict: 'verified', groups: { redacted: 10, missing: 0 } })
    expect(check(report, 'disclosures').text).toContain('10 erased')
  })

  test('that is gone without an entry is missing', async () => {
    const world = erasedWorld()
    for (const index of [280, 7]) known(world.disclosures[index]).delete('actor')
    const report = await verifyLog(world.source(), { vkeys })
    expect(report).toMatchObject({ verdict: 'not_verified', groups: { redacted: 10, missing: 2 } })
    expect(report.findings).toMatchObject([
      { check: 'disclosures', index: 7, group: 'actor', where: 'disclosures/000' },
    ])
  })

  test('that was erased and is back is resurrected', async () => {
    const world = new World().fill(300)
    world.redact([{ groups: ['actor'], ranges: [[10, 19]] }], false)
    const report = await verifyLog(world.source(), { vkeys })
    expect(report).toMatchObject({ verdict: 'not_verified', groups: { redacted: 0, resurrected: 10, missing: 0 } })
    expect(report.findings[0]).toMatchObject({ index: 10, group: 'actor', found: 'a disclosure' })
  })

  test('that opens something else than the leaf commits to is a mismatch', async () => {
    const files = new World().fill(300).files()
    files.replace('disclosures/001', 'u66@example.com', 'u67@example.com')
    const report = await verifyLog(new FileSource(files), { vkeys })
    expect(report).toMatchObject({ verdict: 'not_verified', groups: { mismatch: 1, missing: 0 } })
    expect(report.findings).toMatchObject([{ check: 'disclosures', index: 260, group: 'actor' }])
  })

  test.each([
    ['of another entry', (line: string) => line.replace(/^12 /, '11 ')],
    ['said twice', (line: string) => `${line}\n${line}`],
    ['that no leaf commits to', (line: string) => `${line}\n12 ["AAAAAAAAAAAAAAAAAAAAAA","secrets",{}]`],
    ['without its salt', (line: string) => line.replace(/\["[^"]*"/, '["short"')],
  ])('%s is found at its entry', async (_, alter) => {
    const files = new World().fill(20).files()
    const line = known(files.text('disclosures/000'))
      .split('\n')
      .find((each) => each.startsWith('12 '))
    files.replace('disclosures/000', known(line), alter(known(line)))
    const report = await verifyLog(new FileSource(files), { vkeys })
    expect(report.verdict).toBe('not_verified')
    expect(report.groups.mismatch).toBeGreaterThan(0)
    expect([11, 12]).toContain(report.findings[0]?.index)
  })

  test('in a redaction that reaches its own entry or later ones is refused', async () => {
    const world = new World().fill(20)
    world.redact([{ groups: ['actor'], ranges: [[3, 20]] }], false)
    const report = await verifyLog(world.source(), { vkeys })
    expect(report.findings.some(({ index, expected }) => index === 20 && expected === 'ranges below 20')).toBe(true)
  })

  test('in a redaction whose range it is not in at all is not concerned', async () => {
    const world = new World().fill(20)
    world.redact([{ groups: ['changes', 'details'], ranges: [[0, 19]] }])
    expect(await verifyLog(world.source(), { vkeys })).toMatchObject({ verdict: 'verified', groups: { missing: 0 } })
  })
})

describe('a redaction that is taken out again', () => {
  test('leaves groups missing, and contradicts every checkpoint that somebody kept', async () => {
    const world = erasedWorld()
    const forged = new World().fill(300)
    for (let index = 10; index <= 19; index++) known(forged.disclosures[index]).delete('actor')
    forged.append({ type: 'nothing.happened' })
    // Recomputed and signed by the log's own key: only what is missing, or an older checkpoint, tells.
    expect(await verifyLog(forged.source(), { vkeys })).toMatchObject({
      verdict: 'not_verified',
      groups: { missing: 10 },
    })
    const report = await verifyLog(forged.source(), { vkeys, old: [world.checkpoint(301), world.checkpoint(300)] })
    expect(check(report, 'consistency').state).toBe('failed')
    expect(report.findings.filter(({ check }) => check === 'consistency')).toMatchObject([
      { where: 'old checkpoint 1, size 301', expected: `the root ${encodeBase64(world.rootAt(301))}` },
    ])
  })
})

describe('a log', () => {
  test('that is shorter than a checkpoint that somebody kept was cut', async () => {
    const world = new World().fill(300)
    const report = await verifyLog(world.source(290), { vkeys, old: [world.checkpoint(300)] })
    expect(report.verdict).toBe('not_verified')
    expect(report.findings).toMatchObject([
      {
        check: 'consistency',
        index: 290,
        expected: 'at least 300 entries',
        found: expect.stringContaining('290 to 299 are lost'),
      },
    ])
  })

  test('that lost what somebody saw, and goes on under another origin, says so as a loss', async () => {
    const before = new World().fill(300)
    const world = new World().fill(280)
    world.continueAs('audit.example.com/1/second')
    world.fill(50)
    const kept = { vkeys: [world.vkeyAt()], old: [before.checkpoint(280)] }
    expect(await verifyLog(world.source(), kept)).toMatchObject({ verdict: 'verified', findings: [] })
    const report = await verifyLog(world.source(), { ...kept, old: [before.checkpoint(300)] })
    expect(report.findings).toMatchObject([
      { check: 'consistency', index: 280, found: expect.stringContaining('280 to 299 are lost') },
    ])
  })

  test.each([
    ['another root', { root: encodeBase64(new World().fill(2).rootAt(2)) }],
    ['another size', { size: 2 }],
    ['another origin', { origin: 'audit.example.com/1/other' }],
  ])('that claims %s for what it goes on from is refused', async (_, claim) => {
    const world = new World().fill(3)
    const continues = { origin: ORIGIN, size: 3, root: encodeBase64(world.rootAt(3)), ...claim }
    world.continueAs('audit.example.com/1/second', { continues })
    const report = await verifyLog(world.source(), { vkeys: [world.vkeyAt()] })
    expect(report.findings).toMatchObject([{ check: 'consistency', index: 3, where: 'log.continues' }])
  })

  test('of another organization is refused at its first entry', async () => {
    const report = await verifyLog(new World('other').fill(3).source(), { vkeys, org: 'acme' })
    expect(report.findings[0]).toMatchObject({ check: 'ids', index: 0, expected: 'organization acme', found: 'other' })
  })

  test('in which an id stands twice, or time runs backwards, is refused', async () => {
    const world = new World().fill(9000)
    world.append({ id: 'evt_7', type: 'again' })
    world.push(leafOf({ recorded_at: '2026-11-19T00:00:00.000Z' }))
    const report = await verifyLog(world.source(), { vkeys })
    expect(report.findings).toMatchObject([
      { check: 'ids', index: 9000, found: 'evt_7, the id of entry 7' },
      { check: 'times', index: 9001, found: '2026-11-19T00:00:00.000Z' },
    ])
    const inParts = await verifyLog(world.source(), { vkeys, idsAtOnce: 2000 })
    expect(inParts.findings).toEqual(report.findings)
  })

  test.each([
    ['a day that there is not', leafOf({ occurred_at: '2026-02-30T00:00:00.000Z' }), 'times'],
    ['a member too many', leafOf({ more: 1 }), 'tree'],
    ['another spelling', encodeUtf8(new TextDecoder().decode(leafOf({})).replace(':', ': ')), 'tree'],
    ['an act that is none', leafOf({ log: { erases: true } }), 'tree'],
    ['bytes that are no text', Uint8Array.of(0xff), 'tree'],
  ])('with a leaf of %s is refused', async (_, leaf, check) => {
    const world = new World().fill(3)
    world.push(leaf)
    const report = await verifyLog(world.source(), { vkeys })
    expect(report).toMatchObject({ verdict: 'not_verified', findings: [{ check, index: 3 }] })
  })

  test('with a leaf of a version from the future is neither verified nor tampered with', async () => {
    const world = new World().fill(3)
    world.push(leafOf({ v: 2 }))
    const report = await verifyLog(world.source(), { vkeys })
    expect(report).toMatchObject({ verdict: 'unchecked', reason: expect.stringContaining('Entry 3') })
    expect(report.checkpoint).toBeUndefined()
  })

  test('whose bytes cannot be had is unchecked', async () => {
    const source = new World().fill(600).source()
    source.disclosures = (bundle) =>
      bundle === 1 ? Promise.reject(new Error('the disk is gone')) : Promise.resolve(new Uint8Array(0))
    const report = await verifyLog(source, { vkeys })
    expect(report).toMatchObject({ verdict: 'unchecked', reason: 'the disk is gone' })
  })

  test('that something is erased from while it is read is looked at anew', async () => {
    const world = new World().fill(300)
    const [before, after] = [
      world.source(300),
      (world.redact([{ groups: ['actor'], ranges: [[0, 200]] }]), world.source()),
    ]
    let asked = 0
    const live = new FileSource(after.files)
    live.checkpoint = async () => (++asked === 1 ? before.checkpoint() : after.checkpoint())
    live.tile = async (tile) => (await after.tile(tile)) ?? before.tile(tile)
    expect(await verifyLog(live, { vkeys })).toMatchObject({
      verdict: 'verified',
      size: 301,
      groups: { redacted: 201 },
    })
  })

  test('of leaves alone is verified without what stands behind them', async () => {
    const files = new World().fill(300).files()
    for (const path of ['disclosures/000', 'disclosures/001']) files.bytes.delete(path)
    expect((await verifyLog(new FileSource(files), { vkeys })).verdict).toBe('not_verified')
    const report = await verifyLog(new FileSource(files), { vkeys, disclosures: false })
    expect(report.verdict).toBe('verified')
    expect(check(report, 'disclosures').state).toBe('skipped')
  })

  test.each(['tile/entries/000', 'tile/0/000', 'tile/1/000.p/1', 'tile/0/001.p/44'])(
    'without %s is refused',
    async (path) => {
      const files = new World().fill(300).files()
      files.bytes.delete(path)
      const report = await verifyLog(new FileSource(files), { vkeys })
      expect(report).toMatchObject({ verdict: 'not_verified', findings: [{ check: 'tree', where: path }] })
    },
  )
})

describe('keys', () => {
  test('that the key before did not hand over to are not followed', async () => {
    const world = new World().fill(10)
    world.rotate()
    world.fill(5)
    const keys = world.keys()
    const alone = signNote(known(known(keys[0]).handover).split('\n\n')[0] + '\n', [keyOf(ORIGIN, 2)])
    const files = world.files()
    files.put('keys.json', encodeUtf8(JSON.stringify([{ ...keys[0], handover: alone }, keys[1]])))
    const report = await verifyLog(new FileSource(files), { vkeys })
    expect(report.verdict).toBe('not_verified')
    expect(report.findings[0]).toMatchObject({ check: 'signature', where: expect.stringContaining('handover') })
  })

  test('that no entry announces are refused, however well they are handed over', async () => {
    const world = new World().fill(10)
    world.rotate()
    const quiet = new World().fill(11)
    const [next, first] = [keyOf(ORIGIN, 2), keyOf(ORIGIN, 1)]
    const text = known(quiet.checkpoint(11).split('\n\n')[0]) + '\n'
    const files = quiet.files()
    const handover = signNote(text, [next, first])
    files.put('keys.json', encodeUtf8(JSON.stringify([{ ...known(world.keys()[0]), handover }, ...quiet.keys()])))
    files.put('checkpoint', encodeUtf8(handover))
    const report = await verifyLog(new FileSource(files), { vkeys })
    expect(report.findings).toMatchObject([{ check: 'signature', index: 10, found: 'no such announcement' }])
  })

  test('that were left behind do not sign alone', async () => {
    const world = new World().fill(10)
    world.rotate()
    world.fill(5)
    const files = world.files()
    const text = known(world.checkpoint().split('\n\n')[0]) + '\n'
    files.put('checkpoint', encodeUtf8(signNote(text, [keyOf(ORIGIN, 1)])))
    const report = await verifyLog(new FileSource(files), { vkeys })
    expect(report.findings).toMatchObject([{ check: 'signature', index: 10, where: 'checkpoint' }])
  })

  test('of the caller that are none are the caller’s to mend', async () => {
    await expect(verifyLog(new World().source(), { vkeys: ['none'] })).rejects.toMatchObject({ code: 'malformed_note' })
  })
})

describe('a bundle of some entries', () => {
  const manifestOf = (world: World, more: Partial<Manifest>): Manifest => ({
    v: 1,
    org: 'acme',
    origin: ORIGIN,
    size: world.size,
    made_at: '2026-11-21T00:00:00.000Z',
    withheld: [],
    counts: { entries: 0, disclosures: 0, tiles: 0 },
    files: [],
    ...more,
  })
  const world = new World().fill(600)
  for (let i = 600; i < 70_000; i++) world.push(leafOf({ id: `evt_${i}` }))
  const all = world.files()

  function bundle(more: Partial<Manifest> = {}) {
    const files = all.copy()
    for (const path of files.bytes.keys())
      if (/^(?:tile\/entries|disclosures)\/(?!001$)/.test(path) || /^tile\/0\/(?!001$|273)/.test(path))
        files.bytes.delete(path)
    files.put('manifest.json', encodeUtf8(JSON.stringify(manifestOf(world, { entries: [[300, 400]], ...more }))))
    return files
  }

  test('leads to the root by the tiles above the others', async () => {
    const report = await verifyLog(new FileSource(bundle()), {
      vkeys,
      old: [world.checkpoint(300), world.checkpoint(512)],
    })
    expect(report).toMatchObject({ verdict: 'verified', findings: [], size: 70_000 })
    expect(check(report, 'tree').text).toContain('256 of 70,000')
  })

  test('cannot be compared with what its leaves do not lead to', async () => {
    const report = await verifyLog(new FileSource(bundle()), { vkeys, old: [world.checkpoint(1000)] })
    expect(report.findings).toMatchObject([{ check: 'consistency', found: 'no leaves inside that lead to it' }])
  })

  test('is refused for any byte of the tiles above', async () => {
    for (const path of ['tile/1/000', 'tile/2/000.p/1', 'tile/1/001.p/17', 'tile/0/273.p/112', 'tile/0/001']) {
      const files = bundle()
      files.alter(path, 31, 1)
      expect(await verifyLog(new FileSource(files), { vkeys })).toMatchObject({ verdict: 'not_verified' })
    }
  })

  test('may withhold what it names, and no more', async () => {
    const withheld = [{ groups: ['*'], ranges: [[0, 299] as const, [401, 511] as const] }]
    const files = bundle({ withheld })
    const kept = known(files.text('disclosures/001'))
      .split('\n')
      .filter((line) => +known(line.split(' ')[0]) >= 300 && +known(line.split(' ')[0]) <= 400)
    files.put('disclosures/001', encodeUtf8(`${kept.join('\n')}\n`))
    const report = await verifyLog(new FileSource(files), { vkeys })
    expect(report).toMatchObject({ verdict: 'verified', findings: [], groups: { missing: 0 } })
    expect(report.groups.withheld).toBeGreaterThan(100)
    files.put('disclosures/001', encodeUtf8(`${kept.slice(1).join('\n')}\n`))
    expect(await verifyLog(new FileSource(files), { vkeys })).toMatchObject({
      verdict: 'not_verified',
      findings: [{ index: 300, where: 'disclosures/001' }],
    })
  })

  test('of another log than its checkpoint’s is refused', async () => {
    const report = await verifyLog(new FileSource(bundle({ size: 7 })), { vkeys })
    expect(check(report, 'files').state).toBe('failed')
  })
})

test('a report takes the checks of others, and what they found', async () => {
  const report = await verifyLog(new World().fill(3).source(), { vkeys })
  const finding = { check: 'view', index: 1, expected: 'a', found: 'b' } as const
  const failed = withCheck(report, { name: 'view', state: 'failed', text: 'no' }, [finding])
  expect(failed).toMatchObject({ verdict: 'not_verified', findings: [finding] })
  expect(failed.checks.map(({ name }) => name)).toEqual([
    'signature',
    'tree',
    'consistency',
    'ids',
    'times',
    'disclosures',
    'view',
    'witnesses',
  ])
})

/** A leaf whose members are ours to choose. */
function leafOf(members: { readonly [name: string]: unknown }): Uint8Array {
  const all: { readonly [name: string]: unknown } = {
    actor: null,
    bucket: 'default',
    groups: {},
    id: 'evt_x',
    occurred_at: '2026-11-21T00:00:00.000Z',
    org: 'acme',
    outcome: 'success',
    recorded_at: '2026-11-21T00:00:00.000Z',
    targets: [],
    type: 'x',
    v: 1,
    ...members,
  }
  return encodeUtf8(
    JSON.stringify(
      Object.fromEntries(
        Object.keys(all)
          .sort()
          .map((name) => [name, all[name]]),
      ),
    ),
  )
}
