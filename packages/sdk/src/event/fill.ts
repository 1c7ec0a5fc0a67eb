/** Filling in: what the server adds where a caller said nothing. */
import { newEventId, type RandomBytes } from '../base/index.js'
import { rowOf } from './catalogue/index.js'
import type { EventInput, FilledEvent } from './types.js'

export const DEFAULT_BUCKET = 'default'

/**
 * An event with `id`, `bucket` and `outcome`. `occurred_at` stays absent where nobody said it: it becomes
 * `recorded_at`, which only the log's writer knows.
 *
 * @example
 * fillEvent({ type: 'login.failed' }, Date.now(), randomBytes).outcome // 'failure'
 */
export function fillEvent(said: EventInput, nowMs: number, random: RandomBytes): FilledEvent {
  return {
    ...said,
    id: said.id ?? newEventId(nowMs, random),
    bucket: said.bucket ?? DEFAULT_BUCKET,
    outcome: said.outcome ?? rowOf(said.type)?.outcome ?? 'success',
  }
}
