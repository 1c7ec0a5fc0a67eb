/** Entries of the server's own, recorded while no server runs: the index hears of them at the next start. */
import { randomBytes } from 'node:crypto'
import { type EventInput, fillEvent, type LogAct, RESERVED_BUCKET, sealEvent } from '@sealedlog/sdk/event'
import type { LogStore, UnitAct } from '../store/index.js'

export interface OwnEntry {
  readonly event: EventInput
  /** what its leaf says that it does to the log */
  readonly said: LogAct
  /** what the store does in its commit */
  readonly done: UnitAct
}

/**
 * Records one.
 *
 * @returns the checkpoint that covers it
 * @throws AuditError as `LogStore.append` refuses it
 */
export async function recordOwn(
  store: Pick<LogStore, 'append'>,
  org: string,
  { event, said, done }: OwnEntry,
  nowMs: number,
): Promise<string> {
  const filled = fillEvent({ bucket: RESERVED_BUCKET, ...event }, nowMs, randomBytes)
  const [outcome] = await store.append([{ org, events: [sealEvent(filled, org, randomBytes, said)], act: done }])
  if (outcome === undefined) throw new Error('assertion failed: a unit has an outcome')
  if ('refused' in outcome) throw outcome.refused
  return outcome.checkpoint
}
