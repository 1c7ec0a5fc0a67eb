/** What the events of the bench are made of: types, people, words. All of it is made up, and the same in every run. */

export const BIG_ORGANIZATION = 'org_0000'
export const SMALL_ORGANIZATIONS = 1_000
export const ACTORS = 2_000
export const TARGETS = 400_000
export const PROJECTS = 300
export const WORDS = 20_000
/** the last types, which only the first actors cause: two filters that never meet have something to miss each other in */
export const ADMIN_TYPES = 10
export const ADMINS = 100

const KINDS = [
  'api_key',
  'document',
  'invoice',
  'dashboard',
  'pipeline',
  'secret',
  'webhook',
  'member',
  'role',
  'domain',
]
const VERBS = ['viewed', 'updated', 'created', 'shared', 'deleted', 'transferred']

/** 60 types, the frequent ones first. */
export const TYPES: readonly string[] = VERBS.flatMap((verb) => KINDS.map((kind) => `${kind}.${verb}`))

export const NAMES: readonly string[] = [
  'Ada Lovelace',
  'Zoë Müller',
  'Grace Hopper',
  'Linus Torvalds',
  'Barbara Liskov',
  'Edsger Dijkstra',
  'Katherine Johnson',
  'Niklaus Wirth',
]

/** How often of a hundred an event ends so. */
export const OUTCOMES: readonly (readonly [outcome: string, percent: number])[] = [
  ['success', 92],
  ['failure', 5],
  ['denied', 3],
]

const SYLLABLES = ['ba', 'ce', 'di', 'fo', 'gu', 'ka', 'le', 'mi', 'no', 'pu', 'ra', 'se', 'ti', 'vo', 'xu', 'za']

const digits = (number: number, width: number): string => String(number).padStart(width, '0')

/** Says each text once: who makes hundreds of thousands of events a second has no time to spell. */
function remembered(say: (number: number) => string): (number: number) => string {
  const known: string[] = []
  return (number) => (known[number] ??= say(number))
}

/** Words of eight letters, each with a number of its own: word 0 is common, the last ones are rare. */
export const wordAt = remembered((number) =>
  [0, 4, 8, 12].map((shift) => SYLLABLES[((number * 40_503) >>> shift) & 15]).join(''),
)

export const organizationAt = remembered((number) => `org_${digits(number, 4)}`)
export const actorIdAt = remembered((number) => `user_${digits(number, 4)}`)
export const emailAt = remembered((number) => `user.${digits(number, 4)}@example.com`)
export const targetIdAt = (number: number): string => `obj_${digits(number, 6)}`
export const projectIdAt = remembered((number) => `proj_${digits(number, 3)}`)
export const correlationIdAt = (number: number): string => `cor_${digits(number, 8)}`
export const requestIdAt = (number: number): string => `req_${digits(number, 12)}`
/** An address of one of the few places that an actor works from: three digits in each part, so that all are of one length. */
export const addressAt = (actor: number, place: number): string =>
  `10.${100 + (actor % 100)}.${100 + Math.floor(actor / 100)}.${100 + place}`

/** The big organization and so many small ones. */
export const organizations = (small: number): readonly string[] =>
  Array.from({ length: small + 1 }, (_, number) => organizationAt(number))
