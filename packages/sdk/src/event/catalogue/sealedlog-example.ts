/** How the examples of Sealedlog's own rows are made: native events, as the server says them. */
import { formatTime, type JsonObject, newEventId, parseTime } from '../../base/index.js'
import { steadyNumber } from './steady.js'

/** A native event as the server says it: the id carries the time, its other bits follow from the type. */
export function sealedlogExample(type: string, said: string, rest: JsonObject): JsonObject {
  const ms = parseTime(said) ?? 0
  const random = (length: number) => Uint8Array.from({ length }, (_, i) => steadyNumber(`${type}/${i}`, 256))
  const id = newEventId(ms, random)
  return { id, type, occurred_at: formatTime(ms), outcome: 'success', bucket: 'sealedlog', ...rest }
}
