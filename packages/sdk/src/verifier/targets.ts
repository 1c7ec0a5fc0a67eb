/** What a target is: a server's address, a data folder, a bundle, or a file of evidence. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { AuditError } from '../base/index.js'
import { readBytes } from './files.js'
import { LOG_FILE } from './sqlite/open-database.js'

export type Target =
  | { readonly kind: 'server'; readonly url: string }
  | { readonly kind: 'data folder'; readonly folder: string }
  | { readonly kind: 'bundle'; readonly folder: string }
  | { readonly kind: 'evidence'; readonly path: string; readonly text: string }

const EVIDENCE_BYTES_MAX = 67_108_864

/**
 * Finds out what a target is, by what is in it.
 *
 * @throws AuditError `invalid_configuration` when it is none of the four
 * @example
 * await findTarget('./data') // { kind: 'data folder', folder: './data' }
 */
export async function findTarget(said: string): Promise<Target> {
  if (/^https?:\/\//i.test(said)) return { kind: 'server', url: readUrl(said) }
  const stat = statSync(said, { throwIfNoEntry: false })
  if (stat === undefined) throw none(said, 'there is no such folder or file')
  if (stat.isDirectory()) return findFolder(said)
  if (!stat.isFile()) throw none(said, 'it is neither a folder nor a regular file')
  return { kind: 'evidence', path: said, text: await readEvidence(said) }
}

function findFolder(folder: string): Target {
  if (existsSync(join(folder, LOG_FILE))) return { kind: 'data folder', folder }
  if (existsSync(join(folder, 'checkpoint'))) return { kind: 'bundle', folder }
  const near = ['data', 'bundle'].find((name) => existsSync(join(folder, name, LOG_FILE)))
  const hint = near === undefined ? '' : ` Did you mean ${join(folder, near)}?`
  throw none(folder, `it holds neither ${LOG_FILE} nor a checkpoint`, hint)
}

async function readEvidence(path: string): Promise<string> {
  const bytes = await readBytes(path, EVIDENCE_BYTES_MAX)
  const text = Buffer.from(bytes ?? []).toString('utf8')
  if (text.startsWith('SQLite format 3')) throw none(path, 'it is a database', ' Name the data folder that it is in.')
  if (text.trimStart().startsWith('{')) return text
  throw none(path, 'it is no JSON, so no file of evidence')
}

function readUrl(text: string): string {
  const url = URL.parse(text)
  if (url === null) throw none(text, 'it is no address')
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw new AuditError(
      'invalid_configuration',
      'The address is more than one. Leave out user, password, ? and #; the key goes into SEALEDLOG_KEY.',
    )
  return url.href.replace(/\/v1\/?$/, '').replace(/\/+$/, '')
}

const none = (said: string, why: string, hint = ''): AuditError =>
  new AuditError(
    'invalid_configuration',
    `${said} cannot be verified: ${why}.${hint} Expected a data folder, the folder of a bundle, a file of evidence or a server’s address.`,
  )
