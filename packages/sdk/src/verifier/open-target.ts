/** A target, opened: the logs that it holds, each with what reads it, and what else there is to check of it. */
import { realpathSync } from 'node:fs'
import { AuditError } from '../base/index.js'
import { isAboutBytes, type LogSource, type Manifest, type VerifyReport } from '../verify/index.js'
import { BundleSource } from './bundle-source.js'
import { checkRows } from './check-rows.js'
import { HttpServer } from './http-source.js'
import { checkFiles } from './manifest-file.js'
import type { Place } from './memory.js'
import { filesCheck, type OtherCheck } from './other-check.js'
import { formatCounted } from './screen.js'
import type { Target } from './targets.js'
import type { ThreadSource } from './thread-messages.js'

/** One log of a target. */
export interface OpenedLog {
  readonly source: LogSource
  /** where it was named, or the target says whose it is */
  readonly org?: string
  /** what a thread opens to read it */
  readonly threadSource: ThreadSource
  /** where it should be found again: a bundle is one of many */
  readonly place?: Place
  /** whether what stands behind the commitments is there to be checked */
  hasDisclosures(): Promise<boolean>
  /** what is checked of where the log lies */
  files?(report: VerifyReport): Promise<OtherCheck | undefined>
}

export interface OpenedTarget {
  readonly logs: readonly OpenedLog[]
  /** Whether somebody wrote to it meanwhile, so that what was read may be torn. */
  isDisturbed(): boolean
  close(): void
}

export type LogTarget = Exclude<Target, { readonly kind: 'evidence' }>

export interface OpenOptions {
  readonly org?: string
  /** of a server */
  readonly key?: string
}

/**
 * Opens a target.
 *
 * @throws AuditError when it cannot be read, or does not hold the organization asked for
 */
export function openTarget(target: LogTarget, options: OpenOptions): Promise<OpenedTarget> {
  if (target.kind === 'server') return openServer(target.url, options)
  return target.kind === 'bundle' ? openBundle(target.folder, options) : openDataFolder(target.folder, options)
}

const always = async (): Promise<boolean> => true

async function openServer(url: string, { org, key }: OpenOptions): Promise<OpenedTarget> {
  if (key === undefined)
    throw new AuditError('missing_key', 'There is no key. Give one as SEALEDLOG_KEY in the environment, or by --key.')
  const server = new HttpServer({ url, key })
  const orgs = org === undefined ? await server.organizations() : [org]
  const logs = orgs.map(
    (each): OpenedLog => ({
      source: server.source(each),
      org: each,
      threadSource: { kind: 'asked' },
      place: { target: url, org: each },
      hasDisclosures: always,
    }),
  )
  return { logs, isDisturbed: () => false, close: () => undefined }
}

async function openBundle(folder: string, { org }: OpenOptions): Promise<OpenedTarget> {
  const source = new BundleSource(folder)
  const log: OpenedLog = {
    source,
    ...(org === undefined ? {} : { org }),
    threadSource: { kind: 'bundle', folder },
    hasDisclosures: () => source.hasDisclosures(),
    files: () => checkBundleFiles(source),
  }
  return { logs: [log], isDisturbed: () => false, close: () => undefined }
}

async function checkBundleFiles(source: BundleSource): Promise<OtherCheck | undefined> {
  const manifest = await readManifest(source)
  if (manifest === 'unreadable') return undefined
  if (manifest === undefined) return filesCheck('skipped', 'There is no manifest.json: these are tiles without one.')
  const findings = await checkFiles(source.folder, manifest)
  const count = manifest.files.length
  if (findings.length === 0) return filesCheck('passed', `${count} files, each as the manifest says, and no others.`)
  return filesCheck(
    'failed',
    `${formatCounted(findings.length, 'file is', 'files are')} not as the manifest says.`,
    findings,
  )
}

/** One that is malformed was found out when the log was verified. */
async function readManifest(source: BundleSource): Promise<Manifest | undefined | 'unreadable'> {
  try {
    return await source.manifest()
  } catch (error) {
    if (isAboutBytes(error)) return 'unreadable'
    throw error
  }
}

async function openDataFolder(name: string, { org }: OpenOptions): Promise<OpenedTarget> {
  const { DataFolder, DataFolderSource } = await import('./sqlite/data-folder-source.js')
  const folder = await DataFolder.open(name)
  try {
    const known = folder.organizations()
    if (org !== undefined && !known.includes(org))
      throw new AuditError('organization_not_found', `${name} holds no log of ${org}. It holds ${listed(known)}.`)
    const logs = known
      .filter((each) => org === undefined || each === org)
      .map((each): OpenedLog => {
        const source = new DataFolderSource(folder, each)
        return {
          source,
          org: each,
          threadSource:
            folder.folder === undefined ? { kind: 'asked' } : { kind: 'data folder', folder: folder.folder, org: each },
          place: { target: realpathSync(name), org: each },
          hasDisclosures: always,
          files: (report) => checkRows(source, report),
        }
      })
    return { logs, isDisturbed: () => folder.isDisturbed(), close: () => folder.close() }
  } catch (error) {
    folder.close()
    throw error
  }
}

const ORGS_SHOWN = 5

const listed = (orgs: readonly string[]): string =>
  orgs.length === 0 ? 'none' : orgs.slice(0, ORGS_SHOWN).join(', ') + (orgs.length > ORGS_SHOWN ? ', …' : '')
