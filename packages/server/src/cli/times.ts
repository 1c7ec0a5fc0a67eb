/** Times as people type them: RFC 3339, a day, or how long ago. */
import { formatTime, parseTime } from '@sealedlog/sdk/base'
import { spanMs } from '@sealedlog/sdk/query'
import { misused } from './connection.js'

/**
 * An instant as RFC 3339 text.
 *
 * @param direction −1 reads `7d` as seven days ago, 1 as seven days from now
 * @throws AuditError `invalid_configuration`
 */
export function readInstant(option: string, text: string, nowMs: number, direction: -1 | 1): string {
  const span = spanMs(text)
  const ms = span === undefined ? (parseTime(text) ?? parseTime(`${text}T00:00:00Z`)) : nowMs + direction * span
  if (ms !== undefined && ms >= 0) return formatTime(ms)
  throw misused(
    `${option} is ${JSON.stringify(text.slice(0, 60))}; expected 2026-11-20T09:12:21Z, 2026-11-20, or a span such as 7d, 24h or 30m.`,
  )
}
