/** Entries of the server's own under ids that follow from what they say: said again, they are there already. */
import { AuditError } from '@sealedlog/sdk/base'
import { type EventInput, RESERVED_BUCKET } from '@sealedlog/sdk/event'
import type { AuditLog, OwnReceipt } from '../audit-log.js'

/** So often is another id tried where a caller’s event has it. */
const IDS_MAX = 20

/**
 * Records an entry of the server's own unless one of this id is there. What it says is not compared: who said it first,
 * at which request, stands. Callers choose the ids of their events: one that has this id is no reason to say nothing, so
 * the next is taken (`<id>.2`, …).
 *
 * @throws AuditError as `AuditLog.recordOwn`
 */
export async function sayOnce(
  log: AuditLog,
  org: string,
  id: string,
  event: EventInput,
): Promise<{ readonly index: number }> {
  for (let n = 1; n <= IDS_MAX; ) {
    const each = n === 1 ? id : `${id}.${n}`
    const found = await log.find(org, each)
    if (found?.event.bucket === RESERVED_BUCKET) return found.event
    if (found !== undefined) n++
    else {
      const receipt = await recordNew(log, org, { ...event, id: each })
      if (receipt) return receipt
    }
  }
  return log.recordOwn(org, event)
}

/** Undefined where somebody recorded the id since it was looked for: then it is looked at again. */
async function recordNew(log: AuditLog, org: string, event: EventInput): Promise<OwnReceipt | undefined> {
  try {
    return await log.recordOwn(org, event)
  } catch (error) {
    if (error instanceof AuditError && error.code === 'event_conflict') return undefined
    throw error
  }
}
