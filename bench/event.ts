/** One event of the bench as numbers, and as what a caller would say. */
import { ADMIN_TYPES, ADMINS, actorIdAt, addressAt, BIG_ORGANIZATION, correlationIdAt, emailAt } from './vocabulary.ts'
import { ACTORS, NAMES, OUTCOMES, organizationAt, PROJECTS, projectIdAt, requestIdAt } from './vocabulary.ts'
import { TARGETS, TYPES, targetIdAt, WORDS, wordAt } from './vocabulary.ts'
import { below, type Random, skewed, steep } from './random.ts'

/** All that tells one event from another. */
export interface Draw {
  readonly sequence: number
  readonly id: string
  readonly org: string
  readonly atMs: number
  readonly type: number
  readonly outcome: number
  readonly actor: number
  readonly place: number
  readonly target: number
  readonly parent: number
  readonly project: number
  readonly words: readonly [number, number]
}

/** How the events of a run lie in time, and how their ids are made. */
export interface Timeline {
  /** of the first event */
  readonly startMs: number
  /** simulated time between two events */
  readonly stepMs: number
  /** ids that say nothing of the time, as UUIDs do */
  readonly randomIds: boolean
}

/** Before any clock that this runs under: no event is ahead of its server. */
export const START_MS = Date.UTC(2025, 0, 4)
/** All of a run lies in so many days, however many events it has. */
export const SPAN_DAYS = 90
export const DAY_MS = 86_400_000

const LATE_SHARE = 0.02
const LATE_MS_MAX = 3 * DAY_MS
const BIG_SHARE = 0.8
const PLACES = 4
const SAME_CORRELATION = 5
const ID_CHARS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const TIME_PAIRS = 5
const RANDOM_PAIRS = 8

/** Whose the next event, or the next batch, is: four of five are the big organization's. */
export const drawOrganization = (random: Random, small: number): string =>
  random() < BIG_SHARE ? BIG_ORGANIZATION : organizationAt(1 + below(random, small))

/** The event that is `sequence`-th in time; about 2 % of them happened up to three days before. */
export function draw(random: Random, sequence: number, org: string, timeline: Timeline): Draw {
  const late = random() < LATE_SHARE ? Math.floor(random() * LATE_MS_MAX) : 0
  const atMs = timeline.startMs + Math.floor(sequence * timeline.stepMs) - late
  const type = skewed(random, TYPES.length)
  return {
    sequence,
    id: drawId(random, timeline.randomIds ? below(random, 2 ** 48) : atMs),
    org,
    atMs,
    type,
    outcome: drawOutcome(random),
    actor: skewed(random, type < TYPES.length - ADMIN_TYPES ? ACTORS : ADMINS),
    place: below(random, PLACES),
    target: below(random, TARGETS),
    parent: skewed(random, TARGETS),
    project: skewed(random, PROJECTS),
    words: [steep(random, WORDS), steep(random, WORDS)],
  }
}

function drawOutcome(random: Random): number {
  let rest = random() * 100
  return OUTCOMES.findIndex(([, percent]) => (rest -= percent) < 0)
}

/** All pairs of characters of an id: it is put together from them. */
const PAIRS: readonly string[] = Array.from(
  { length: ID_CHARS.length ** 2 },
  (_, pair) => ID_CHARS.charAt(pair >> 5) + ID_CHARS.charAt(pair & 31),
)
const PAIR_VALUES = PAIRS.length

/** An id in the layout of `newEventId`: ten characters of time, sixteen at random. */
function drawId(random: Random, timeMs: number): string {
  let time = ''
  for (let rest = timeMs, i = 0; i < TIME_PAIRS; i++) {
    time = (PAIRS[rest % PAIR_VALUES] as string) + time
    rest = Math.floor(rest / PAIR_VALUES)
  }
  let tail = ''
  for (let i = 0; i < RANDOM_PAIRS; i++) tail += PAIRS[below(random, PAIR_VALUES)] as string
  return `evt_${time}${tail}`
}

/** The texts of an event that have one length, whatever they say: a template has holes for these. */
export const HOLES: { readonly [name: string]: (draw: Draw) => string } = {
  id: ({ id }) => id,
  org: ({ org }) => org,
  occurredAt: ({ atMs }) => new Date(atMs).toISOString(),
  actorId: ({ actor }) => actorIdAt(actor),
  email: ({ actor }) => emailAt(actor),
  target: ({ target }) => targetIdAt(target),
  parent: ({ parent }) => targetIdAt(parent),
  project: ({ project }) => projectIdAt(project),
  address: ({ actor, place }) => addressAt(actor, place),
  request: ({ sequence }) => requestIdAt(sequence),
  correlation: ({ sequence }) => correlationIdAt(Math.floor(sequence / SAME_CORRELATION)),
  word: ({ words }) => wordAt(words[0]),
  word2: ({ words }) => wordAt(words[1]),
}

/** What is filled into the holes, by name. */
export type Filled = { readonly [name in string]: string }

/** What the rest of an event depends on: events alike in these differ in their holes alone. */
export interface Kind {
  readonly type: number
  readonly outcome: number
  readonly name: number
}

export const kindOf = ({ type, outcome, actor }: Draw): Kind => ({ type, outcome, name: actor % NAMES.length })

/** About 770 bytes of JSON: two targets, nested details. */
export function eventOf(kind: Kind, hole: Filled): object {
  const type = TYPES[kind.type] as string
  const [object, verb] = type.split('.') as [string, string]
  return {
    id: hole['id'],
    type,
    org: hole['org'],
    occurred_at: hole['occurredAt'],
    outcome: OUTCOMES[kind.outcome]?.[0],
    actor: { type: 'user', id: hole['actorId'], name: NAMES[kind.name], email: hole['email'] },
    targets: [
      { type: object, id: hole['target'], name: `${object} of ${hole['word']}` },
      { type: 'folder', id: hole['parent'], name: 'production' },
    ],
    project: { id: hole['project'] },
    description: `${NAMES[kind.name]} ${verb} the ${object} ${hole['word2']}`,
    details: { reason: `ticket ${hole['word']}`, data: { scopes: ['model.request', 'model.read'], depth: kind.type } },
    context: {
      ip_address: hole['address'],
      user_agent: 'Mozilla/5.0 (X11; Linux x86_64)',
      request_id: hole['request'],
      correlation_id: hole['correlation'],
    },
    metadata: { plan: 'pro', region: 'eu-west-1', attempt: kind.type % 5 },
  }
}

/** What a caller would say of it. */
export const eventAt = (draw: Draw): object =>
  eventOf(kindOf(draw), Object.fromEntries(Object.entries(HOLES).map(([name, say]) => [name, say(draw)])))
