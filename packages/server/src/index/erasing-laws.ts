/** Laws of erasing from the index: what survives of an entry is found, what went of it no more. */
import assert from 'node:assert/strict'
import { checkSearch, everything, positionsOf, refusesAsBehind, type WithIndex } from './contract-check.js'
import {
  FIELD_NAMES,
  type Random,
  random,
  randomEntries,
  randomSearch,
  type SaidEntry,
  sayEntry,
  withoutGroups,
} from './contract-data.js'

const SEEDS = [2, 20_261_121]
const ROUNDS = 6

export function erasingLaws(test: WithIndex): void {
  for (const seed of SEEDS) {
    test(`after erasing, a search is what the query says of what survives (seed ${seed})`, async (index) => {
      const rnd = random(seed)
      const entries = [...randomEntries(rnd, 'acme', 300), ...randomEntries(rnd, 'acme2', 40)]
      await index.put(entries)
      for (let round = 0; round < ROUNDS; round += 1) {
        const erased = erasedOf(rnd, entries)
        await index.erase('acme', erased)
        for (let i = 0; i < 20; i += 1) await checkSearch(index, entries, randomSearch(rnd, entries), seed)
        await checkEveryValue(index, entries, seed)
        const more = randomEntries(rnd, 'acme', entries.length + 5).slice(entries.length - 40)
        entries.push(...more)
        await index.put(more)
      }
      assert.equal(await index.finishErasing(), true)
    })
  }

  test('erasing what is erased changes nothing, and nobody else’s entries', async (index) => {
    const rnd = random(71)
    const entries = [...randomEntries(rnd, 'acme', 50), ...randomEntries(rnd, 'acme2', 50)]
    await index.put(entries)
    const erased = erasedOf(rnd, entries)
    for (const _ of [1, 2]) {
      await index.erase('acme', erased)
      await index.erase('acme', [])
      await checkEveryValue(index, entries, 71)
    }
    assert.deepEqual([await index.size('acme'), await index.size('acme2')], [50, 50])
  })

  test('a put that is said again brings nothing back', async (index) => {
    const entries = randomEntries(random(73), 'acme', 50)
    const before = [...entries]
    await index.put(entries)
    await index.erase('acme', erasedOf(random(74), entries))
    await index.put(before)
    await checkEveryValue(index, entries, 73)
  })

  test('calls are carried out in their order, answered or not', async (index) => {
    const entries = randomEntries(random(79), 'acme', 60)
    const put = index.put([...entries])
    const erasing = index.erase('acme', erasedOf(random(80), entries))
    const found = index.search(everything('acme', 100))
    await Promise.all([put, erasing, checkEveryValue(index, entries, 79)])
    assert.equal((await found).positions.length, 60)
  })

  test('entries that are not covered are refused, and nothing of the call is done', async (index) => {
    const rnd = random(83)
    const entries = randomEntries(rnd, 'acme', 40)
    await index.put(entries.slice(0, 20))
    const gone = (each: SaidEntry): SaidEntry => withoutGroups(each, () => true)
    await refusesAsBehind(index.erase('acme', entries.slice(10, 21).map(gone)), 'acme')
    await refusesAsBehind(index.erase('nobody', entries.slice(0, 1).map(gone)), 'nobody')
    await checkEveryValue(index, entries.slice(0, 20), 83)
    await index.put(entries)
    await checkEveryValue(index, entries, 83)
  })

  test('what was erased may come again with other entries', async (index) => {
    const at = (index: number, actor: string) => sayEntry('acme', index, 1_000, { actor_id: [actor] })
    await index.put([at(0, 'one'), at(1, 'two')])
    await index.erase('acme', [withoutGroups(at(0, 'one'), () => true)])
    await index.put([at(2, 'one')])
    const found = await positionsOf(index, { ...everything('acme', 9), query: { field: 'actor_id', is: 'one' } })
    assert.deepEqual(
      found.map(({ index: place }) => place),
      [2],
    )
  })
}

/** Some entries of acme with fewer facts, in any order; they replace those in the list too. */
function erasedOf(rnd: Random, entries: SaidEntry[]): SaidEntry[] {
  const places = entries.flatMap(({ org }, place) => (org === 'acme' ? [place] : []))
  const chosen = new Set(Array.from({ length: 1 + rnd(15) }, () => places[rnd(places.length)] as number))
  return [...chosen].map((place) => {
    const erased = withoutGroups(entries[place] as SaidEntry, () => rnd(2) === 0)
    entries[place] = erased
    return erased
  })
}

/** Every value that any entry has, or had, finds those that have it now. */
async function checkEveryValue(
  index: Parameters<typeof checkSearch>[0],
  entries: readonly SaidEntry[],
  seed: number,
): Promise<void> {
  for (const field of FIELD_NAMES) {
    const values = new Set(entries.flatMap(({ facts }) => facts[field]))
    for (const is of [...values, 'user_1', 't1', '192.0.2.1'])
      await checkSearch(index, entries, { ...everything('acme', 1_000), query: { field, is } }, seed)
  }
}
