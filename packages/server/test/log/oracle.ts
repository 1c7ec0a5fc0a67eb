/** Whether a query holds for an event, written plainly from what the reference says of queries. It shares no code with the product. */
import type { Json } from '@sealedlog/sdk/base'
import type { Said, SaidCondition, SaidField } from '../../../sdk/test/query/random-trees.js'
import { type Address, addressOf, isWithin } from '../../../sdk/test/query/addresses.js'
import type { Known } from './oracle-event.js'
import { foldedWords } from './oracle-words.js'

export type Predicate = (event: Known) => boolean

const SHORT: { readonly [short: string]: string } = {
  actor: 'actor_id',
  email: 'actor_email',
  target: 'target_id',
  project: 'project_id',
  correlation: 'correlation_id',
  ip: 'ip_address',
}
const FACTS = new Set(
  `type actor_id actor_type actor_email target_id target_type project_id bucket outcome correlation_id`.split(' '),
)
const OTHER_NAMES: readonly (readonly string[])[] = [
  ['checkpoint_permission.created', 'checkpoint.permission.created'],
  ['checkpoint_permission.deleted', 'checkpoint.permission.deleted'],
  ['authorization.disconnect_role_and_permission', 'authorization.disconnect_role_and_permissions'],
]

/** What a list shows for a query: the server's own bucket only where some condition is about buckets. */
export function shownFor(said: Said, nowMs: number): Predicate {
  const holds = predicateOf(said, nowMs)
  return asksForBuckets(said) ? holds : (event) => event.said.bucket !== 'sealedlog' && holds(event)
}

function asksForBuckets(said: Said): boolean {
  if ('and' in said) return said.and.some(asksForBuckets)
  if ('or' in said) return said.or.some(asksForBuckets)
  if ('not' in said) return asksForBuckets(said.not)
  return 'field' in said && said.field === 'bucket'
}

export function predicateOf(said: Said, nowMs: number): Predicate {
  if ('and' in said) {
    const parts = said.and.map((part) => predicateOf(part, nowMs))
    return (event) => parts.every((part) => part(event))
  }
  if ('or' in said) {
    const parts = said.or.map((part) => predicateOf(part, nowMs))
    return (event) => parts.some((part) => part(event))
  }
  if ('not' in said) {
    const part = predicateOf(said.not, nowMs)
    return (event) => !part(event)
  }
  return conditionOf(said, nowMs)
}

function conditionOf(said: SaidCondition, nowMs: number): Predicate {
  if ('text' in said) {
    const sought = ` ${foldedWords(said.text).join(' ')}${said.prefix ? '' : ' '}`
    return ({ words }) => words.includes(sought)
  }
  const field = SHORT[said.field] ?? said.field
  if (field === 'ip_address') return addressPredicate(said)
  if (FACTS.has(field)) return factPredicate(field, said)
  if (field === 'occurred_at' || field === 'recorded_at') {
    const inTimes = timesOf(said, nowMs)
    return (event) => inTimes(field === 'occurred_at' ? event.atMs : event.recordedMs)
  }
  if (field === 'index') {
    const accepts = said.is === undefined ? numbersOf(said) : (index: number) => index === Number(said.is)
    return ({ index }) => accepts(index)
  }
  return pathPredicate(field, said, nowMs)
}

function factPredicate(field: string, { is, starts_with }: SaidField): Predicate {
  const spelled = (text: string) => (field === 'actor_email' ? text.toLowerCase() : text)
  if (starts_with !== undefined) {
    const prefix = spelled(starts_with)
    return ({ facts }) => facts[field]?.some((fact) => fact.startsWith(prefix)) ?? false
  }
  const value = spelled(`${is}`)
  const names = (field === 'type' && OTHER_NAMES.find((pair) => pair.includes(value))) || [value]
  return ({ facts }) => facts[field]?.some((fact) => names.includes(fact)) ?? false
}

function addressPredicate({ is, within, starts_with }: SaidField): Predicate {
  if (starts_with !== undefined) return ({ address }) => address !== undefined
  const [text = '', prefixBits] = (within ?? `${is}`).split('/')
  const network = addressOf(text) as Address
  return ({ address }) => address !== undefined && isWithin(address, network, Number(prefixBits ?? network.bits))
}

function pathPredicate(field: string, said: SaidField, nowMs: number): Predicate {
  const [root = '', ...steps] = stepsOf(field)
  const path = [root === 'target' ? 'targets' : root, ...steps]
  const accepts = valueTest(said, nowMs)
  return (event) => walk(event.said as unknown as Json, path, 0, accepts)
}

/** The steps of a path, read character by character. */
function stepsOf(path: string): readonly string[] {
  const steps = ['']
  let isQuoted = false
  for (let i = 0; i < path.length; i++) {
    let character = path[i] as string
    if (character === '"') {
      isQuoted = !isQuoted
      continue
    }
    if (character === '.' && !isQuoted) {
      steps.push('')
      continue
    }
    if (character === '\\' && isQuoted) character = path[++i] as string
    steps.push(`${steps.pop()}${character}`)
  }
  return steps
}

type Accepts = (value: Json) => boolean

function walk(value: Json | undefined, path: readonly string[], at: number, accepts: Accepts): boolean {
  if (value === undefined) return false
  if (Array.isArray(value)) return value.some((item) => walk(item as Json, path, at, accepts))
  const step = path[at]
  if (step === undefined) return accepts(value)
  if (typeof value !== 'object' || value === null) return false
  const member = Object.getOwnPropertyDescriptor(value, step)
  return member !== undefined && walk(member.value as Json, path, at + 1, accepts)
}

function valueTest(said: SaidField, nowMs: number): Accepts {
  const { is, starts_with } = said
  if (is !== undefined)
    return (value) => (typeof value !== 'object' && `${value}` === `${is}`) || (value === null && `${is}` === 'null')
  if (starts_with === '') return () => true
  if (starts_with !== undefined)
    return (value) => (typeof value !== 'object' || value === null) && `${value}`.startsWith(starts_with)
  if ([said.gt, said.gte, said.lt, said.lte].some((bound) => typeof bound === 'string')) {
    const inTimes = timesOf(said, nowMs)
    return (value) => typeof value === 'string' && INSTANT.test(value) && inTimes(Date.parse(value))
  }
  const inNumbers = numbersOf(said)
  return (value) => typeof value === 'number' && inNumbers(value)
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/
const UNIT_MS: { readonly [unit: string]: number } = { s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 }

const numbersOf = ({ gt, gte, lt, lte }: SaidField) => {
  const [over = -Infinity, from = -Infinity, under = Infinity, to = Infinity] = [gt, gte, lt, lte].map((bound) =>
    bound === undefined ? undefined : Number(bound),
  )
  return (value: number): boolean =>
    (gt === undefined || value > over) && value >= from && (lt === undefined || value < under) && value <= to
}

/** From the first millisecond of a moment to the first past it; a span is a point. */
function momentOf(text: string, nowMs: number): readonly [startMs: number, endMs: number] {
  const [, count, unit] = /^(\d+)([smhdw])$/.exec(text) ?? []
  if (count !== undefined && unit !== undefined) {
    const ms = nowMs - Number(count) * (UNIT_MS[unit] ?? 0)
    return [ms, ms]
  }
  const ms = Date.parse(text)
  return [ms, ms + (text.length === 10 ? 864e5 : text.includes('.') ? 1 : 1e3)]
}

const FIRST = '0001-01-01'
const LAST = '9999-12-30'

/** After a day is after its end; up to a day includes it; on a day is within it; a span alone is since then. */
function timesOf({ is, gt, gte, lt, lte }: SaidField, nowMs: number): (ms: number) => boolean {
  const start = (bound: string | number) => momentOf(String(bound), nowMs)[0]
  const end = (bound: string | number) => momentOf(String(bound), nowMs)[1]
  const from = is === undefined ? (gt === undefined ? start(gte ?? FIRST) : end(gt)) : start(String(is))
  const until = is === undefined ? (lt === undefined ? end(lte ?? LAST) : start(lt)) : end(String(is))
  return (ms) => ms >= from && (ms < until || (is !== undefined && from === until))
}
