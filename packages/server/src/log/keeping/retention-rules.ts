/** For how long entries are kept: an organization's own rules, by bucket. Pure. */
import { AuditError, didYouMean, isJsonObject, type Json } from '@sealedlog/sdk/base'
import { BOUNDS, KIND_PATTERN, RESERVED_BUCKET } from '@sealedlog/sdk/event'

/** Days after which an entry's disclosures are erased; null is for ever. */
type Days = number | null

export interface RetentionRules {
  /** of buckets that are not named */
  readonly default_days: Days
  readonly buckets: { readonly [bucket: string]: Days }
}

export const KEPT_FOR_EVER: RetentionRules = { default_days: null, buckets: {} }

/** The days of a bucket. The server's own entries account for the others: they stay unless their bucket is named. */
export function daysOf({ default_days, buckets }: RetentionRules, bucket: string): Days {
  if (Object.hasOwn(buckets, bucket)) return buckets[bucket] ?? null
  return bucket === RESERVED_BUCKET ? null : default_days
}

/** Every number of days after which something is erased, each once, ascending. */
export function agesOf({ default_days, buckets }: RetentionRules): readonly number[] {
  const ages = [default_days, ...Object.values(buckets)].filter((days) => days !== null)
  return [...new Set(ages)].sort((a, b) => a - b)
}

const MEMBERS = ['default_days', 'buckets']

/**
 * Rules as they are asked for. `null`, like a member that is left out, is for ever.
 *
 * @throws AuditError `invalid_retention`
 * @example
 * readRetention({ default_days: 365, buckets: { billing: 3650, legal: null } })
 */
export function readRetention(body: Json): RetentionRules {
  if (!isJsonObject(body))
    throw refused('Retention is a JSON object: {"default_days": 365, "buckets": {"legal": null}}.')
  const unknown = Object.keys(body).find((member) => !MEMBERS.includes(member))
  if (unknown !== undefined)
    throw refused(
      `Retention has no member ${JSON.stringify(unknown.slice(0, 60))}.${didYouMean(unknown, MEMBERS) || ` Known: ${MEMBERS.join(', ')}.`}`,
    )
  const { default_days = null, buckets = {} } = body
  if (!isJsonObject(buckets)) throw refused('buckets must be an object of days by bucket: {"billing": 3650}.')
  // In one order: the same rules are the same text.
  const named = Object.entries(buckets).sort(([a], [b]) => (a < b ? -1 : 1))
  if (named.length > BOUNDS.RETENTION_BUCKETS_MAX)
    throw refused(`buckets names more than ${BOUNDS.RETENTION_BUCKETS_MAX} (limit RETENTION_BUCKETS_MAX).`)
  return {
    default_days: readDays('default_days', default_days),
    buckets: Object.fromEntries(
      named.map(([bucket, days]) => [readBucket(bucket), readDays(`buckets.${bucket}`, days)]),
    ),
  }
}

function readBucket(bucket: string): string {
  if (KIND_PATTERN.test(bucket) && bucket.length <= BOUNDS.KIND_CHARS_MAX) return bucket
  throw refused(
    `${JSON.stringify(bucket.slice(0, 64))} is no bucket: 1 to ${BOUNDS.KIND_CHARS_MAX} letters, digits and _ . : - (limit KIND_CHARS_MAX).`,
  )
}

function readDays(where: string, days: Json): Days {
  if (days === null) return null
  if (typeof days === 'number' && Number.isInteger(days) && days >= 1 && days <= BOUNDS.RETENTION_DAYS_MAX) return days
  throw refused(
    `${where} must be a whole number of days from 1 to ${BOUNDS.RETENTION_DAYS_MAX}, or null for ever (limit RETENTION_DAYS_MAX).`,
  )
}

const refused = (message: string): AuditError => new AuditError('invalid_retention', message)
