/** What the entries of the laws say in words, and how searches ask for it: few words, so that they meet. */
import type { Query } from '@sealedlog/sdk/query'
import { pick, type Random, some } from './random.js'

/** What an entry says besides its facts. */
export interface SaidTexts {
  readonly description?: string
  readonly metadata?: { readonly [name: string]: unknown }
  readonly details?: { readonly [name: string]: unknown }
}

/** Spellings that fold together stand beside words that only begin alike, and scripts that have no spaces. */
const WORDS = [
  'login',
  'Log',
  'logout',
  'LOGIN',
  'Zoë',
  'zoe',
  'Müller',
  'muller',
  'straße',
  'STRASSE',
  'from',
  'to',
  '42',
  '4',
  'ｆｕｌｌ',
  'full',
  '日本',
  '本日',
  'שלום',
  'Иван',
] as const
const PLANS = ['pro', 'free', 'pro plus'] as const
const BETWEEN = [' ', ' ', ' ', '-', ', ', '_'] as const

const randomText = (rnd: Random): string =>
  Array.from({ length: 1 + rnd(5) }, () => pick(rnd, WORDS)).join(pick(rnd, BETWEEN))

export function randomSaidTexts(rnd: Random): SaidTexts {
  const note = some(rnd, WORDS, 2).join(' ')
  return {
    ...(rnd(2) === 0 && { description: randomText(rnd) }),
    ...(rnd(3) === 0 && { metadata: { plan: pick(rnd, PLANS), seats: rnd(50), notes: [note, randomText(rnd)] } }),
  }
}

/** Free text, or what stands at a path: neither is a fact. */
export function randomTextCondition(rnd: Random): Query {
  const kind = rnd(8)
  if (kind === 0) return { field: 'metadata.plan', is: pick(rnd, PLANS) }
  if (kind === 1) return { field: 'metadata.seats', gte: rnd(50) }
  if (kind === 2) return { text: pick(rnd, ['—', 'never said', 'evt', 'key', 'acme']) }
  if (kind < 5) return { text: pick(rnd, WORDS) }
  if (kind === 5) return { text: randomText(rnd) }
  const text = rnd(2) === 0 ? pick(rnd, WORDS) : `${pick(rnd, WORDS)} ${pick(rnd, WORDS)}`
  return { text: text.slice(0, 1 + rnd(text.length)), prefix: true }
}
