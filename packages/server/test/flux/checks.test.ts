/** The checks of this folder refuse what they are there to find: a server that shows too much, too little, or elsewhere. */
import { describe, expect, test } from 'vitest'
import { randomEvent } from '../../../sdk/test/query/random-events.js'
import { NOW_MS, random, SEED, times } from '../../../sdk/test/query/support.js'
import { shownFor } from '../log/oracle.js'
import { Asking } from './asking.js'
import { checkCounts } from './counting.js'
import { withoutPerson } from './erased.js'
import { Next } from './followers.js'
import type { Question } from './questions.js'
import type { SaidEvent } from './said.js'
import { Moments, Shelf, type Shown } from './shelf.js'

const EVENTS = 60
const LIMIT = 7
const AT = new Date(NOW_MS).toISOString()
const rnd = random(SEED)

const QUESTION: Question = {
  text: 'everything of the bucket default',
  order: 'asc',
  limit: LIMIT,
  isNative: true,
  isTimeless: true,
  holds: (nowMs) => shownFor({ field: 'bucket', is: 'default' }, nowMs),
  call: (place) => ({ path: place?.cursor ?? '0' }),
}

/** Some events, half of them asked for, and what an honest server shows of them. */
function world() {
  const moments = new Moments()
  const shelf = new Shelf('acme', moments)
  const said = times(EVENTS, (i): SaidEvent => {
    const bucket = i % 2 === 0 ? 'default' : 'other'
    return { ...randomEvent(rnd, i), type: 'a.b', id: `evt_${i}`, bucket, description: `person${i} spoke` }
  })
  shelf.say(said)
  const documents = said.map((event, index) => ({ ...event, index, recorded_at: AT }))
  for (const { id, index } of documents) shelf.acknowledge(id, index, AT)
  const atMs = ({ occurred_at = AT }: { readonly occurred_at?: string }) => Date.parse(occurred_at)
  const right = documents
    .filter(({ bucket }) => bucket === 'default')
    .toSorted((a, b) => atMs(a) - atMs(b) || a.index - b.index)
  return { moments, shelf, said, documents: documents as readonly Shown[], right: right as readonly Shown[] }
}

/** Asks a server that shows these documents, page by page to the end. */
async function ask({ moments, shelf }: ReturnType<typeof world>, shown: readonly Shown[]): Promise<void> {
  const asking = new Asking(QUESTION, shelf, moments, NOW_MS)
  const json = ({ path }: { path: string }) => {
    const end = Number(path) + LIMIT
    const data = shown.slice(Number(path), end)
    return Promise.resolve({ data, has_more: end < shown.length, next_cursor: `${end}` })
  }
  while (!asking.isDone) await asking.read({ json: json as never })
  asking.expectAll()
}

describe('a list', () => {
  test('as it should be is accepted', async () => {
    const w = world()
    await ask(w, w.right)
  })

  const swapped = <T>([a, b, ...rest]: readonly T[]): T[] => [b as T, a as T, ...rest]
  type Wrong = (w: ReturnType<typeof world>) => readonly Shown[]
  test.each<readonly [string, Wrong, RegExp]>([
    ['lacks one', ({ right }) => right.toSpliced(11, 1), /is not shown, and matches/],
    ['lacks the last', ({ right }) => right.slice(0, -1), /is not shown, and matches/],
    ['shows nothing', () => [], /is not shown, and matches/],
    ['shows one twice', ({ right }) => right.toSpliced(11, 0, right[10] as Shown), /is shown twice/],
    ['shows two in the wrong order', ({ right }) => swapped(right), /out of order/],
    ['shows one too many', ({ documents }) => documents.slice(1, 2), /is shown, and does not match/],
    ['shows one that nobody said', ({ right }) => [{ ...(right[0] as Shown), id: 'evt_x' }], /nobody ever said evt_x/],
    ['shows one elsewhere', ({ right }) => [{ ...(right[0] as Shown), index: 900 }], /and is at 900/],
    [
      'shows one where another is',
      ({ shelf, right }) => {
        shelf.say([{ id: 'evt_new', type: 'a.b', bucket: 'default' }])
        return [{ ...(right[0] as Shown), id: 'evt_new' }]
      },
      /are at/,
    ],
  ])('that %s is refused', async (_, wrong, says) => {
    const w = world()
    await expect(ask(w, wrong(w))).rejects.toThrow(says)
  })

  test('may show an event that nobody acknowledged yet, and must show it from then on', async () => {
    const w = world()
    w.shelf.say([{ id: 'evt_new', type: 'a.b', bucket: 'default', occurred_at: AT }])
    await ask(w, w.right)
    await ask(w, [...w.right, { id: 'evt_new', bucket: 'default', index: EVENTS, recorded_at: AT }])
    await expect(ask(w, w.right)).rejects.toThrow('evt_new is not shown')
  })

  test('may find somebody while he is erased, and not afterwards', async () => {
    const w = world()
    const spokenOf = { ...QUESTION, holds: (nowMs: number) => shownFor({ text: 'person4' }, nowMs) }
    const found = async (ids: readonly string[]) => {
      const asking = new Asking(spokenOf, w.shelf, w.moments, NOW_MS)
      const data = w.documents.filter(({ id }) => ids.includes(id))
      await asking.read({ json: () => Promise.resolve({ data, has_more: false }) as never })
      asking.expectAll()
    }
    await found(['evt_4'])
    await expect(found([])).rejects.toThrow('evt_4 is not shown')
    const { events, done } = w.shelf.beginErasing('person4 ')
    expect(events).toBe(1)
    await found(['evt_4'])
    await found([])
    done()
    await found([])
    await expect(found(['evt_4'])).rejects.toThrow('evt_4 is shown, and does not match')
  })
})

test('a tail that skips an entry, or shows one again, is refused', () => {
  const { shelf, documents } = world()
  const next = new Next(shelf)
  next.take(documents[0] as Shown, 'tail')
  expect(() => next.take(documents[2] as Shown, 'tail')).toThrow('after 0 the tail shows 2')
  expect(() => next.take(documents[0] as Shown, 'tail')).toThrow('after 0 the tail shows 0')
  next.take(documents[1] as Shown, 'tail')
})

test('counts that are not those of the events are refused', async () => {
  const { shelf, said } = world()
  const json = () => Promise.resolve({ total: -1, data: [], has_more: false })
  const pool = { events: said, persons: [] }
  expect(await checkCounts(rnd, { json: json as never }, shelf, pool, NOW_MS)).toMatch(/"total":-1.* and not/)
})

test('what is left of an event says nothing of the person, and all that other groups say', () => {
  const said: SaidEvent = {
    id: 'evt_1',
    type: 'a.b',
    actor: { type: 'user', name: 'Dr. person1' },
    targets: [
      { type: 'user', id: 'person1' },
      { type: 'key', id: 'key_1' },
    ],
    description: 'nothing of the sort',
    details: { by: ['person1'] },
    context: { ip_address: '10.0.0.1', correlation_id: 'c1' },
  }
  expect(withoutPerson(said, 'person1')).toEqual({
    id: 'evt_1',
    type: 'a.b',
    actor: { type: 'user' },
    targets: [{ type: 'user' }, { type: 'key', id: 'key_1' }],
    description: 'nothing of the sort',
    context: { correlation_id: 'c1' },
  })
})
