/** Random plain parameters of a list, with the query in JSON that means the same. */
import type { EventInput } from '@sealedlog/sdk/event'
import { randomFact, randomMoment, type Said, type SaidField } from '../../../sdk/test/query/random-trees.js'
import { oneIn, type Random, times } from '../../../sdk/test/query/support.js'
import type { Pair } from '../../dist/http/query-string.js'

const LONG_NAMES: { readonly [short: string]: string } = {
  actor: 'actor_id',
  email: 'actor_email',
  target: 'target_id',
  project: 'project_id',
  correlation: 'correlation_id',
  ip: 'ip_address',
}
/** The order in which the parameters of a list stand in its tree. */
const ORDER =
  'type actor_id actor_type actor_email target_id target_type project_id bucket outcome correlation_id ip_address'.split(
    ' ',
  )

/** Different parameters are all to hold; of a repeated one, any value. Of plain parameters, `type` alone knows prefixes. */
export function randomParameters(
  rnd: Random,
  events: readonly EventInput[],
): { readonly pairs: readonly Pair[]; readonly said: Said } {
  const facts = times(1 + rnd(4), () => randomFact(rnd, events)).filter(isSayable)
  const parts: Said[] = ORDER.flatMap((name) => {
    const values = facts.filter(({ field }) => (LONG_NAMES[field] ?? field) === name)
    return values.length === 0 ? [] : [{ or: values }]
  })
  const pairs = facts.map(pairOf)
  for (const [name, bound] of [
    ['since', 'gte'],
    ['until', 'lt'],
  ] as const) {
    if (!oneIn(rnd, 4)) continue
    const moment = randomMoment(rnd)
    if (name === 'until' && pairs.some(([said]) => said === 'since')) continue
    pairs.push([name, moment])
    parts.push({ field: 'occurred_at', [bound]: moment })
  }
  return parts.length === 0 ? randomParameters(rnd, events) : { pairs, said: { and: parts } }
}

const isSayable = ({ field, starts_with }: SaidField): boolean => starts_with === undefined || field === 'type'

const pairOf = ({ field, is, starts_with }: SaidField): Pair => [
  LONG_NAMES[field] ?? field,
  starts_with === undefined ? `${is}` : `${starts_with}*`,
]
