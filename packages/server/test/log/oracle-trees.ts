/** Random trees of two sorts: those that the index decides alone, and those for which events are read and looked at. */
import { formatTime } from '@sealedlog/sdk/base'
import { randomFact, randomSaid, type Said, type SaidCondition } from '../../../sdk/test/query/random-trees.js'
import { NOW_MS, oneIn, type Random } from '../../../sdk/test/query/support.js'
import type { OracleWorld } from './oracle-world.js'

const FREE = new Set(['actor', 'actor_id', 'target', 'target_id', 'project', 'project_id'])
const PLAIN = new Set([
  ...FREE,
  ...'type actor_type email actor_email target_type bucket outcome correlation correlation_id'.split(' '),
  ...'ip ip_address occurred_at'.split(' '),
])

/** Prefixes of fields with many values may be left to the events. */
const isDecided = (said: SaidCondition): boolean =>
  'field' in said && PLAIN.has(said.field) && !(FREE.has(said.field) && said.starts_with !== undefined)

function decides(said: Said): boolean {
  if ('and' in said) return said.and.every(decides)
  if ('or' in said) return said.or.every(decides)
  return 'not' in said ? decides(said.not) : isDecided(said)
}

/** A tree that facts and times decide. */
export function decidedTree(rnd: Random, world: OracleWorld): Said {
  for (;;) {
    const said = randomSaid(rnd, world.events)
    if (decides(said)) return said
  }
}

/** One in so many is asked of the whole log; the others of a part of it, or a run would take an hour. */
const WHOLE = 40
const HOUR_MS = 3_600_000

/** A tree that something else decides. */
export function undecidedTree(rnd: Random, world: OracleWorld): Said {
  for (;;) {
    const said = randomSaid(rnd, world.events)
    if (!decides(said)) return oneIn(rnd, WHOLE) ? said : { and: [narrow(rnd, world), said] }
  }
}

/** A few hundred events at most: some hours, or one value and some days. */
function narrow(rnd: Random, world: OracleWorld): Said {
  const fromMs = NOW_MS - rnd(12 * 24) * HOUR_MS
  const window = (hours: number): Said => ({
    field: 'occurred_at',
    gte: formatTime(fromMs),
    lt: formatTime(fromMs + (1 + rnd(hours)) * HOUR_MS),
  })
  const fact = randomFact(rnd, world.events)
  return oneIn(rnd, 2) || !isDecided(fact) ? window(12) : { and: [window(72), fact] }
}
