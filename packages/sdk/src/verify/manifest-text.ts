/** The manifest of a bundle as text, read strictly. */
import { AuditError, isJsonArray, isJsonObject, type Json, parseJsonText } from '../base/index.js'
import { isLogAct, type Redaction } from '../event/index.js'
import { type Manifest, MANIFEST_VERSION, type ManifestFile } from './manifest.js'

export const MANIFEST_FILE = 'manifest.json'

const DEPTH_MAX = 8
const PATH = /^(?:[A-Za-z0-9][A-Za-z0-9._-]*\/)*[A-Za-z0-9][A-Za-z0-9._-]*$/
const SHA256 = /^[0-9a-f]{64}$/

/**
 * Reads a manifest.
 *
 * @throws AuditError `invalid_export`, or `unsupported_version` for a version from the future
 */
export function parseManifestFile(text: string): Manifest {
  const value = readJson(text)
  if (!isJsonObject(value)) throw malformed('it is not an object')
  if (value['v'] !== MANIFEST_VERSION)
    throw new AuditError(
      'unsupported_version',
      `A bundle of version ${JSON.stringify(value['v'])}; known is ${MANIFEST_VERSION}. Use a newer verifier.`,
    )
  const { org, origin, size, made_at, entries, withheld, files, counts } = value
  if (typeof org !== 'string' || typeof origin !== 'string' || typeof made_at !== 'string')
    throw malformed('org, origin or made_at is no text')
  if (!isCount(size)) throw malformed('its size is no size')
  if (entries !== undefined && !areRanges(entries)) throw malformed('its entries are no ascending ranges')
  if (!isJsonArray(withheld) || (withheld.length > 0 && !isLogAct({ redacts: withheld })))
    throw malformed('what it withholds is not said in ranges of groups')
  if (!isJsonArray(files) || !files.every(isManifestFile))
    throw malformed('a file is not told by path, bytes and sha256')
  return {
    v: MANIFEST_VERSION,
    org,
    origin,
    size,
    made_at,
    ...(entries === undefined ? {} : { entries: entries as unknown as NonNullable<Manifest['entries']> }),
    withheld: withheld as unknown as readonly Redaction[],
    counts: (counts ?? {}) as unknown as Manifest['counts'],
    files: files as unknown as readonly ManifestFile[],
  }
}

function readJson(text: string): Json {
  try {
    return parseJsonText(text, { depthMax: DEPTH_MAX })
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : String(error))
  }
}

const isCount = (value: Json | undefined): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** The form of a redaction's ranges. */
const areRanges = (entries: Json): boolean => isLogAct({ redacts: [{ groups: ['*'], ranges: entries }] })

function isManifestFile(value: Json): boolean {
  if (!isJsonObject(value)) return false
  const { path, bytes, sha256 } = value
  return (
    typeof path === 'string' && PATH.test(path) && isCount(bytes) && typeof sha256 === 'string' && SHA256.test(sha256)
  )
}

const malformed = (why: string): AuditError =>
  new AuditError('invalid_export', `${MANIFEST_FILE} cannot be read: ${why}. Take the copy again.`)
