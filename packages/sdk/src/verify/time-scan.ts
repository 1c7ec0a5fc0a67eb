/** Instants as leaves write them: `2026-11-20T09:12:21.123Z`, UTC, in 24 bytes. */
import { formatTime, parseTime, TIME_CHARS } from '../base/index.js'

/** Where digits stand; the rest is punctuation. */
const PATTERN = '0000-00-00T00:00:00.000Z'
const ZERO = 48
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Whether an instant of that form stands in some bytes, and is one. */
export function isTimeAt(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < TIME_CHARS; i++) {
    const byte = bytes[at + i] ?? 0
    const expected = PATTERN.charCodeAt(i)
    if (expected === ZERO ? byte < ZERO || byte > ZERO + 9 : byte !== expected) return false
  }
  const month = twoDigits(bytes, at + 5)
  const day = twoDigits(bytes, at + 8)
  if (month < 1 || month > 12 || day < 1) return false
  // The rare day of a leap year is left to the calendar.
  if (day > (DAYS[month - 1] ?? 0)) return isTime(String.fromCharCode(...bytes.subarray(at, at + TIME_CHARS)))
  return twoDigits(bytes, at + 11) < 24 && twoDigits(bytes, at + 14) < 60 && twoDigits(bytes, at + 17) < 60
}

/** The same of a text. */
export function isTime(text: string): boolean {
  const ms = text.length === TIME_CHARS ? parseTime(text) : undefined
  return ms !== undefined && formatTime(ms) === text
}

const twoDigits = (bytes: Uint8Array, at: number): number =>
  10 * ((bytes[at] ?? 0) - ZERO) + (bytes[at + 1] ?? 0) - ZERO
