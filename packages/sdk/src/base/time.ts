/** Instants: RFC 3339 text in, Unix milliseconds inside, UTC with three fraction digits out. */

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/

/** The width of `formatTime`'s text: every instant that we write is this long. */
export const TIME_CHARS = 24

/** The last instant that fits the fixed width: 9999-12-31T23:59:59.999Z. */
export const TIME_MS_MAX = 253_402_300_799_999

/**
 * Unix milliseconds of an RFC 3339 date-time (§5.6), or undefined. Any offset; up to nine fraction
 * digits, of which the first three count; a leap second (:60) is the last millisecond before it ends.
 *
 * @example
 * parseTime('2026-11-20T10:12:21.123456+01:00') // 1795165941123
 */
export function parseTime(text: string): number | undefined {
  return parseFormatted(text) ?? parseAny(text)
}

/** `formatTime`'s own form, and no other. */
const FORMATTED = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** An instant in the form in which nearly all come; undefined where it takes more care. */
function parseFormatted(text: string): number | undefined {
  if (text.length !== TIME_CHARS || !FORMATTED.test(text)) return undefined
  const two = (at: number): number => text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 11 * DIGIT_ZERO
  const [year, month, day] = [two(0) * 100 + two(2), two(5), two(8)]
  const [hour, minute, second] = [two(11), two(14), two(17)]
  const isPlain = year >= 1970 && month >= 1 && month <= 12 && day >= 1 && hour < 24 && minute < 60 && second < 60
  if (!isPlain) return undefined
  const ms = Date.UTC(year, month - 1, day, hour, minute, second, two(20) * 10 + text.charCodeAt(22) - DIGIT_ZERO)
  return day <= 28 || new Date(ms).getUTCDate() === day ? ms : undefined
}

const DIGIT_ZERO = 48

function parseAny(text: string): number | undefined {
  const match = RFC3339.exec(text)
  if (match === null) return undefined
  const part = (i: number) => Number(match[i] ?? 0)
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map(part) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const leap = second === 60
  if (hour > 23 || minute > 59 || second > 60 || part(9) > 23 || part(10) > 59) return undefined
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  const fraction = leap ? 999 : Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'))
  date.setUTCHours(hour, minute, leap ? 59 : second, fraction)
  const offsetMinutes = (match[8] === '-' ? -1 : 1) * (part(9) * 60 + part(10))
  return date.getTime() - offsetMinutes * 60_000
}

/** The newest answer: a batch is stamped with one instant, and making its text costs as much as hashing it. */
let formatted = { ms: 0, text: new Date(0).toISOString() }

/** `2026-11-20T09:12:21.123Z`: 24 characters for every instant from 1970 to 9999. */
export function formatTime(ms: number): string {
  if (formatted.ms !== ms) formatted = { ms, text: new Date(ms).toISOString() }
  return formatted.text
}

/**
 * Whether a text that `parseTime` reads, and that says an instant from 1970 to 9999, is just what `formatTime` writes. A
 * leap second is not.
 */
export const isFormattedTime = (text: string): boolean =>
  text.length === TIME_CHARS && text[10] === 'T' && text[23] === 'Z' && text[17] !== '6'
