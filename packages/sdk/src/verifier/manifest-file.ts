/** The manifest of a bundle, held against the folder that it describes. */
import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AuditError } from '../base/index.js'
import { type Finding, type Manifest, MANIFEST_FILE, type ManifestFile } from '../verify/index.js'
import { digestOf, reasonOf } from './files.js'

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
  for (const file of manifest.files) {
    const found = await checkFile(folder, file)
    if (found) findings.push(found)
    onFile?.()
  }
  for await (const path of filesIn(folder, ''))
    if (path !== MANIFEST_FILE && !named.has(path))
      findings.push(finding(path, 'no such file', 'a file that the manifest does not name'))
  return findings.sort((a, b) => compare(a.where ?? '', b.where ?? ''))
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b))

async function checkFile(folder: string, { path, bytes, sha256 }: ManifestFile): Promise<Finding | undefined> {
  const found = await readDigest(join(folder, path))
  if (found === undefined) return finding(path, `a file of ${bytes} bytes`, 'no such file')
  // Whatever else is wrong with the log must not go unsaid for it.
  if (typeof found === 'string') return finding(path, `a file of ${bytes} bytes`, found)
  if (found.bytes !== bytes) return finding(path, `${bytes} bytes`, `${found.bytes} bytes`)
  return found.sha256 === sha256 ? undefined : finding(path, `SHA-256 ${sha256}`, `SHA-256 ${found.sha256}`)
}

async function readDigest(path: string): Promise<Awaited<ReturnType<typeof digestOf>> | string> {
  try {
    return await digestOf(path)
  } catch (error) {
    if (error instanceof AuditError) return error.message
    throw error
  }
}

const finding = (where: string, expected: string, found: string): Finding => ({
  check: 'files',
  where,
  expected,
  found,
})

/** The paths of all that is in a folder and is no folder, from it on, with forward slashes. */
async function* filesIn(folder: string, prefix: string): AsyncGenerator<string> {
  for (const entry of await entriesOf(join(folder, prefix))) {
    const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`
    if (entry.isDirectory()) yield* filesIn(folder, path)
    else yield path
  }
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (error) {
    throw new AuditError('storage_failed', `${folder} cannot be listed: ${reasonOf(error)}.`)
  }
}
