/** Counts for charts: parameters as the HTTP API names them, and the answer held against its shape. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../base/index.js'
import type { Field } from '../event/index.js'
import { type Filters, unexpected } from './lists.js'
import type { CallOptions } from './options.js'

/** What events are counted by: when they occurred, in UTC, or the values of a field. */
export type StatsBy = 'hour' | 'day' | Exclude<Field, 'tenant'>

export interface StatsParams extends Filters, CallOptions {
  /** `day` */
  readonly by?: StatsBy | undefined
  /** groups at most: 100 values, at most 1,000; 1,000 hours or days, at most 8,784 */
  readonly limit?: number | undefined
}

/** A group of events. */
export interface StatsGroup {
  /** the start of its hour or day (RFC 3339, UTC), or the value of the field */
  readonly key: string
  readonly count: number
}

/** How many events there are, exactly. */
export interface Stats {
  readonly by: StatsBy
  /** all that the filters match, in a group or in none */
  readonly total: number
  /** groups that hold any: hours and days ascending, values by count descending */
  readonly data: readonly StatsGroup[]
  /** whether there are earlier hours or days, or rarer values, that are not named */
  readonly has_more: boolean
}

export function readStats({ by, total, data, has_more }: JsonObject): Stats {
  if (typeof by === 'string' && typeof total === 'number' && typeof has_more === 'boolean' && isGroups(data))
    return { by: by as StatsBy, total, data, has_more }
  throw unexpected('What came are no counts.')
}

const isGroups = (data: unknown): data is readonly StatsGroup[] => isJsonArray(data) && data.every(isGroup)

const isGroup = (group: Json): boolean =>
  isJsonObject(group) && typeof group.key === 'string' && typeof group.count === 'number'
