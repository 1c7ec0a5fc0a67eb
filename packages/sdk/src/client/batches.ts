/** Batches: many events cut into requests that the server takes. */
import { encodeUtf8 } from '../base/index.js'
import { BOUNDS } from '../event/index.js'
import type { OutgoingEvent } from './event-said.js'

/**
 * Cuts events into batches of one organization each, in order. An event that is too long for any batch stands alone, for
 * the server to refuse.
 */
export async function* cut(
  events: Iterable<OutgoingEvent> | AsyncIterable<OutgoingEvent>,
): AsyncGenerator<readonly OutgoingEvent[], void, undefined> {
  let batch: OutgoingEvent[] = []
  let bytes = 0
  for await (const event of events) {
    const length = lineLength(event)
    const isFull = batch.length === BOUNDS.BATCH_EVENTS_MAX || bytes + length > BOUNDS.BATCH_BYTES_MAX
    if (batch.length > 0 && (isFull || batch[0]?.org !== event.org)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(event)
    bytes += length
  }
  if (batch.length > 0) yield batch
}

/** NDJSON, one event a line. */
export const formatBatch = (batch: readonly OutgoingEvent[]): string => batch.map(({ text }) => `${text}\n`).join('')

const lineLength = ({ text }: OutgoingEvent): number => encodeUtf8(text).length + 1
