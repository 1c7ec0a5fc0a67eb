/**
 * Restoring a backup: what was erased since is erased again, and what was lost since is said, before anything is served.
 *
 * All of it happens in a folder of its own inside the data folder, on the same disk: until the last step, which moves
 * files by their names, the data folder is as it was. What is replaced is moved aside and never deleted.
 */
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AuditError, formatTime } from '@sealedlog/sdk/base'
import {
  type LogHead,
  LOG_FILE,
  lockFolder,
  openLogReader,
  seedFingerprint,
  type Signer,
  SqliteStore,
} from '../store/index.js'
import { type BackupManifest, MANIFEST_FILE, parseManifest } from './backup-manifest.js'
import { checkRoom, hashFile, type OnStep } from './files.js'
import { canStartOver, type LogFinding } from './finding.js'
import { toMark } from './keeper.js'
import type { KnownMarks, Mark, MarkedRedaction } from './marks.js'
import { moveIn } from './move-in.js'
import { type KeyOf, type SigningOptions, signerOf } from './own-key.js'
import { listHeads } from './read-store.js'
import { type Reapplied, reapply, redactionsBeyond, sharedEntries } from './reapply.js'
import { openLogRows } from './sqlite/log-rows.js'
import { readFacts } from './sqlite/copy.js'
import { MarksFile } from './sqlite/marks-file.js'
import { checkStart } from './start-checks.js'
import { marksOf, type StartedOver, startOver } from './start-over.js'

export interface RestoreOptions extends SigningOptions {
  /** the folder of the backup */
  readonly backup: string
  /** the data folder; made if it does not exist */
  readonly data: string
  /** whether a log that is there may be moved aside */
  readonly replace: boolean
  /** whether what is lost since may be lost */
  readonly startOver: boolean
  /** the file of the marks; false for none */
  readonly marks: string | false
  /** secrets that stay where they are, or come along: names of files */
  readonly secrets: readonly string[]
  /** verifies the logs of a folder, before it is put in its place; throws where one does not hold */
  readonly verify: (folder: string) => Promise<void>
  readonly nowMs: () => number
  readonly onStep?: OnStep
}

interface Restoring extends RestoreOptions {
  readonly signer: Signer
}

export interface RestoreReport {
  readonly manifest: BackupManifest
  readonly entries: number
  readonly organizations: number
  readonly startedOver: readonly StartedOver[]
  readonly reapplied: readonly Reapplied[]
  /** where the log is now that was there before */
  readonly aside: string | undefined
  /** what could not be done, and is no reason not to restore */
  readonly warnings: readonly string[]
}

/**
 * Restores a backup. When it throws, the data folder is as it was.
 *
 * @throws AuditError `rollback_detected` with what would be lost; `invalid_configuration`; `data_folder_in_use`;
 * `signing_key_mismatch`; `proof_failed`; `storage_failed`; whatever `verify` throws
 */
export async function restore(asked: RestoreOptions): Promise<RestoreReport> {
  const { data, replace } = asked
  const options: Restoring = { ...asked, signer: await signerOf(asked) }
  const manifest = await checkBackup(options)
  const isThere = existsSync(join(data, LOG_FILE))
  if (isThere && !replace)
    throw new AuditError(
      'invalid_configuration',
      `${data} holds a log. Name another folder, or say --replace: what is there is then moved aside, not deleted.`,
    )
  const lock = lockFolder(data)
  const staging = join(data, `restoring-${process.pid}`)
  try {
    await mkdir(staging, { mode: 0o700 })
    return await restoreInto(staging, manifest, isThere, options)
  } finally {
    await rm(staging, { recursive: true, force: true })
    lock.release()
  }
}

async function restoreInto(
  staging: string,
  manifest: BackupManifest,
  isThere: boolean,
  options: Restoring,
): Promise<RestoreReport> {
  const { backup, data, seed, signerModule, secrets, verify, nowMs } = options
  const copy = join(staging, LOG_FILE)
  await checkRoom(staging, manifest.file.bytes)
  await copyFile(join(backup, LOG_FILE), copy)
  const warnings: string[] = []
  const known = await gather(manifest, isThere, options, warnings)
  const store = await SqliteStore.open({ folder: staging, seed, nowMs, ...(signerModule && { signerModule }) })
  let done: { readonly startedOver: readonly StartedOver[]; readonly reapplied: readonly Reapplied[] }
  let heads: readonly LogHead[]
  try {
    done = await bringUp(store, copy, known, options)
    heads = await listHeads(store)
  } finally {
    await store.close()
  }
  await verify(staging)
  const stamp = formatTime(nowMs()).replaceAll(/[^0-9TZ]/g, '')
  const aside = isThere ? join(data, `replaced-${stamp}`) : undefined
  await moveIn({ staging, data, aside, backup, secrets })
  writeMarks(options, heads, done, known, warnings)
  return {
    manifest,
    entries: heads.reduce((sum, { size }) => sum + size, 0),
    organizations: heads.length,
    ...done,
    aside,
    warnings,
  }
}

async function checkBackup({ backup, signer, onStep = () => undefined }: Restoring): Promise<BackupManifest> {
  const path = join(backup, MANIFEST_FILE)
  if (!existsSync(path))
    throw new AuditError(
      'invalid_configuration',
      `${backup} is no backup that was finished: it has no ${MANIFEST_FILE}.`,
    )
  const manifest = parseManifest(await readFile(path, 'utf8'))
  const { bytes, sha256 } = manifest.file
  const file = join(backup, LOG_FILE)
  const found = existsSync(file) ? await hashFile(file, (done) => onStep('hashed', done, bytes)) : 'no file'
  if (found !== sha256)
    throw new AuditError(
      'proof_failed',
      `${file} is not what its manifest says: expected SHA-256 ${sha256}, found ${found}. Take another backup; nothing was changed.`,
    )
  const { fingerprint } = signer
  const { seed = fingerprint } = readFacts(file)
  // A signer without a fingerprint is known by its keys, when the logs are checked.
  if (fingerprint !== undefined && seed !== fingerprint)
    throw new AuditError(
      'signing_key_mismatch',
      'The backup was signed with another signing key than the one given. Put its signing.key into the data folder, or set SEALEDLOG_SIGNING_SEED, or name its --signer; nothing was changed.',
    )
  return manifest
}

/** What is known of the logs besides the backup: by the marks, and by the data folder that is replaced. */
async function gather(
  manifest: BackupManifest,
  isThere: boolean,
  { data, marks: path, seed }: RestoreOptions,
  warnings: string[],
): Promise<KnownMarks> {
  const kept = readMarks(path, seed, warnings)
  if (!isThere) return kept
  try {
    const store = openLogReader(join(data, LOG_FILE))
    try {
      const sizes = new Map(manifest.organizations.map(({ org, size }) => [org, size]))
      const redactions = await redactionsBeyond(store, sizes)
      return { marks: newestOf(kept.marks, await listHeads(store)), redactions: [...kept.redactions, ...redactions] }
    } finally {
      await store.close()
    }
  } catch (error) {
    warnings.push(`The log that is replaced could not be read (${String(error)}): what it knew was not looked at.`)
    return kept
  }
}

function readMarks(path: string | false, seed: Uint8Array, warnings: string[]): KnownMarks {
  const none: KnownMarks = { marks: [], redactions: [] }
  if (path === false || !existsSync(path)) {
    warnings.push('There are no marks: whether this is the newest state, and what was erased since, was not checked.')
    return none
  }
  const file = new MarksFile(path, seedFingerprint(seed))
  try {
    return file.read()
  } finally {
    file.close()
  }
}

/** Marks as if those of the replaced logs had been written to the last: a mark may lag, and its log knows better. */
function newestOf(marks: readonly Mark[], heads: readonly LogHead[]): readonly Mark[] {
  const byOrigin = new Map(marks.map((mark) => [mark.origin, mark]))
  for (const { org, checkpoint } of heads) {
    const mark = toMark(org, checkpoint)
    const known = byOrigin.get(mark.origin)
    if (known && known.size >= mark.size) continue
    const { continuedBy, continuedAt, updatedAtMs } = known ?? { continuedBy: null, continuedAt: null, updatedAtMs: 0 }
    byOrigin.set(mark.origin, { ...mark, continuedBy, continuedAt, updatedAtMs })
  }
  return [...byOrigin.values()]
}

/** Says what is lost, and erases again, in the copy. */
async function bringUp(
  store: SqliteStore,
  path: string,
  { marks, redactions }: KnownMarks,
  { signer, nowMs, startOver: mayStartOver }: Restoring,
): Promise<Pick<RestoreReport, 'startedOver' | 'reapplied'>> {
  const keyOf: KeyOf = (origin, generation) => signer.keyOf(origin, generation)
  const before = await listHeads(store)
  const findings = await findWrong(store, path, marks, keyOf)
  refuse(findings, mayStartOver)
  const startedOver: StartedOver[] = []
  for (const finding of findings) startedOver.push(await startOver(store, finding, nowMs()))
  const reapplied: Reapplied[] = []
  for (const head of before) {
    const again = await reapply(store, head.org, concerning(head, marks, redactions), nowMs())
    if (again) reapplied.push(again)
  }
  return { startedOver, reapplied }
}

async function findWrong(
  store: SqliteStore,
  path: string,
  marks: readonly Mark[],
  keyOf: KeyOf,
): Promise<readonly LogFinding[]> {
  const { rows, close } = openLogRows(path)
  try {
    return (await checkStart({ store, keyOf, marks, rows })).findings
  } finally {
    close()
  }
}

function concerning(
  head: LogHead,
  marks: readonly Mark[],
  redactions: readonly MarkedRedaction[],
): readonly (MarkedRedaction & { readonly below: number })[] {
  const shared = sharedEntries(head, marks)
  return redactions.flatMap((redaction) => {
    const below = shared.get(redaction.origin)
    return below === undefined ? [] : [{ ...redaction, below }]
  })
}

/** @throws AuditError `proof_failed` for a copy that nobody should go on with, `rollback_detected` for one that is older */
function refuse(findings: readonly LogFinding[], mayStartOver: boolean): void {
  const broken = findings.filter((finding) => !canStartOver(finding) || finding.kind === 'fork')
  if (broken.length > 0)
    throw new AuditError(
      'proof_failed',
      `The backup cannot be gone on with. ${named(broken)} ${broken.some(({ kind }) => kind === 'checkpoint') ? SIGNER_HINT : ''}Nothing was changed.`,
    )
  if (findings.length === 0 || mayStartOver) return
  throw new AuditError(
    'rollback_detected',
    `The backup is older than what was there, and entries would be lost. ${named(findings)} Restore a newer backup; if there is none, say --start-over: these logs then go on under a new origin, and say so in an entry. Nothing was changed.`,
  )
}

const SIGNER_HINT = 'Where `serve` has a --signer, it is named here too. '
const NAMED_MAX = 20

function named(findings: readonly LogFinding[]): string {
  const shown = findings.slice(0, NAMED_MAX).map(({ org, what }) => `"${org}": ${what}`)
  const more = findings.length - shown.length
  return more === 0 ? shown.join(' ') : `${shown.join(' ')} And ${more} more.`
}

/** Not before the data folder is as the marks will say it is. */
function writeMarks(
  { marks: path, seed, nowMs }: RestoreOptions,
  heads: readonly LogHead[],
  { startedOver }: Pick<RestoreReport, 'startedOver'>,
  known: KnownMarks,
  warnings: string[],
): void {
  if (path === false) return
  try {
    const file = new MarksFile(path, seedFingerprint(seed))
    try {
      const { marks, continued = [] } = marksOf(startedOver, known.marks)
      const current = heads.filter(({ size }) => size > 0).map(({ org, checkpoint }) => toMark(org, checkpoint))
      file.write({ marks: [...known.marks, ...marks, ...current], redactions: known.redactions, continued }, nowMs())
    } finally {
      file.close()
    }
  } catch (error) {
    warnings.push(`The marks could not be written (${String(error)}). Start-over is confirmed again at the next start.`)
  }
}
