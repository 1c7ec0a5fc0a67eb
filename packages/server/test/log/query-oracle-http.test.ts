/** The same questions over HTTP: a list by `q`, a search in JSON, and the tail, page after page to the end. */
import { expect, test } from 'vitest'
import { randomEvent } from '../../../sdk/test/query/random-events.js'
import { randomSaid, type Said } from '../../../sdk/test/query/random-trees.js'
import { sayText } from '../../../sdk/test/query/say.js'
import { NOW_MS, pick, random, SEED, times } from '../../../sdk/test/query/support.js'
import { as, type Body, start } from '../http/support.js'
import { shownFor } from './oracle.js'
import { type Known, knownEvent } from './oracle-event.js'
import { inListOrder } from './oracle-world.js'

const EVENTS = 400
const TREES = 200
const PAGES_MAX = 1_000

const rnd = random(SEED)
const server = await start({ nowMs: () => NOW_MS })
const ask = as(server, server.rootKey.value)
const known = await recordAll()
const oldestFirst = inListOrder(known)

/** Over HTTP nobody says the server's own types and buckets. */
async function recordAll(): Promise<readonly Known[]> {
  const events = times(EVENTS, (i) => randomEvent(rnd, i)).map((event) => ({
    ...event,
    type: event.type.replace(/^sealedlog\./, 'sealed.'),
    bucket: event.bucket === 'sealedlog' ? 'sealed' : (event.bucket ?? 'default'),
  }))
  const { status, json } = await ask('POST /v1/events/batch', events)
  if (status !== 201) throw new Error(`QUERY_SEED=${SEED}: ${JSON.stringify(json)}`)
  return events.map((event, i) => knownEvent(event, json.data[i].index, json.data[i].recorded_at))
}

const idsOf = (events: readonly Known[]): readonly string[] => events.map(({ said }) => said.id ?? '')

/** Everything that an answer and those that follow it hold. `next` says how to go on. */
async function gather(first: Body, next: (page: Body) => Promise<Body> | undefined): Promise<readonly string[]> {
  const ids: string[] = []
  let page = first
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    expect(page.object, JSON.stringify(page)).toBe('list')
    ids.push(...page.data.map(({ id }: { readonly id: string }) => id))
    const following = next(page)
    if (following === undefined) return ids
    page = await following
  }
  throw new Error('the list has no end')
}

const get = async (path: string, parameters: object): Promise<Body> =>
  (await ask(`GET ${path}?${new URLSearchParams(Object.entries(parameters)).toString()}`)).json

async function checkOne(said: Said): Promise<void> {
  const q = sayText(rnd, said)
  const limit = String(pick(rnd, [7, 50, 1_000]))
  const shown = shownFor(said, NOW_MS)
  const newestFirst = idsOf(oldestFirst.filter(shown)).toReversed()

  const listed = await gather(await get('/v1/events', { q, limit }), (page) =>
    page.has_more ? get('/v1/events', { q, limit, cursor: page.next_cursor }) : undefined,
  )
  expect(listed, 'list').toEqual(newestFirst)

  const search = async (more: object) =>
    (await ask('POST /v1/events/search', { query: said, order: 'asc', limit: Number(limit), ...more })).json
  const searched = await gather(await search({}), (page) =>
    page.has_more ? search({ cursor: page.next_cursor }) : undefined,
  )
  expect(searched, 'search').toEqual(newestFirst.toReversed())

  const tailed = await gather(await get('/v1/events/tail', { q, limit }), (page) =>
    page.next < EVENTS - 1 ? get('/v1/events/tail', { q, limit, after: page.next }) : undefined,
  )
  expect(tailed, 'tail').toEqual(idsOf(known.filter(shown)))
}

test(`${TREES} trees, as q, as JSON and of the tail, are answered as the oracle says (QUERY_SEED=${SEED})`, async () => {
  for (const i of times(TREES, (i) => i)) {
    const said = randomSaid(
      rnd,
      known.map((event) => event.said),
    )
    await checkOne(said).catch((error: unknown) => {
      throw new Error(`QUERY_SEED=${SEED}, tree ${i}: ${JSON.stringify(said)}`, { cause: error })
    })
  }
})
