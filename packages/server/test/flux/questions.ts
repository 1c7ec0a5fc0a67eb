/** Random questions to a list, in every way in which one may be asked, with the oracle's meaning of each. */
import type { EventInput } from '@sealedlog/sdk/event'
import { randomFact, type Said } from '../../../sdk/test/query/random-trees.js'
import { sayText } from '../../../sdk/test/query/say.js'
import { NOW_MS, oneIn, pick, type Random, times, WORDS } from '../../../sdk/test/query/support.js'
import type { Call } from '../durability/client.js'
import { type Predicate, predicateOf, shownFor } from '../log/oracle.js'
import { randomParameters } from '../log/oracle-parameters.js'
import { decidedTree, undecidedTree } from '../log/oracle-trees.js'
import type { OracleWorld } from '../log/oracle-world.js'

/** How a question goes on: by a cursor, or by the id that was shown last. */
export interface Place {
  readonly cursor: string | null
  readonly lastId: string | undefined
}

export interface Question {
  /** for whoever looks for a fault */
  readonly text: string
  readonly order: 'asc' | 'desc'
  readonly limit: number
  /** whether documents say where they stand */
  readonly isNative: boolean
  /** whether it means the same at any time: it has no span */
  readonly isTimeless: boolean
  readonly holds: (nowMs: number) => Predicate
  /** the first page, or the one after a place */
  call(place: Place | undefined): Omit<Call, 'org'>
}

export interface Pool {
  readonly events: readonly EventInput[]
  /** some who were spoken of, erased or not */
  readonly persons: readonly string[]
}

const LIMITS = [1, 2, 3, 7, 20, 50, 100]
/** One in so many asks for the longest page. */
const LONG = 25
const LONG_PAGE = 1_000
const SPAN = /"\d+[smhdw]"/
const SECONDS_A_DAY = 86_400

/** One question of any kind. */
export function randomQuestion(rnd: Random, pool: Pool): Question {
  const kind = rnd(20)
  if (kind < 3) return openAiQuestion(rnd, pool)
  if (kind < 5) return parametersQuestion(rnd, pool)
  return treeQuestion(rnd, randomTree(rnd, pool))
}

const randomLimit = (rnd: Random): number => (oneIn(rnd, LONG) ? LONG_PAGE : pick(rnd, LIMITS))

/** A tree that the index decides, one that it does not, words, or a person. */
export function randomTree(rnd: Random, { events, persons }: Pool): Said {
  const world = { events } as unknown as OracleWorld
  const kind = rnd(15)
  if (kind < 7) return decidedTree(rnd, world)
  if (kind < 10) return undecidedTree(rnd, world)
  return kind < 12 && persons.length > 0 ? personTree(rnd, pick(rnd, persons)) : wordsTree(rnd, events)
}

/** What was said of somebody, wherever it may stand. */
function personTree(rnd: Random, name: string): Said {
  return pick(rnd, [
    { text: name },
    { text: name.slice(0, -1), prefix: true },
    { text: `by ${name}` },
    {
      or: [
        { field: 'actor', is: name },
        { field: 'target', is: name },
      ],
    },
    { field: 'actor_email', is: `${name}@EXAMPLE.com` },
    { field: 'actor_id', starts_with: name.slice(0, 9) },
    { and: [{ text: name }, { field: 'details.note', is: `by ${name}.` }] },
    { and: [{ not: { field: 'target', is: name } }, { text: name }] },
  ])
}

/** Words that the index decides, phrases and prefixes, with a fact now and then. */
function wordsTree(rnd: Random, events: readonly EventInput[]): Said {
  const words: Said[] = times(1 + rnd(2), () => {
    const text = times(1 + rnd(2), () => pick(rnd, WORDS)).join(' ')
    return /[\p{L}\p{N}]/u.test(text) ? { text, ...(oneIn(rnd, 3) ? { prefix: true } : {}) } : { text: 'key' }
  })
  const all = oneIn(rnd, 2) ? [...words, randomFact(rnd, events)] : words
  return oneIn(rnd, 4) ? { and: [{ not: all[0] as Said }, ...all.slice(1), { text: 'key' }] } : { and: all }
}

/** As `q`, or in JSON. */
function treeQuestion(rnd: Random, said: Said): Question {
  const order = pick(rnd, ['asc', 'desc'] as const)
  const limit = randomLimit(rnd)
  const common = {
    order,
    limit,
    isNative: true,
    isTimeless: !SPAN.test(JSON.stringify(said)),
    holds: (nowMs: number) => shownFor(said, nowMs),
  }
  if (oneIn(rnd, 2)) {
    const body = { query: said, order, limit }
    return {
      ...common,
      text: `search ${JSON.stringify(body)}`,
      call: (place) => ({
        method: 'POST',
        path: '/v1/events/search',
        body: JSON.stringify({ ...body, ...(place && { cursor: place.cursor }) }),
      }),
    }
  }
  const pairs = Object.entries({ q: sayText(rnd, said), order, limit: String(limit) })
  return { ...common, text: `${JSON.stringify(said)} as ${JSON.stringify(pairs)}`, call: listCall(pairs) }
}

function parametersQuestion(rnd: Random, { events }: Pool): Question {
  const { pairs, said } = randomParameters(rnd, events)
  const order = pick(rnd, ['asc', 'desc'] as const)
  const limit = randomLimit(rnd)
  const asked = [...pairs.map(([name, value]) => [name, value] as const), ['order', order], ['limit', `${limit}`]]
  return {
    order,
    limit,
    isNative: true,
    isTimeless: !SPAN.test(JSON.stringify(said)),
    holds: (nowMs) => shownFor(said, nowMs),
    text: JSON.stringify(asked),
    call: listCall(asked as [string, string][]),
  }
}

const listCall =
  (pairs: readonly (readonly [string, string])[]): Question['call'] =>
  (place) => ({
    path: `/v1/events?${queryString([...pairs, ...(place ? [['cursor', place.cursor ?? ''] as const] : [])])}`,
  })

/** OpenAI's route: arrays of values, whole seconds, and ids in place of cursors. */
function openAiQuestion(rnd: Random, { events }: Pool): Question {
  const pairs: [string, string][] = []
  const parts: Said[] = []
  for (const [name, field] of OPENAI_ARRAYS) {
    if (!oneIn(rnd, 4)) continue
    const values = times(1 + rnd(2), () => factOf(rnd, events, field)).filter((value) => value !== '')
    if (values.length === 0) continue
    pairs.push(...values.map((value): [string, string] => [`${name}[]`, value]))
    parts.push({ or: values.map((is) => ({ field, is })) })
  }
  const from = Math.floor(NOW_MS / 1000) - rnd(14 * SECONDS_A_DAY)
  const bounds = oneIn(rnd, 2)
    ? []
    : ([
        ['gte', from],
        ['lt', from + rnd(5 * SECONDS_A_DAY)],
      ] as const)
  for (const [name, second] of bounds) pairs.push([`effective_at[${name}]`, `${second}`])
  const limit = pick(rnd, LIMITS)
  const holds = (nowMs: number): Predicate => {
    const all = predicateOf({ and: parts }, nowMs)
    const [since = 0, until = Number.POSITIVE_INFINITY] = bounds.map(([, second]) => second * 1000)
    return (event) =>
      event.said.bucket !== 'sealedlog' &&
      !event.said.type.startsWith('tenant.') &&
      event.atMs >= since &&
      event.atMs < until &&
      all(event)
  }
  const asked = [...pairs, ['limit', `${limit}`] as const]
  const call = (place: Place | undefined) => ({
    path: `/v1/organization/audit_logs?${queryString([...asked, ...(place ? [['after', place.lastId ?? ''] as const] : [])])}`,
  })
  return { order: 'desc', limit, isNative: false, isTimeless: true, holds, text: JSON.stringify(asked), call }
}

const OPENAI_ARRAYS = [
  ['project_ids', 'project_id'],
  ['event_types', 'type'],
  ['actor_ids', 'actor_id'],
  ['actor_emails', 'actor_email'],
  ['resource_ids', 'target_id'],
] as const

/** A value that some event has, as far as that route can say it. */
function factOf(rnd: Random, events: readonly EventInput[], field: string): string {
  const { type, actor, targets, project } = pick(rnd, events)
  const values = {
    type,
    actor_id: actor?.id,
    actor_email: actor?.email,
    target_id: targets?.[0]?.id,
    project_id: project?.id,
  }
  return values[field as keyof typeof values] ?? ''
}

export const queryString = (pairs: readonly (readonly [string, string])[]): string =>
  pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')
