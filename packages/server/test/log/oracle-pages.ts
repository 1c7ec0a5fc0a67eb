/** Asks a real log for pages and compares each with what the oracle shows. */
import { parseQuery, parseQueryJson, type Query } from '@sealedlog/sdk/query'
import type { Json } from '@sealedlog/sdk/base'
import { BOUNDS } from '@sealedlog/sdk/event'
import { expect } from 'vitest'
import type { Said } from '../../../sdk/test/query/random-trees.js'
import { sayText } from '../../../sdk/test/query/say.js'
import { NOW_MS, oneIn, pick, type Random, SEED } from '../../../sdk/test/query/support.js'
import { shownFor } from './oracle.js'
import { inListOrder, ORG, type OracleWorld } from './oracle-world.js'

const LIMITS = [1, 2, 3, 7, 20, 50, 100]
const LIMITS_TO_THE_END = [70, 250, 1_000]
/** So many events, or pages, are enough of most lists. */
const ENOUGH_EVENTS = 60
const ENOUGH_PAGES = 3
/** Lists that are longer are seldom read to the end. */
const LONG = 800

export const treeOf = (said: Said): Query => parseQueryJson(JSON.parse(JSON.stringify(said)) as Json)

/** How much was compared; `cut` are the pages that ended because they took long. */
export type Compared = { lists: number; events: number; pages: number; cut: number; toTheEnd: number }

export class Comparer {
  readonly compared: Compared = { lists: 0, events: 0, pages: 0, cut: 0, toTheEnd: 0 }
  readonly #world: OracleWorld
  readonly #rnd: Random
  readonly #oldestFirst

  constructor(world: OracleWorld, rnd: Random) {
    this.#world = world
    this.#rnd = rnd
    this.#oldestFirst = inListOrder(world.known)
  }

  /** Both orders, one asked in JSON and one in words. */
  async check(said: Said, name: string): Promise<void> {
    const shown = shownFor(said, NOW_MS)
    const ids = this.#oldestFirst.filter(shown).map((event) => event.said.id ?? '')
    const text = sayText(this.#rnd, said)
    try {
      expect(parseQuery(text), text).toEqual(treeOf(said))
      await this.#checkList(parseQuery(text), 'asc', ids)
      await this.#checkList(treeOf(said), 'desc', ids.toReversed())
    } catch (error) {
      throw new Error(`QUERY_SEED=${SEED}, ${name}: ${JSON.stringify(said)}`, { cause: error })
    }
  }

  async #checkList(query: Query, order: 'asc' | 'desc', expected: readonly string[]): Promise<void> {
    const rnd = this.#rnd
    const toTheEnd = oneIn(rnd, expected.length < LONG ? 10 : 60)
    const limit = pick(rnd, toTheEnd ? LIMITS_TO_THE_END : LIMITS)
    this.compared.lists++
    const ids: string[] = []
    for (let pages = 1, after; ; pages++) {
      const askedMs = performance.now()
      const page = await this.#world.data.log.list({ org: ORG, query, order, limit, ...(after ? { after } : {}) })
      ids.push(...page.events.map(({ id }) => id))
      this.compared.pages++
      this.compared.events += page.events.length
      expect(ids).toEqual(expected.slice(0, ids.length))
      after = page.next
      if (after === undefined) {
        expect(ids).toHaveLength(expected.length)
        this.compared.toTheEnd++
        return
      }
      // A page that says where to go on is full, and there is more: but one that took as long as a page may ends wherever
      // it is, perhaps behind the last that there is, and only the next one says so.
      const mayBeCut = performance.now() - askedMs >= BOUNDS.PAGE_MS_MAX
      if (mayBeCut && page.events.length < limit) this.compared.cut++
      if (!mayBeCut) expect(page.events).toHaveLength(limit)
      if (!mayBeCut) expect(ids.length).toBeLessThan(expected.length)
      if (!toTheEnd && (ids.length >= ENOUGH_EVENTS || pages === ENOUGH_PAGES)) return
    }
  }
}
