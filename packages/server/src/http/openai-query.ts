/** OpenAI's list parameters, in every encoding that its clients have been seen to send (docs/openai.md). */
import { AuditError, didYouMean, formatTime, TIME_MS_MAX } from '@sealedlog/sdk/base'
import { BOUNDS, type Field, isTenantScoped } from '@sealedlog/sdk/event'
import { allOf, anyOf, NOTHING, type Query } from '@sealedlog/sdk/query'
import { invalidParameter, type Pair, parseInteger } from './query-string.js'

export interface OpenAiQuery {
  readonly query: Query
  readonly limit: number
  readonly after?: string
  readonly before?: string
}

/** Arrays: the fields they narrow. */
const ARRAYS: { readonly [name: string]: Field } = {
  project_ids: 'project_id',
  event_types: 'type',
  actor_ids: 'actor_id',
  actor_emails: 'actor_email',
  resource_ids: 'target_id',
}
/** What each comparison of whole emitted seconds means in milliseconds: [bound, value of the bound]. */
const COMPARISONS: { readonly [op: string]: readonly ['sinceMs' | 'untilMs', (second: number) => number] } = {
  gt: ['sinceMs', (second) => (second + 1) * 1000],
  gte: ['sinceMs', (second) => second * 1000],
  lt: ['untilMs', (second) => second * 1000],
  lte: ['untilMs', (second) => (second + 1) * 1000],
}
const PLAIN = ['tenant_only', 'limit', 'after', 'before'] as const
const KNOWN = [...Object.keys(ARRAYS).map((name) => `${name}[]`), 'effective_at', ...PLAIN]
const SECONDS_MAX = Math.floor(TIME_MS_MAX / 1000)

/** What the pairs say, gathered. */
interface Gathered {
  readonly arrays: Map<string, string[]>
  readonly plain: Map<string, string>
  sinceMs: number
  untilMs: number
}

/** @throws AuditError `invalid_parameter` or `unknown_parameter` */
export function readOpenAiQuery(pairs: readonly Pair[]): OpenAiQuery {
  const gathered: Gathered = { arrays: new Map(), plain: new Map(), sinceMs: -Infinity, untilMs: Infinity }
  // Empty values occur (node sends `after=` for ''): they say nothing.
  for (const [name, value] of pairs) if (value !== '') gather(gathered, name, value)
  const { plain, sinceMs, untilMs } = gathered
  const limit = plain.get('limit')
  return {
    query: allOf([...readTerms(gathered), ...timesOf(sinceMs, untilMs)]),
    limit: limit === undefined ? BOUNDS.OPENAI_LIMIT_DEFAULT : parseInteger('limit', limit, 1, BOUNDS.OPENAI_LIMIT_MAX),
    ...cursor('after', plain),
    ...cursor('before', plain),
  }
}

/** Comparisons beyond what any event can be are as good as none. */
function timesOf(sinceMs: number, untilMs: number): readonly Query[] {
  if (sinceMs > TIME_MS_MAX || untilMs <= 0) return [NOTHING]
  return [
    ...(sinceMs <= 0 ? [] : [{ field: 'occurred_at', gte: formatTime(sinceMs) }]),
    ...(untilMs > TIME_MS_MAX ? [] : [{ field: 'occurred_at', lt: formatTime(untilMs) }]),
  ]
}

const cursor = (name: 'after' | 'before', plain: ReadonlyMap<string, string>): { readonly [name: string]: string } => {
  const id = plain.get(name)
  return id === undefined ? {} : { [name]: id }
}

function gather(gathered: Gathered, name: string, value: string): void {
  // `name`, `name[]` and `name[0]` are one array; a comma is part of a value, never a separator.
  const array = name.replace(/\[\d*\]$/, '')
  const op = /^effective_at\[(\w+)\]$/.exec(name)?.[1] ?? name
  if (Object.hasOwn(ARRAYS, array)) {
    const values = gathered.arrays.get(array) ?? []
    if (values.push(value) > BOUNDS.PARAMETER_VALUES_MAX) throw tooMany(`${array}[]`)
    gathered.arrays.set(array, values)
  } else if (Object.hasOwn(COMPARISONS, op)) compare(gathered, name, op, value)
  else if (PLAIN.some((plain) => plain === name)) gatherPlain(gathered, name, value)
  else throw unknown(name)
}

function tooMany(param: string): AuditError {
  return invalidParameter(
    param,
    `${param} has more than ${BOUNDS.PARAMETER_VALUES_MAX} values (limit PARAMETER_VALUES_MAX).`,
  )
}

function gatherPlain(gathered: Gathered, name: string, value: string): void {
  if (gathered.plain.has(name)) throw invalidParameter(name, `${name} is given twice; give it once.`)
  gathered.plain.set(name, value)
}

/** Several comparisons narrow one range: all of them hold. */
function compare(gathered: Gathered, name: string, op: string, value: string): void {
  const comparison = COMPARISONS[op]
  if (comparison === undefined) throw unknown(name)
  const [bound, toMs] = comparison
  const ms = toMs(parseInteger(name, value, -SECONDS_MAX, SECONDS_MAX))
  gathered[bound] = bound === 'sinceMs' ? Math.max(gathered.sinceMs, ms) : Math.min(gathered.untilMs, ms)
}

function unknown(name: string): AuditError {
  const shown = name.slice(0, 60)
  return new AuditError(
    'unknown_parameter',
    `Unknown parameter: ${JSON.stringify(shown)}.${didYouMean(shown, KNOWN)}`,
    { param: shown },
  )
}

function readTerms({ arrays, plain }: Gathered): readonly Query[] {
  const tenantOnly = readBoolean('tenant_only', plain.get('tenant_only'))
  const types = arrays.get('event_types') ?? []
  const notTenant = types.find((type) => !isTenantScoped(type))
  if (tenantOnly && notTenant !== undefined) {
    throw invalidParameter(
      'event_types[]',
      `With tenant_only=true every event type must be tenant-scoped; ${JSON.stringify(notTenant.slice(0, 128))} is not.`,
    )
  }
  // Event types are said in full here: a `*` is not a wildcard on this route, and no type has one.
  const terms = [...arrays].map(([name, values]) => {
    const field = ARRAYS[name] as Field
    const said = values.filter((value) => name !== 'event_types' || !value.includes('*'))
    return anyOf(said.map((value) => ({ field, is: field === 'actor_email' ? value.toLowerCase() : value })))
  })
  const tenant: Query = { field: 'tenant', is: 'yes' }
  return [...terms, tenantOnly ? tenant : { not: tenant }]
}

function readBoolean(name: string, value: string | undefined): boolean {
  if (value === undefined || value === 'false') return false
  if (value === 'true') return true
  throw invalidParameter(name, `${name} is ${JSON.stringify(value.slice(0, 60))}; expected true or false.`)
}
