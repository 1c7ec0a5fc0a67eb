/** Verifies one log of a target: by what is said, by what is remembered of it, with threads, and with what lies around it. */
import type { Check, VerifyOptions, VerifyReport } from '../verify/index.js'
import { readSegment, SEGMENT_BUNDLES, type SegmentRequest, signedBy, verifyLog, withCheck } from '../verify/index.js'
import { parsePolicy, parseVerifierKey, TILE_WIDTH } from '../merkle/index.js'
import type { Memory, Remembered } from './memory.js'
import { originOf, sizeOf } from './notes.js'
import type { OpenedLog } from './open-target.js'
import type { OtherCheck } from './other-check.js'
import { SegmentPool } from './pool.js'
import type { Trust } from './trust.js'

export interface OtherCheckOptions {
  /** how many threads to use; 0 for none but this one */
  readonly threads: number
  readonly onProgress?: (done: number, total: number) => void
}

/** Checks that only whoever calls can make: a server's index against its log. */
export type MakeOtherCheck = (
  log: OpenedLog,
  report: VerifyReport,
  options: OtherCheckOptions,
) => Promise<OtherCheck | undefined>

export interface VerifyTargetOptions {
  readonly trust: Trust
  /** undefined: nothing is remembered, nor kept */
  readonly memory: Memory | undefined
  readonly threads: number
  readonly onProgress?: (done: number, total: number) => void
  readonly otherCheck?: MakeOtherCheck
}

/** Logs of fewer segments are checked sooner than threads start. */
const SEGMENTS_BEFORE_THREADS = 4

/** @throws AuditError when the memory cannot be read; what is wrong with the log is in the report */
export async function verifyOpened(log: OpenedLog, options: VerifyTargetOptions): Promise<VerifyReport> {
  const past = await recall(log, options.memory)
  const report = await verifyByThreads(log, options, past)
  return await addOthers(tellOfPast(report, options.trust, past), log, options)
}

/** Its threads have let go of what they held when it resolves: other checks start some of their own. */
async function verifyByThreads(log: OpenedLog, options: VerifyTargetOptions, past: Past): Promise<VerifyReport> {
  const { pool, ...ways } = segmentsOf(log, options.threads)
  try {
    return await verifyLog(log.source, {
      ...trusted(options.trust, past),
      ...(log.org === undefined ? {} : { org: log.org }),
      ...(options.onProgress ? { onProgress: options.onProgress } : {}),
      disclosures: await log.hasDisclosures(),
      ...ways,
    })
  } finally {
    await pool?.close()
  }
}

/** What is remembered of the log, and of another one that was at its place. */
export interface Past {
  readonly same: Remembered | undefined
  readonly former: Remembered | undefined
  /** whether the checkpoint that is remembered may be demanded: a bundle may be older than it */
  readonly isDemanded: boolean
}

/** A source that cannot even be asked for its checkpoint is the verifier's to report. */
async function recall({ source, org, place }: OpenedLog, memory: Memory | undefined): Promise<Past> {
  const nothing: Past = { same: undefined, former: undefined, isDemanded: false }
  if (memory === undefined) return nothing
  let note: string
  let origin: string
  try {
    note = await source.checkpoint()
    origin = originOf(note)
  } catch {
    return nothing
  }
  const same = await memory.ofOrigin(origin)
  const before = place && org !== undefined ? await memory.originAt(place) : undefined
  const former = before === undefined || before === origin ? undefined : await memory.ofOrigin(before)
  // A bundle that was made before shows less: no fault. What is at a place only grows.
  const isDemanded = place !== undefined || same === undefined || sizeOf(note) >= sizeOf(same.checkpoint)
  return { same, former, isDemanded }
}

/**
 * What was said beats what is remembered. A log that was at the place before must be continued by this one, under a key of
 * its own: that one is taken from the log itself, as at the first time.
 */
function trusted({ vkeys, old, policy }: Trust, { same, former, isDemanded }: Past): VerifyOptions {
  const known = vkeys.length > 0 ? vkeys : (same?.vkeys ?? [])
  const checkpoints = [...old, ...(same && isDemanded ? [same.checkpoint] : []), ...(former ? [former.checkpoint] : [])]
  return {
    ...(known.length > 0 ? { vkeys: known } : {}),
    ...(checkpoints.length > 0 ? { old: [...new Set(checkpoints)] } : {}),
    ...(policy === undefined ? {} : { policy }),
  }
}

/** Says what rests on memory: a key that was once taken from the log itself, a log that is not the one that was there. */
function tellOfPast(report: VerifyReport, trust: Trust, { same, former, isDemanded }: Past): VerifyReport {
  let told = report
  if (same && trust.vkeys.length === 0 && !namesLog(trust.policy, report.origin))
    told = retell(told, 'signature', (check) => ({
      ...check,
      state: check.state === 'passed' ? 'warned' : check.state,
      text: `${check.text} The key is remembered from ${dayOf(same.first_verified_at)}: say --vkey to trust one from elsewhere.`,
    }))
  if (former)
    told = retell(told, 'consistency', (check) => ({
      ...check,
      text:
        check.state === 'failed'
          ? `${check.text} On ${dayOf(former.verified_at)} another log was here, ${former.origin}, and this one does not hold all of it.`
          : `${check.text} It continues ${former.origin}, which was here on ${dayOf(former.verified_at)}.`,
    }))
  if (same && isDemanded)
    told = retell(told, 'consistency', (check) => ({
      ...check,
      text: `${check.text} Remembered from ${dayOf(same.verified_at)}.`,
    }))
  if (same && !isDemanded)
    told = retell(told, 'consistency', (check) => ({
      ...check,
      text: `${check.text} A checkpoint of ${sizeOf(same.checkpoint)} entries is remembered; this is from before.`,
    }))
  return told
}

const namesLog = (policy: string | undefined, origin: string | undefined): boolean =>
  policy !== undefined && parsePolicy(policy).logs.some(({ key }) => key.name === origin)

const dayOf = (time: string): string => time.slice(0, '2026-11-20'.length)

function retell(report: VerifyReport, name: Check['name'], tell: (check: Check) => Check): VerifyReport {
  return { ...report, checks: report.checks.map((check) => (check.name === name ? tell(check) : check)) }
}

/** Threads where the log is long enough to be worth their start; they start when the first segment is asked for. */
function segmentsOf(
  { source, threadSource }: OpenedLog,
  threads: number,
): Pick<VerifyOptions, 'readSegment' | 'segmentsAtOnce'> & { readonly pool?: SegmentPool } {
  if (threads < 1) return {}
  const pool = new SegmentPool(source, threadSource, threads)
  const isLong = ({ size }: SegmentRequest): boolean => size > SEGMENTS_BEFORE_THREADS * SEGMENT_BUNDLES * TILE_WIDTH
  return {
    pool,
    // One more than threads: whichever is done finds the next one waiting.
    segmentsAtOnce: threads + 1,
    readSegment: (request) => (isLong(request) ? pool.run(request) : readSegment(source, request)),
  }
}

async function addOthers(
  report: VerifyReport,
  log: OpenedLog,
  { otherCheck, threads, onProgress }: VerifyTargetOptions,
): Promise<VerifyReport> {
  if (report.verdict === 'unchecked') return report
  const others = [
    await log.files?.(report),
    await otherCheck?.(log, report, { threads, ...(onProgress && { onProgress }) }),
  ]
  let added = report
  for (const other of others)
    if (other && !isOverruled(report, other)) added = withCheck(added, other.check, other.findings)
  return added
}

/** What failed already is not made good by a second look at something else. */
const isOverruled = ({ checks }: VerifyReport, { check }: OtherCheck): boolean =>
  check.state !== 'failed' && checks.some(({ name, state }) => name === check.name && state === 'failed')

/** Keeps what was verified, for the next time. */
export async function remember(
  memory: Memory,
  { source, place }: Pick<OpenedLog, 'source' | 'place'>,
  report: VerifyReport,
  { vkeys }: Trust,
  at: string,
): Promise<void> {
  const { origin, checkpoint } = report
  if (report.verdict !== 'verified' || origin === undefined || checkpoint === undefined) return
  const before = (await memory.ofOrigin(origin))?.vkeys ?? []
  const said = vkeys.filter((vkey) => parseVerifierKey(vkey).name === origin)
  // Keys that were trusted stay those: whatever else the log lists, it hands over from them each time.
  const known = said.length > 0 ? said : before
  // A bundle comes from anybody, also one that names another's log: the first key of a log is not taken from it.
  if (known.length === 0 && place === undefined) return
  // The first time, those that signed what was verified: a source may list keys beside them that are somebody else's.
  const first = async (): Promise<readonly string[]> =>
    signedBy(
      checkpoint,
      (await source.keys()).filter((key) => key.origin === origin).map(({ vkey }) => vkey),
    )
  await memory.keep({ origin, checkpoint, vkeys: known.length > 0 ? known : await first() }, place, at)
}
