/** Times as people type them: RFC 3339, a day, or how long ago. */
import { formatTime, parseTime } from '@sealedlog/sdk/base'
import { misused } from './connection.js'

const UNIT_MS: { readonly [unit: string]: number } = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** `7d`, `24h`, `90m`, `30s`, `2w` in milliseconds, or undefined. */
export function parseDuration(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? []
  return count === undefined || unit === undefined ? undefined : Number(count) * (UNIT_MS[unit] ?? 0)
}

/**
 * An instant as RFC 3339 text.
 *
 * @param direction −1 reads `7d` as seven days ago, 1 as seven days from now
 * @throws AuditError `invalid_configuration`
 */
export function readInstant(option: string, text: string, nowMs: number, direction: -1 | 1): string {
  const durationMs = parseDuration(text)
  const ms =
    durationMs === undefined ? (parseTime(text) ?? parseTime(`${text}T00:00:00Z`)) : nowMs + direction * durationMs
  if (ms !== undefined && ms >= 0) return formatTime(ms)
  throw misused(
    `${option} is ${JSON.stringify(text.slice(0, 60))}; expected 2026-11-20T09:12:21Z, 2026-11-20, or a span such as 7d, 24h or 30m.`,
  )
}
