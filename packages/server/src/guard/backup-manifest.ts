/** The manifest of a backup: what it holds, by which anyone can tell whether it is whole. */
import { AuditError, isJsonArray, isJsonObject, type Json, parseText } from '@sealedlog/sdk/base'

export const BACKUP_VERSION = 1
export const MANIFEST_FILE = 'manifest.json'

/** One log as it is in the backup. */
export interface BackedUpLog {
  readonly org: string
  readonly origin: string
  readonly size: number
  /** base64 */
  readonly root: string
  /** the signed note */
  readonly checkpoint: string
}

export interface BackupManifest {
  readonly v: typeof BACKUP_VERSION
  readonly object: 'backup'
  readonly made_at: string
  /** of the log's file */
  readonly schema: number
  readonly file: { readonly path: string; readonly bytes: number; readonly sha256: string }
  readonly organizations: readonly BackedUpLog[]
  /** whether signing.key and root.key lie beside it */
  readonly secrets: boolean
}

export const formatManifest = (manifest: BackupManifest): string => `${JSON.stringify(manifest, null, 2)}\n`

/** @throws AuditError `invalid_configuration` */
export function parseManifest(text: string): BackupManifest {
  const value = readJson(text)
  if (!isJsonObject(value) || value.object !== 'backup') throw malformed('it is not that of a backup')
  if (value.v !== BACKUP_VERSION)
    throw malformed(`its version is ${JSON.stringify(value.v)}; known is ${BACKUP_VERSION}`)
  const { file, organizations } = value
  if (!isJsonObject(file) || typeof file.sha256 !== 'string' || typeof file.bytes !== 'number')
    throw malformed('it names no file')
  if (!isJsonArray(organizations) || !organizations.every(isLog)) throw malformed('its organizations cannot be read')
  return value as unknown as BackupManifest
}

function isLog(value: Json): boolean {
  if (!isJsonObject(value)) return false
  const { org, origin, size, root } = value
  return typeof org === 'string' && typeof origin === 'string' && Number.isSafeInteger(size) && typeof root === 'string'
}

function readJson(text: string): Json {
  try {
    return parseText(text)
  } catch {
    throw malformed('it is not JSON')
  }
}

const malformed = (why: string): AuditError =>
  new AuditError('invalid_configuration', `${MANIFEST_FILE} cannot be used: ${why}. Was the backup finished?`)
