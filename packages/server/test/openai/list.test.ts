/** The official clients list with every filter, alone and together, in every direction; each answer is the oracle's. */
import type { RecordedEvent } from '@sealedlog/sdk/event'
import type OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '@sealedlog/sdk/base'
import { Dice, makeCorpus, POOLS, SEED } from './corpus.js'
import { actorIdsOf, answerOf, isMatch, isTenant, type Query, resourceIdsOf, secondOf, windowOf } from './oracle.js'
import { bodyOf, CLIENTS, connect, gather, idsOf, list, startWorld, type WirePage, type World } from './support.js'

const SIZE = 2_200
const OTHER_SIZE = 120
/** Ids that stand in both organizations, each for another event. */
const SHARED = 20
const RANDOM_QUERIES: { readonly [client: string]: number } = { 'openai 7': 240, 'openai 6': 80 }

let world: World
let keys: { readonly acme: string; readonly globex: string }
let listed: readonly RecordedEvent[]
/** Every item as a plain fetch gave it. */
let items: ReadonlyMap<string, JsonObject>

beforeAll(async () => {
  world = await startWorld()
  keys = { acme: await world.organization('acme'), globex: await world.organization('globex') }
  await world.record('acme', makeCorpus(SEED, 'acme', SIZE))
  await world.record('globex', makeCorpus(SEED + 1, 'globex', OTHER_SIZE, SIZE - SHARED))
  listed = await world.listed('acme')
  const all = [...(await fetchAll('')), ...(await fetchAll('&tenant_only=true'))]
  items = new Map(all.map((item) => [item['id'] as string, item]))
})
afterAll(() => world.close())

async function fetchAll(more: string): Promise<readonly JsonObject[]> {
  const all: JsonObject[] = []
  for (let after = ''; ; ) {
    const page = (await (await world.get(keys.acme, `limit=100&after=${after}${more}`)).json()) as WirePage
    all.push(...page.data)
    if (!page.has_more) return all
    after = page.last_id ?? ''
  }
}

const explain = (query: Query): string => `SEED=${SEED} query=${JSON.stringify(query)}`

/** One page is the oracle's, and its items are what a plain fetch gives. */
async function expectPage(client: OpenAI, query: Query): Promise<WirePage> {
  const page = await list(client, query)
  const body = bodyOf(page)
  const { ids, ...rest } = answerOf(listed, query)
  const { data, object, ...said } = body
  expect(idsOf(data), explain(query)).toEqual(ids)
  expect({ object, ...said }, explain(query)).toEqual({ object: 'list', ...rest })
  expect(page.data, explain(query)).toEqual(ids.map((id) => items.get(id)))
  expect(body.has_more && data.length === 0, 'an empty page that promises more').toBe(false)
  return body
}

async function expectAll(client: OpenAI, query: Query): Promise<void> {
  const expected = windowOf(listed, query).map(({ id }) => id)
  const found = await gather(client, query, SIZE)
  expect(idsOf(found), explain(query)).toEqual(expected)
  expect(found, explain(query)).toEqual(expected.map((id) => items.get(id)))
}

const at = (share: number): RecordedEvent => listed[Math.floor(share * (listed.length - 1))] as RecordedEvent
const idAt = (share: number): string => at(share).id

test(`the mix holds what it should (SEED=${SEED})`, () => {
  expect(listed).toHaveLength(SIZE)
  expect(items.size).toBe(SIZE)
  const seconds = Map.groupBy(listed, secondOf)
  expect([...seconds.values()].filter((ties) => ties.length > 30).length).toBeGreaterThan(15)
  const instants = Map.groupBy(listed, (event) => event.occurred_at)
  expect([...instants.values()].filter((ties) => ties.length > 10).length).toBeGreaterThan(15)
  const late = listed.filter((event, i) => i > 0 && event.index > (listed[i - 1] as RecordedEvent).index)
  expect(late.length).toBeGreaterThan(500)
  expect(listed.filter((event) => isTenant(event.type)).length).toBeGreaterThan(200)
  for (const dialect of ['openai', 'unkey'])
    expect(listed.filter(({ extra }) => extra && dialect in extra).length).toBeGreaterThan(200)
  expect(new Set(listed.map(({ actor }) => actor?.type)).size).toBeGreaterThanOrEqual(8)
})

describe.each(CLIENTS)('%s', (name, Client) => {
  let client: OpenAI
  beforeAll(() => {
    client = connect(Client, world, keys.acme)
  })

  test.each<Query>([
    {},
    { limit: 1 },
    { limit: 100 },
    { tenant_only: true },
    { tenant_only: false },
    { project_ids: ['proj_1'] },
    { project_ids: ['proj_2', 'proj,4', 'proj 5'] },
    { project_ids: ['proj_none'] },
    { event_types: ['project.updated'] },
    { event_types: ['invoice.paid', 'key.create'] },
    { event_types: ['checkpoint_permission.created'] },
    { event_types: ['checkpoint.permission.created'] },
    { event_types: ['checkpoint.permission.deleted'] },
    { event_types: ['authorization.disconnect_role_and_permission'] },
    { event_types: ['authorization.disconnect_role_and_permissions'] },
    { event_types: ['role.bound_to_resource', 'tenant.user.added'], tenant_only: true },
    { event_types: ['tenant.future.thing'], tenant_only: true },
    { event_types: ['tenant.future.thing'] },
    { event_types: ['api_key.*'] },
    { event_types: ['no.such.type'] },
    { actor_ids: ['user-1'] },
    { actor_ids: ['key_2'] },
    { actor_ids: ['svc_1', 'root_1', 'nobody'] },
    { actor_emails: ['ada@example.com'] },
    { actor_emails: ['ALAN@EXAMPLE.com', 'a+b@example.org'] },
    { actor_emails: ['nobody@example.com'] },
    { resource_ids: ['res_3'] },
    { resource_ids: ['res 1', 'a,b'] },
    { resource_ids: ['ws__conn', 'ünï+code/%&=?#'] },
    { resource_ids: ['a', 'b', 'res_none'] },
    { project_ids: [], event_types: [], actor_ids: [] },
  ])('lists with %j', async (query) => {
    await expectPage(client, query)
    await expectAll(client, { ...query, limit: 100 })
  })

  test('compares effective_at by the emitted second', async () => {
    const second = secondOf(at(0.4))
    const ties = listed.filter((event) => secondOf(event) === second)
    expect(ties.length).toBeGreaterThan(3)
    for (const effective_at of [
      { gt: second },
      { gte: second },
      { lt: second },
      { lte: second },
      { gte: second, lte: second },
      { gt: second, lt: second },
      { gt: second - 1, gte: second - 5, lt: second + 1, lte: second + 9 },
      { gt: second + 9, lt: second },
      { gte: 0 },
    ]) {
      await expectPage(client, { effective_at })
      await expectAll(client, { effective_at, limit: 100 })
      await expectAll(client, { effective_at, limit: 100, tenant_only: true })
    }
  })

  test.each([undefined, 100, 61])('goes through the whole list, %s a page', async (limit) => {
    const size = limit === undefined ? {} : { limit }
    await expectAll(client, size)
    await expectAll(client, { ...size, tenant_only: true })
  })

  test('goes through ties one at a time', async () => {
    const second = secondOf(at(0.5))
    await expectAll(client, { limit: 1, effective_at: { gte: second, lte: second } })
  })

  test('goes back with before, page by page, to the newest', async () => {
    const query = { limit: 50, actor_ids: ['user-1', 'user-2', 'key_1'] }
    const expected = windowOf(listed, query).map(({ id }) => id)
    const found: string[] = []
    for (let before = (listed.at(-1) as RecordedEvent).id; ; ) {
      const page = await expectPage(client, { ...query, before })
      found.unshift(...idsOf(page.data))
      if (!page.has_more) break
      before = page.first_id ?? ''
    }
    expect(found).toEqual(expected.filter((id) => id !== listed.at(-1)?.id))
  })

  test('goes through a window between after and before, and stops', async () => {
    for (const [from, to] of [
      [0.2, 0.5],
      [0.45, 0.46],
      [0.999, 1],
      [0.5, 0.5],
      [0.7, 0.3],
    ] as const) {
      for (const limit of [3, 20, 100]) {
        const query = { after: idAt(from), before: idAt(to), limit, project_ids: ['proj_1', 'proj_2', 'proj,4'] }
        await expectPage(client, query)
        if (limit > 3) await expectAll(client, query)
      }
    }
  })

  test('goes on from before alone and stops there: what follows that page is before itself', async () => {
    for (const share of [0, 0.01, 0.5, 1]) {
      const query = { before: idAt(share), limit: 30 }
      const page = await expectPage(client, query)
      expect(idsOf(await gather(client, query, SIZE))).toEqual(idsOf(page.data))
    }
  })

  test('takes cursors whose own event the filters do not match', async () => {
    const query: Query = { resource_ids: ['res_1', 'res_2', 'res_3'], limit: 10 }
    const others = listed.filter((event) => !isMatch(event, query) && !resourceIdsOf(event).includes('res_1'))
    const tenant = others.filter((event) => isTenant(event.type))
    for (const cursor of [others[10], others.at(-10), tenant[5], tenant[50]]) {
      const { id } = cursor as RecordedEvent
      await expectPage(client, { ...query, after: id })
      await expectPage(client, { ...query, before: id })
      await expectAll(client, { ...query, after: id })
    }
  })

  test('starts at both ends', async () => {
    const [newest, oldest] = [idAt(0), idAt(1)]
    expect((await expectPage(client, { before: newest })).data).toEqual([])
    expect((await expectPage(client, { after: oldest })).data).toEqual([])
    await expectPage(client, { after: newest, tenant_only: true })
    await expectPage(client, { before: oldest, tenant_only: true })
  })

  test(`lists ${RANDOM_QUERIES[name]} random combinations`, async () => {
    const dice = new Dice(SEED + name.length + Number(name.at(-1)))
    let full = 0
    for (let n = 0; n < (RANDOM_QUERIES[name] ?? 0); n++) {
      const query = randomQuery(dice)
      const { data } = await expectPage(client, query)
      if (data.length > 0) full++
      if (n % 5 === 0 && (query.limit ?? 20) >= 20) await expectAll(client, query.after ? query : withoutBefore(query))
    }
    // A generator whose queries all miss would test nothing.
    expect(full).toBeGreaterThan((RANDOM_QUERIES[name] ?? 0) / 3)
  })

  test('sees nothing of another organization', async () => {
    const other = connect(Client, world, keys.globex)
    const theirs = await world.listed('globex')
    expect(theirs).toHaveLength(OTHER_SIZE)
    const shared = theirs.filter(({ id }) => items.has(id))
    for (const tenant_only of [false, true]) {
      const query = { limit: 50, tenant_only }
      expect(idsOf(await gather(other, query))).toEqual(windowOf(theirs, query).map(({ id }) => id))
      // The same id is another event there.
      for (const { id: after } of shared.slice(0, 3))
        expect(idsOf(bodyOf(await list(other, { ...query, after })).data)).toEqual(
          answerOf(theirs, { ...query, after }).ids,
        )
    }
  })

  test('loses and repeats nothing when events arrive while it reads', async () => {
    const org = `late-${name.at(-1)}`
    const reader = connect(Client, world, await world.organization(org))
    const event = (id: string, occurred_at: string) => ({ id, type: 'a.b', occurred_at })
    const second = (n: number) => new Date(Date.UTC(2026, 9, 1, 0, 0, n)).toISOString()
    const first = Array.from({ length: 30 }, (_, i) => event(`e${i}`, second(Math.floor(i / 3))))
    await world.record(org, [{ dialect: 'native', documents: first }])
    const found: string[] = []
    let pages = 0
    const start = await list(reader, { limit: 4 })
    for await (const page of start.iterPages()) {
      found.push(...page.data.map(({ id }) => id))
      if (++pages !== 2) continue
      const late = [event('newest', second(60)), event('late', second(1)), event('tie', second(7))]
      await world.record(org, [{ dialect: 'native', documents: late }])
    }
    expect(new Set(found).size).toBe(found.length)
    expect([...found].sort()).toEqual([...first.map(({ id }) => id), 'late'].sort())
  })
})

// A type that nobody documented keeps its id where all OpenAI details keep it.
test('resource_ids finds the id in the details of any type', async () => {
  const key = await world.organization('undocumented')
  const types = ['tunnel.created', 'quantum.entangled', 'resource.deleted']
  const documents = types.map((type, i) => ({
    id: `o${i}`,
    type,
    effective_at: 1_795_000_000,
    [type]: { id: 'res_1' },
  }))
  await world.record('undocumented', [{ dialect: 'openai', documents }])
  const page = (await (await world.get(key, 'resource_ids[]=res_1')).json()) as WirePage
  expect(page.data).toHaveLength(types.length)
})

function withoutBefore(query: Query): Query {
  const { before: _, ...rest } = query
  return rest
}

/** A query whose filters mostly hold for some event, so that most answers hold something. */
function randomQuery(dice: Dice): Query {
  const aim = listed[dice.below(listed.length)] as RecordedEvent
  const tenant_only = dice.chance(0.9) ? isTenant(aim.type) : false
  const around = (values: readonly string[], pool: readonly string[]): readonly string[] => [
    ...(dice.chance(0.85) ? values.slice(0, 1) : []),
    ...dice.some(pool, 4),
  ]
  const types = tenant_only ? POOLS.tenant_types : POOLS.event_types
  const said = (probability: number, filter: Query): Query => (dice.chance(probability) ? filter : {})
  return {
    ...said(0.3, { project_ids: around(aim.project ? [aim.project.id ?? ''] : [], POOLS.project_ids) }),
    ...said(0.25, { event_types: around(isTenant(aim.type) === tenant_only ? [aim.type] : [], [...types]) }),
    ...said(0.3, { actor_ids: around(actorIdsOf(aim), POOLS.actor_ids) }),
    ...said(0.2, { actor_emails: around(aim.actor?.email ? [aim.actor.email] : [], POOLS.actor_emails) }),
    ...said(0.25, { resource_ids: around(resourceIdsOf(aim), POOLS.resource_ids) }),
    ...said(0.4, { effective_at: randomRange(dice, secondOf(aim)) }),
    ...(tenant_only || dice.chance(0.2) ? { tenant_only } : {}),
    ...said(0.7, { limit: dice.pick([1, 2, 3, 7, 20, 50, 100]) }),
    ...said(0.35, { after: idAt(dice.next() * 0.6) }),
    ...said(0.25, { before: idAt(0.3 + dice.next() * 0.7) }),
  }
}

function randomRange(dice: Dice, second: number): NonNullable<Query['effective_at']> {
  const near = (sign: 1 | -1) => second + sign * dice.pick([0, 0, 1, 5, 600, 5_000_000])
  return {
    ...(dice.chance(0.4) && { gte: near(-1) }),
    ...(dice.chance(0.2) && { gt: near(-1) - 1 }),
    ...(dice.chance(0.4) && { lte: near(1) }),
    ...(dice.chance(0.2) && { lt: near(1) + 1 }),
  }
}
