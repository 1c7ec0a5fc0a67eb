/** The manifest of a bundle as a file: read strictly, and held against the folder that it describes. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AuditError, isJsonArray, isJsonObject, type Json, parseJsonText } from '../base/index.js'
import { isLogAct, type Redaction } from '../event/index.js'
import { type Finding, type Manifest, MANIFEST_VERSION, type ManifestFile } from '../verify/index.js'
import { digestOf } from './files.js'

export const MANIFEST_FILE = 'manifest.json'
/** A bundle of a hundred million entries has some 150 bytes for each of a million files. */
export const MANIFEST_BYTES_MAX = 400_000_000

const DEPTH_MAX = 8
/** Files that are hashed at the same time: a share answers each of them late. */
const FILES_AT_ONCE = 8
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

/**
 * Everything in which a folder differs from its manifest: files that are missing, cut, altered, or not named.
 *
 * @param onFile told of each file that was looked at
 */
export async function checkFiles(folder: string, manifest: Manifest, onFile?: () => void): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const named = new Set<string>()
  for (const { path } of manifest.files) {
    if (named.has(path)) findings.push(finding(path, 'one line in the manifest', 'two'))
    named.add(path)
  }
  const queue = manifest.files.values()
  const work = async (): Promise<void> => {
    for (const file of queue) {
      const found = await checkFile(folder, file)
      if (found) findings.push(found)
      onFile?.()
    }
  }
  await Promise.all(Array.from({ length: FILES_AT_ONCE }, work))
  for await (const path of filesIn(folder, ''))
    if (path !== MANIFEST_FILE && !named.has(path))
      findings.push(finding(path, 'no such file', 'a file that the manifest does not name'))
  return findings.sort((a, b) => compare(a.where ?? '', b.where ?? ''))
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b))

async function checkFile(folder: string, { path, bytes, sha256 }: ManifestFile): Promise<Finding | undefined> {
  const found = await digestOf(join(folder, path))
  if (found === undefined) return finding(path, `a file of ${bytes} bytes`, 'no such file')
  if (found.bytes !== bytes) return finding(path, `${bytes} bytes`, `${found.bytes} bytes`)
  return found.sha256 === sha256 ? undefined : finding(path, `SHA-256 ${sha256}`, `SHA-256 ${found.sha256}`)
}

const finding = (where: string, expected: string, found: string): Finding => ({
  check: 'files',
  where,
  expected,
  found,
})

/** The paths of all that is in a folder and is no folder, from it on, with forward slashes. */
async function* filesIn(folder: string, prefix: string): AsyncGenerator<string> {
  for (const entry of await readdir(join(folder, prefix), { withFileTypes: true })) {
    const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`
    if (entry.isDirectory()) yield* filesIn(folder, path)
    else yield path
  }
}
