/** Retention and legal holds over HTTP: what is past its age is gone from every file, and nothing else is. */
import { decodeBase64 } from '@sealedlog/sdk/base'
import { BOUNDS } from '@sealedlog/sdk/event'
import { describe, expect, test } from 'vitest'
import { type Asks, as, type Body, makeKey, makeOrganizations } from './support.js'
import { DAY_MS, HOUR_MS, startWorld, type World } from './kept-world.js'

const AT = '/v1/organizations/acme'
/** Said in every group of a marked event: what must not be found anywhere afterwards. */
const MARK = 'qz7marker'

const marked = (id: string, bucket = 'default'): Body => ({
  id,
  type: 'user.seen',
  bucket,
  actor: { type: 'user', id: `${MARK}-actor-${id}`, email: `${MARK}-${id}@example.com` },
  targets: [{ type: 'user', id: `${MARK}-target-${id}` }],
  details: { note: `${MARK}-details-${id}` },
  description: `said of ${MARK}-words-${id}`,
})

async function makeAcme(): Promise<{ readonly world: World; readonly ask: Asks }> {
  const world = await startWorld()
  await makeOrganizations(world.server, 'acme')
  return { world, ask: as(world.server, (await makeKey(world.server, 'acme', ['write', 'read', 'admin'])).key) }
}

const redactions = async (world: World): Promise<readonly Body[]> =>
  (await world.entries('acme')).filter(({ type }) => type === 'audit.redaction')

/** What a leaf says that it erases. */
async function redactsOf(ask: Asks, id: string): Promise<Body> {
  const { json } = await ask(`GET /v1/events/${id}?include=proof`)
  const { leaf } = json.proof
  return JSON.parse(leaf.startsWith('{') ? leaf : Buffer.from(decodeBase64(leaf) ?? []).toString('utf8')).log.redacts
}

describe('retention rules', () => {
  test('keep everything for ever until they are set, and again when they are taken back', async () => {
    const { ask, world } = await makeAcme()
    const none = { object: 'retention', organization: 'acme', default_days: null, buckets: {} }
    expect((await ask(`GET ${AT}/retention`)).json).toEqual(none)
    expect((await ask(`DELETE ${AT}/retention`)).json).toEqual(none)
    const rules = { default_days: 30, buckets: { legal: null, billing: 3650 } }
    expect((await ask(`PUT ${AT}/retention`, rules)).json).toMatchObject(rules)
    await ask(`PUT ${AT}/retention`, { buckets: { billing: 3650, legal: null }, default_days: 30 })
    expect((await ask(`GET ${AT}/retention`)).json).toMatchObject(rules)
    await world.restart()
    const again = as(world.server, world.server.rootKey.value)
    expect((await again(`GET ${AT}/retention`)).json).toMatchObject(rules)
    expect((await again(`DELETE ${AT}/retention`)).json).toEqual(none)
    const said = (await world.entries('acme')).filter(({ type }) => type === 'sealedlog.retention.changed')
    expect(said.map(({ details }) => details)).toEqual([rules, { buckets: {} }])
  })

  test.each([
    [[]],
    [{ days: 3 }],
    [{ default_days: 0 }],
    [{ default_days: 1.5 }],
    [{ default_days: '30' }],
    [{ default_days: 36_501 }],
    [{ buckets: [] }],
    [{ buckets: { 'no such': 3 } }],
    [{ buckets: { a: 'x' } }],
    [{ buckets: { ['b'.repeat(65)]: 3 } }],
    [{ buckets: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`b${i}`, 1])) }],
  ])('are refused where they break a rule: %j', async (body) => {
    const { ask } = await once()
    const { status, json } = await ask(`PUT ${AT}/retention`, body)
    expect([status, json.code]).toEqual([422, 'invalid_retention'])
  })

  test('are taken at their limits, by an admin key alone', async () => {
    const { ask, world } = await once()
    const buckets = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`b${i}`, 36_500]))
    expect((await ask(`PUT ${AT}/retention`, { default_days: 36_500, buckets })).status).toBe(200)
    const reader = as(world.server, (await makeKey(world.server, 'acme', ['read', 'write'])).key)
    for (const line of [`GET ${AT}/retention`, `PUT ${AT}/retention`, `GET ${AT}/retention/preview`, `PUT ${AT}/hold`])
      expect([line, (await reader(line, line.startsWith('GET') ? undefined : {})).status]).toEqual([line, 403])
  })
})

let shared: ReturnType<typeof makeAcme> | undefined
const once = (): ReturnType<typeof makeAcme> => (shared ??= makeAcme())

describe('the run of retention', () => {
  test('erases what is past its age, by bucket, accounts for it, and leaves nothing of it in any file', async () => {
    const { ask, world } = await makeAcme()
    for (const bucket of ['default', 'billing', 'legal', 'default']) {
      for (let n = 0; n < 3; n++) await ask('POST /v1/events', marked(`old_${bucket}_${world.nowMs}_${n}`, bucket))
      world.nowMs += 1
    }
    world.nowMs += 20 * DAY_MS
    await ask('POST /v1/events', marked('young'))
    await ask(`PUT ${AT}/retention`, { default_days: 30, buckets: { legal: null, billing: 60 } })
    const checkpoint = (await ask(`GET ${AT}/tlog/checkpoint`)).text
    world.nowMs += 11 * DAY_MS
    const before = await ask(`GET ${AT}/retention/preview`)
    expect(before.json).toMatchObject({
      object: 'retention_preview',
      entries: 6,
      entries_by_bucket: { default: 6 },
      ranges: [
        [0, 2],
        [9, 11],
      ],
      complete: true,
    })
    expect(world.filesWith(`${MARK}-words-old_default`)).not.toEqual([])
    await world.pass(HOUR_MS)
    const [first, ...more] = await redactions(world)
    expect(more).toEqual([])
    expect(first).toMatchObject({ details: { basis: 'retention' }, bucket: 'sealedlog' })
    expect((await redactsOf(ask, first.id)).map(({ ranges }: Body) => ranges)).toEqual([
      [
        [0, 2],
        [9, 11],
      ],
    ])
    expect(world.lines.filter((line) => line.includes('Retention erases 6 entries'))).toHaveLength(1)
    const left = (await ask('GET /v1/events?order=asc')).json.data
    expect(left.map(({ bucket, redacted }: Body) => [bucket, redacted !== undefined])).toEqual([
      ...['default', 'default', 'default'].map((bucket) => [bucket, true]),
      ...['billing', 'billing', 'billing', 'legal', 'legal', 'legal'].map((bucket) => [bucket, false]),
      ...['default', 'default', 'default'].map((bucket) => [bucket, true]),
      ['default', false],
    ])
    for (const part of ['actor', 'target', 'details', 'words'])
      expect([part, world.filesWith(`${MARK}-${part}-old_default`)]).toEqual([part, []])
    expect(world.filesWith(`${MARK}-words-old_legal`)).not.toEqual([])
    const size = Number(checkpoint.split('\n')[1])
    expect((await ask(`GET ${AT}/tlog/consistency?from=${size}`)).status).toBe(200)
    // Again, and after a restart: nothing is left to do.
    await world.pass(HOUR_MS)
    await world.restart()
    await world.pass(HOUR_MS)
    expect(await redactions(world)).toHaveLength(1)
    expect((await world.root(`GET ${AT}/retention/preview`)).json).toMatchObject({ entries: 0, ranges: [] })
    world.nowMs += 30 * DAY_MS
    await world.pass(HOUR_MS)
    expect(await redactions(world)).toHaveLength(3)
    expect(world.filesWith(`${MARK}-words-old_billing`)).toEqual([])
    expect(world.filesWith(`${MARK}-words-young`)).toEqual([])
    expect(world.filesWith(`${MARK}-words-old_legal`)).not.toEqual([])
  })

  test('waits an hour after the rules changed, and begins again with new ones', async () => {
    const { ask, world } = await makeAcme()
    await ask('POST /v1/events', marked('a', 'billing'))
    await ask('POST /v1/events', marked('b'))
    world.nowMs += 40 * DAY_MS
    await world.pass(HOUR_MS - 1)
    await ask(`PUT ${AT}/retention`, { default_days: 30, buckets: { billing: null } })
    await world.pass(1)
    expect(await redactions(world)).toEqual([])
    expect((await ask(`GET ${AT}/retention/preview`)).json).toMatchObject({ entries: 1, ranges: [[1, 1]] })
    await world.pass(HOUR_MS)
    expect(await redactions(world)).toHaveLength(1)
    await ask(`PUT ${AT}/retention`, { default_days: 30 })
    await world.pass(2 * HOUR_MS)
    expect(await redactions(world)).toHaveLength(2)
    expect(world.filesWith(MARK)).toEqual([])
  })

  test('leaves the server’s own entries, unless their bucket is named', async () => {
    const { ask, world } = await makeAcme()
    await ask('POST /v1/events', marked('a'))
    await ask(`PUT ${AT}/retention`, { default_days: 1 })
    await world.pass(3 * DAY_MS)
    await world.pass(3 * DAY_MS)
    const own = async () => (await world.entries('acme')).filter(({ bucket }) => bucket === 'sealedlog')
    expect((await own()).filter(({ redacted }) => redacted)).toEqual([])
    await ask(`PUT ${AT}/retention`, { buckets: { sealedlog: 1 } })
    await world.pass(3 * DAY_MS)
    expect((await own()).filter(({ redacted }) => redacted).length).toBeGreaterThan(1)
  })

  test('covers in its ranges nothing that it keeps, however buckets are mixed', async () => {
    const { ask, world } = await makeAcme()
    const buckets = Array.from({ length: 400 }, (_, i) => ((i * 7919) % 3 === 0 ? 'legal' : 'default'))
    await ask(
      'POST /v1/events/batch',
      buckets.map((bucket, i) => ({ ...marked(`e${i}`, bucket), ...(i % 5 ? {} : { details: {} }) })),
    )
    await ask(`PUT ${AT}/retention`, { default_days: 1, buckets: { legal: null } })
    await world.pass(2 * DAY_MS)
    const [entry] = await redactions(world)
    const kept = new Set(buckets.flatMap((bucket, i) => (bucket === 'legal' ? [i] : [])))
    for (const { ranges } of await redactsOf(ask, entry.id))
      for (const [first, last] of ranges as readonly (readonly [number, number])[])
        for (let i = first; i <= last; i++) expect([i, kept.has(i)]).toEqual([i, false])
    const shown = (await ask('GET /v1/events?limit=1000')).json.data
    expect(shown.filter(({ redacted }: Body) => !redacted).map(({ bucket }: Body) => bucket)).toEqual(
      Array.from(kept, () => 'legal'),
    )
  })
})

test('a preview lists so many ranges, and counts them all', async () => {
  const { ask, world } = await makeAcme()
  const { RETENTION_RANGES_MAX: most } = BOUNDS
  const send = (count: number) =>
    ask(
      'POST /v1/events/batch',
      Array.from({ length: count }, (_, i) => marked(`p${world.nowMs++}`, i % 2 ? 'legal' : 'default')),
    )
  await ask(`PUT ${AT}/retention`, { default_days: 1, buckets: { legal: null } })
  const preview = async () => {
    world.nowMs += 2 * DAY_MS
    const { json } = await ask(`GET ${AT}/retention/preview`)
    return [json.entries, json.ranges.length, json.complete]
  }
  for (let sent = 0; sent < 2 * most; sent += 1_000) await send(1_000)
  expect(await preview()).toEqual([most, most, true])
  await send(2)
  expect(await preview()).toEqual([most + 1, most, true])
})

describe('a legal hold', () => {
  test('stops redactions and retention until it is lifted, and both are said', async () => {
    const { ask, world } = await makeAcme()
    await ask('POST /v1/events', marked('a'))
    await ask(`PUT ${AT}/retention`, { default_days: 1 })
    expect((await ask(`GET ${AT}/hold`)).json).toMatchObject({ held: false, reason: null })
    const placed = await ask(`PUT ${AT}/hold`, { reason: 'Case 7' })
    expect(placed.json).toMatchObject({ object: 'hold', held: true, reason: 'Case 7' })
    expect((await ask(`PUT ${AT}/hold`, { reason: 'Case 7' })).json).toEqual(placed.json)
    await world.restart()
    const root = world.root
    await world.pass(3 * DAY_MS)
    expect(await redactions(world)).toEqual([])
    expect(world.lines.some((line) => line.includes('a legal hold stands'))).toBe(true)
    const redaction = { basis: 'GDPR Art. 17', events: [{ id: 'a' }] }
    const acme = { 'sealedlog-organization': 'acme' }
    const refused = await root('POST /v1/redactions', redaction, acme)
    expect([refused.status, refused.json.code]).toEqual([409, 'legal_hold'])
    const close = await root(`DELETE ${AT}`)
    expect([close.status, close.json.code]).toEqual([409, 'legal_hold'])
    expect(world.filesWith(`${MARK}-words-a`)).not.toEqual([])
    expect((await root(`DELETE ${AT}/hold`)).json).toMatchObject({ held: false })
    expect((await root(`DELETE ${AT}/hold`)).json).toMatchObject({ held: false })
    await world.pass(HOUR_MS)
    expect(await redactions(world)).toHaveLength(1)
    expect(world.filesWith(`${MARK}-words-a`)).toEqual([])
    const said = (await world.entries('acme')).filter(({ type }) => type.startsWith('sealedlog.hold'))
    expect(said.map(({ type, details }) => [type, details.reason])).toEqual([
      ['sealedlog.hold.placed', 'Case 7'],
      ['sealedlog.hold.lifted', 'Case 7'],
    ])
  })

  test('of the operator is out of the reach of the organization’s own keys', async () => {
    const { ask, world } = await makeAcme()
    const placed = await world.root(`PUT ${AT}/hold`, { reason: 'Court order' })
    for (const attempt of [await ask(`DELETE ${AT}/hold`), await ask(`PUT ${AT}/hold`, { reason: 'mine' })])
      expect([attempt.status, attempt.json.code]).toEqual([403, 'insufficient_scope'])
    expect((await ask(`GET ${AT}/hold`)).json).toEqual(placed.json)
    expect((await world.root(`DELETE ${AT}/hold`)).json).toMatchObject({ held: false })
    await ask(`PUT ${AT}/hold`, { reason: 'our own' })
    expect((await ask(`DELETE ${AT}/hold`)).json).toMatchObject({ held: false })
  })

  test.each([
    [{}],
    [{ reason: '' }],
    [{ reason: 7 }],
    [{ reason: 'x'.repeat(1_025) }],
    [{ reason: 'x', why: 'y' }],
    [[]],
  ])('is refused without a reason that says why: %j', async (body) => {
    const { ask } = await once()
    expect((await ask(`PUT ${AT}/hold`, body)).json.code).toBe('invalid_retention')
  })
})
