/** Rotating the key with which a log is signed: announced by an entry of that log, in whose commit it is done. */
import type { LogKey, LogStore } from '../../store/index.js'
import type { AuditLog } from '../audit-log.js'
import type { By, InstanceLog } from './instance-log.js'
import type { Standing } from './standing.js'

export interface Rotated {
  /** the new key, as the log's history has it */
  readonly key: LogKey
  /** covers the entry that announces it; signed with the new key, and with the one before it */
  readonly checkpoint: string
}

export interface RotationParts {
  readonly log: AuditLog
  readonly store: LogStore
  readonly standing: Standing
  readonly instance: InstanceLog
}

/**
 * Rotates to the next key. Of two that do it at once, one does, and the other is refused: each names the key that it
 * brings, and a log takes only the next one.
 *
 * @throws AuditError `organization_not_found`, `organization_closed`, `revision_mismatch`, or as `AuditLog.recordOwn`
 */
export async function rotateKey(parts: RotationParts, org: string, by: By): Promise<Rotated> {
  const { log, store, standing, instance } = parts
  standing.checkOpen(org)
  const { generation, vkey } = await store.nextKey(org)
  const { checkpoint } = await log.recordOwn(
    org,
    { type: 'log.key_rotated', ...by, details: { generation, vkey } },
    { said: { key_rotated: { generation, vkey } }, done: { rotatesTo: generation } },
  )
  const key = (await store.keys(org)).find((each) => each.vkey === vkey)
  if (key === undefined) throw new Error(`assertion failed: the log of ${org} has the key that it rotated to`)
  await instance.signingKeyRotated(org, key, by)
  return { key, checkpoint }
}
