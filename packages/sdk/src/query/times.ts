/** Times in queries: an instant, a day, or a span back from now; each read once, kept in one spelling, resolved when asked. */
import { formatTime, parseTime, TIME_MS_MAX } from '../base/index.js'

const UNIT_MS: { readonly [unit: string]: number } = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}
const DAY_MS = 86_400_000
const SECOND_MS = 1_000
/** 0001-01-01: what comes before has no RFC 3339 text. */
export const TIME_MS_MIN = -62_135_596_800_000

/** What a time in a query covers: from its first millisecond up to the first that is past it. */
export interface Moment {
  /** as trees keep it: `2026-11-20T00:00:00.000Z`, or a span such as `7d` */
  readonly start: string
  /** the same for a span, which is a point */
  readonly end: string
}

/**
 * Reads `2026-11-20T09:12:21Z` (that second; with a fraction, that millisecond), `2026-11-20` (that day in UTC) or a
 * span back from now: `30s`, `90m`, `24h`, `7d`, `2w`. Undefined for anything else.
 *
 * @example
 * readMoment('2026-11-20') // { start: '2026-11-20T00:00:00.000Z', end: '2026-11-21T00:00:00.000Z' }
 */
export function readMoment(text: string): Moment | undefined {
  if (spanMs(text) !== undefined) return { start: text, end: text }
  const dayMs = parseTime(`${text}T00:00:00Z`)
  if (dayMs !== undefined) return momentOf(dayMs, DAY_MS)
  const ms = parseTime(text)
  return ms === undefined ? undefined : momentOf(ms, /\d\.\d/.test(text) ? 1 : SECOND_MS)
}

function momentOf(startMs: number, lengthMs: number): Moment | undefined {
  const endMs = startMs + lengthMs
  if (startMs < TIME_MS_MIN || startMs > TIME_MS_MAX) return undefined
  return { start: formatTime(startMs), end: formatTime(Math.min(endMs, TIME_MS_MAX)) }
}

/** `7d` in milliseconds, or undefined. */
export function spanMs(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? []
  return count === undefined || unit === undefined ? undefined : Number(count) * (UNIT_MS[unit] ?? 0)
}

/** Unix milliseconds of a time as trees keep it. */
export const timeMs = (time: string, nowMs: number): number => {
  const span = spanMs(time)
  return span === undefined ? (parseTime(time) ?? Number.NaN) : nowMs - span
}

/** The shortest text that starts at the same millisecond: `2026-11-20`, `2026-11-20T09:12:21Z`, `7d`. */
export const shortTime = (time: string): string =>
  time.replace(/(?:T00:00:00)?\.000Z$/, (cut) => (cut[0] === 'T' ? '' : 'Z'))
