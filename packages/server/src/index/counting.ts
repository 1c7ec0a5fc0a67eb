/** The answer to a count: what a query holds for, by hours, by days, or by the values of a field. */
import type { Field } from '@sealedlog/sdk/event'
import { Effort, TooLong } from './algebra.js'
import { placeFrom } from './array-list.js'
import { type ChosenAmong, ChosenList, ChosenStretch, ChosenWalk, STEPS_A_LEAP } from './chosen.js'
import { ascendingGroups, largestGroups } from './groups.js'
import { COUNT_VALUES_MAX, type CountRequest, type Counts, TooMuchToCount } from './port.js'
import { type Span, rangeOfTimes, spanOf } from './range.js'
import type { Hours, Segment } from './segment.js'
import { type Walked, walkSegment } from './walk.js'

/** What a value of a field takes that is looked at, in steps. */
const STEPS_A_VALUE = 10

/** A leap into a list opens as many entries of it. */
const LEAP_ENTRIES = 128

const HOUR_MS = 3_600_000
const HOURS_A_DAY = 24

/**
 * Counts in the segments of one organization, in any order.
 *
 * @example
 * countSegments({ org: 'acme', query: EVERYTHING, by: 'day', limit: 31, covering: 0 }, [part, young])
 * @throws TooMuchToCount
 */
export function countSegments(request: CountRequest, segments: readonly Segment[]): Counts {
  const tally = new Tally(request)
  try {
    for (const segment of segments) tally.count(segment)
  } catch (error) {
    if (!(error instanceof TooLong)) throw error
    throw new TooMuchToCount('a count has taken as many steps as it may', { cause: error })
  }
  return tally.counts()
}

class Tally {
  readonly #request: CountRequest
  readonly #effort = new Effort()
  /** by the number of the hour or day since 1970, or by value */
  readonly #times = new Map<number, number>()
  readonly #values = new Map<string, number>()
  #total = 0
  #exact = true

  constructor(request: CountRequest) {
    this.#request = request
  }

  count(segment: Segment): void {
    const { query, by } = this.#request
    const span = spanOf(segment, rangeOfTimes(query))
    if (span.from === span.to) return
    const walked = walkSegment(query, segment, { ...span, backwards: false, effort: this.#effort })
    this.#exact &&= walked.exact
    if (walked.most === 0) return
    if (by === 'hour' || by === 'day') this.#countTimes(segment.hours(), walked, span)
    else this.#countValues(segment, this.#among(walked, span), by)
  }

  #among({ isAll, ordinals }: Walked, { from, to }: Span): ChosenAmong {
    return isAll ? new ChosenStretch(from, to) : new ChosenWalk(ordinals, to, this.#effort)
  }

  counts(): Counts {
    const { by, limit } = this.#request
    const rest = { total: this.#total, exact: this.#exact }
    if (by !== 'hour' && by !== 'day') return { ...rest, ...largestGroups(this.#values, limit) }
    return { ...rest, ...ascendingGroups(this.#times, limit, by === 'day' ? HOURS_A_DAY * HOUR_MS : HOUR_MS) }
  }

  #countTimes({ hours, firsts }: Hours, walked: Walked, span: Span): void {
    const { list } = walked
    this.#effort.spend(firsts.length * STEPS_A_LEAP)
    // a leap for each hour, where that is less than a walk
    const leaps = list !== undefined && firsts.length * LEAP_ENTRIES < list.count
    const chosen = leaps ? new ChosenList(list, span.from, span.to) : this.#among(walked, span)
    const hoursEach = this.#request.by === 'day' ? HOURS_A_DAY : 1
    this.#total += chosen.count
    let counted = 0
    for (let at = placeOf(firsts, span.from); counted < chosen.count; at++) {
      const below = chosen.below(firsts[at + 1] ?? span.to)
      if (below > counted) add(this.#times, Math.floor((hours[at] as number) / hoursEach), below - counted)
      counted = below
    }
  }

  #countValues(segment: Segment, chosen: ChosenAmong, field: Field): void {
    this.#total += chosen.count
    const known = segment.valuesFrom(field, '', COUNT_VALUES_MAX + 1)
    this.#effort.spend(known.length * STEPS_A_VALUE)
    let posted = 0
    for (const { value, list } of known) {
      const count = chosen.countOf(list, this.#effort)
      posted += count
      if (count > 0) add(this.#values, value, count)
    }
    // every entry is tenant-scoped or not, and one of the two is posted
    if (field === 'tenant' && posted < chosen.count) add(this.#values, 'no', chosen.count - posted)
    if (this.#values.size > COUNT_VALUES_MAX || known.length > COUNT_VALUES_MAX)
      throw new TooMuchToCount(`the field has more than ${COUNT_VALUES_MAX} values`)
  }
}

/** The hour in which an ordinal stands. */
const placeOf = (firsts: Uint32Array, ordinal: number): number => placeFrom(firsts, ordinal + 1) - 1

const add = <K>(counts: Map<K, number>, key: K, count: number): void => {
  counts.set(key, (counts.get(key) ?? 0) + count)
}
