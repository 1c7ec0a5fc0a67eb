/** Pages whose events only the events themselves decide: bounded in what they look at, and complete in the end. */
import { BOUNDS, type ListPosition } from '@sealedlog/sdk/event'
import { EVERYTHING, parseQuery } from '@sealedlog/sdk/query'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Page } from '../../dist/log/index.js'
import { event, type World, makeWorld } from './support.js'

const { PAGE_SCAN_MAX } = BOUNDS
const EVENTS = 2 * PAGE_SCAN_MAX + 50
const ORG = 'acme'
let world: World

/** The needles: one at the very end of the list, one where a page breaks off. */
const NEEDLES = [0, PAGE_SCAN_MAX]
/** A path into the event, which the index does not decide: every entry is a candidate, and is looked at. */
const IS_NEEDLE = 'metadata.needle:>0'
const IS_HAY = 'metadata.needle:0'

beforeAll(async () => {
  world = await makeWorld()
  for (let at = 0; at < EVENTS; at += 500) {
    const some = Array.from({ length: Math.min(500, EVENTS - at) }, (_, i) => ({
      ...event(`e${at + i}`),
      occurred_at: new Date(1_790_000_000_000 + at + i).toISOString(),
      metadata: { needle: NEEDLES.includes(at + i) ? 1 : 0 },
    }))
    await world.log.record(ORG, some, 'key_1')
  }
})

const page = (q: string, limit: number, after?: ListPosition): Promise<Page> =>
  world.log.list({ org: ORG, query: parseQuery(q), order: 'desc', limit, ...(after && { after }) })

/** All pages: their sizes and their ids. */
async function pages(q: string, limit: number): Promise<{ readonly sizes: number[]; readonly ids: string[] }> {
  const sizes: number[] = []
  const ids: string[] = []
  for (let next: ListPosition | undefined, first = true; first || next !== undefined; first = false) {
    const read: Page = await page(q, limit, next)
    sizes.push(read.events.length)
    ids.push(...read.events.map(({ id }) => id))
    next = read.next
  }
  return { sizes, ids }
}

describe('a page that only events decide', () => {
  test(`looks at ${PAGE_SCAN_MAX} of them at most, then says where to go on, be it with nothing`, async () => {
    const read = await page(IS_NEEDLE, 10)
    expect(read.next).toBeDefined()
    expect(EVENTS - 1 - (read.next?.index ?? 0)).toBeLessThan(PAGE_SCAN_MAX)
  })

  test('loses nothing where it breaks off, and ends', async () => {
    const { sizes, ids } = await pages(IS_NEEDLE, 10)
    expect(ids).toEqual(NEEDLES.toReversed().map((i) => `e${i}`))
    expect(sizes.length).toBeGreaterThan(1)
  })

  test('is cut at its limit, and the one past it begins the next', async () => {
    const { sizes, ids } = await pages(`${IS_HAY} index:${EVENTS - 25}..${EVENTS}`, 10)
    expect(sizes.slice(0, 3)).toEqual([10, 10, 5])
    expect(ids).toEqual(Array.from({ length: 25 }, (_, i) => `e${EVENTS - 1 - i}`))
  })

  test('that is exactly full at the end has no more', async () => {
    const read = await page(`${IS_NEEDLE} occurred_at:*..<${new Date(1_790_000_000_100).toISOString()}`, 1)
    expect([read.events.length, read.next]).toEqual([1, undefined])
  })

  test('lets others run between its slices', async () => {
    let turns = 0
    const over = new AbortController()
    const others = (async () => {
      for (; !over.signal.aborted; turns++) await new Promise(setImmediate)
    })()
    await page(IS_NEEDLE, 10)
    over.abort()
    await others
    expect(turns).toBeGreaterThan(2)
  })
})

describe('a page of large events', () => {
  const LARGE = 'large'
  const BYTES_EACH = 250_000
  const COUNT = Math.ceil((2.5 * BOUNDS.PAGE_BYTES_MAX) / BYTES_EACH)
  const PER_PAGE = Math.ceil(BOUNDS.PAGE_BYTES_MAX / BYTES_EACH)
  const limit = BOUNDS.LIST_LIMIT_MAX

  beforeAll(async () => {
    await world.store.createLog(LARGE, 'Large')
    for (let i = 0; i < COUNT; i++)
      await world.log.record(LARGE, [{ ...event(`e${i}`), metadata: { blob: 'x'.repeat(BYTES_EACH), n: i } }], 'key_1')
  })

  test.each(['', 'metadata.n:>=0'])(
    'of the query %j ends where it has enough bytes, and the next goes on',
    async (q) => {
      const sizes: number[] = []
      const indexes: number[] = []
      for (let after: ListPosition | undefined, first = true; first || after; first = false) {
        const request = { org: LARGE, query: parseQuery(q), order: 'asc' as const, limit, ...(after && { after }) }
        const { events, next } = await world.log.list(request)
        sizes.push(events.length)
        indexes.push(...events.map(({ index }) => index))
        after = next
      }
      expect(indexes).toEqual(Array.from({ length: COUNT }, (_, i) => i))
      expect(sizes.slice(0, 2)).toEqual([PER_PAGE, PER_PAGE])
    },
  )

  test('of the tail does too', async () => {
    const indexes: number[] = []
    for (let after = -1; after < COUNT - 1; ) {
      const page = await world.log.tail({ org: LARGE, query: EVERYTHING, after, limit, waitMs: 0 })
      expect(page.events.length).toBeLessThanOrEqual(PER_PAGE)
      indexes.push(...page.events.map(({ index }) => index))
      after = page.next
    }
    expect(indexes).toEqual(Array.from({ length: COUNT }, (_, i) => i))
  })
})
