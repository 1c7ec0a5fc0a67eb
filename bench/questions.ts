/** What lists are asked in the bench: each question with other values every time, drawn as the events were. */
import { below, type Random, skewed } from './random.ts'
import { ACTORS, ADMIN_TYPES, ADMINS, actorIdAt, addressAt, correlationIdAt, emailAt, PROJECTS } from './vocabulary.ts'
import { projectIdAt, TARGETS, TYPES, targetIdAt, WORDS, wordAt } from './vocabulary.ts'
import { DAY_MS, SPAN_DAYS, START_MS } from './event.ts'
import type { Question } from './results.ts'

/** A question as a person would type it, and from where the page begins. */
export interface Asked {
  readonly q: string
  /** events at this time and after are passed over */
  readonly beforeMs?: number
  readonly order?: 'asc' | 'desc'
}

export interface ListQuestion {
  readonly kind: Question
  readonly about: string
  readonly ask: (random: Random, size: number) => Asked
}

const type = (random: Random): string => `type:${TYPES[skewed(random, TYPES.length)]}`
const rareType = (random: Random): string => `type:${TYPES[TYPES.length - 1 - below(random, ADMIN_TYPES)]}`
const actor = (random: Random): string => `actor:${actorIdAt(skewed(random, ACTORS))}`
const email = (random: Random): string => `email:${emailAt(skewed(random, ACTORS))}`
const target = (random: Random): string => `target:${targetIdAt(below(random, TARGETS))}`
const folder = (random: Random): string => `target:${targetIdAt(skewed(random, TARGETS / 100))}`
const project = (random: Random): string => `project:${projectIdAt(skewed(random, PROJECTS))}`
/** Of those who never cause the rare types. */
const plainActor = (random: Random): string => `actor:${actorIdAt(ADMINS + below(random, ACTORS - ADMINS))}`
const address = (random: Random): string => `ip:${addressAt(skewed(random, ACTORS), below(random, 4))}`
const someTime = (random: Random): number => START_MS + Math.floor(random() * SPAN_DAYS * DAY_MS)
const commonWord = (random: Random): string => wordAt(below(random, 20))
const rareWord = (random: Random): string => wordAt(WORDS - 1 - below(random, WORDS / 4))
const week = (random: Random): string => {
  const sinceMs = someTime(random)
  const text = (ms: number) => new Date(ms).toISOString()
  return `since:${text(sinceMs)} until:${text(sinceMs + 7 * DAY_MS)}`
}

type Row = readonly [kind: Question, about: string, say: (random: Random, size: number) => string]

const ROWS: readonly Row[] = [
  ['one filter', 'the newest', () => ''],
  ['one filter', 'a type', type],
  ['one filter', 'an actor', actor],
  ['one filter', 'an e-mail address', email],
  ['one filter', 'a target', target],
  ['one filter', 'a project', project],
  ['one filter', 'an address', address],
  ['one filter', 'an outcome', () => 'outcome:denied'],
  [
    'one filter',
    'a correlation',
    (random, size) => `correlation:${correlationIdAt(below(random, Math.ceil(size / 5)))}`,
  ],
  ['one filter', 'a week', week],
  ['filters', 'a type in a week', (random) => `${type(random)} ${week(random)}`],
  ['filters', 'a type and an actor', (random) => `${type(random)} ${actor(random)}`],
  ['filters', 'a type and an actor that never meet', (random) => `${rareType(random)} ${plainActor(random)}`],
  ['filters', 'a target and an actor, mostly nothing', (random) => `${target(random)} ${actor(random)}`],
  ['filters', 'a type, an actor, an outcome', (random) => `${type(random)} ${actor(random)} outcome:failure`],
  ['filters', 'a folder, a project, a type', (random) => `${folder(random)} ${project(random)} ${type(random)}`],
  ['text', 'a common word', commonWord],
  ['text', 'a rare word', rareWord],
  ['text', 'two words', (random) => `${commonWord(random)} ${commonWord(random)}`],
  ['text', 'a word and a type', (random) => `${commonWord(random)} ${type(random)}`],
]

/** The first pages; pages in the middle; and one from the old end. */
export const QUESTIONS: readonly ListQuestion[] = [
  ...ROWS.map(
    ([kind, about, say]): ListQuestion => ({ kind, about, ask: (random, size) => ({ q: say(random, size) }) }),
  ),
  ...ROWS.slice(0, 3).map(
    ([kind, about, say]): ListQuestion => ({
      kind,
      about: `${about}, from a deep cursor`,
      ask: (random, size) => ({ q: say(random, size), beforeMs: someTime(random) }),
    }),
  ),
  { kind: 'one filter', about: 'a type, oldest first', ask: (random) => ({ q: type(random), order: 'asc' }) },
]
