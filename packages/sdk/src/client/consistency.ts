/** Whether the log of now is one that grew from what was remembered of it: asked of the server, and checked here. */
import { AuditError } from '../base/index.js'
import { checkConsistency, parseGrowth } from '../merkle/index.js'
import type { Checkpoints, KeptCheckpoint } from './checkpoints.js'
import type { CallOptions } from './options.js'
import type { Transport } from './transport.js'

/** A log that was proven to have only grown. */
export interface Growth {
  readonly organization: string
  /** the size from which it grew */
  readonly from: number
  /** the size of now */
  readonly size: number
  /** the signed note of now: to be kept in place of the one before */
  readonly checkpoint: string
}

/** The log may grow between two questions: so often are they asked again. */
const TRIES_MAX = 8

/**
 * Proves growth from the checkpoint that was proven last, and from the newest that came since, both to one and the same
 * of now: otherwise what was answered in between could have been of another log.
 *
 * @throws AuditError `proof_failed` with sizes and roots, or `invalid_configuration` when nothing is remembered
 */
export async function proveGrowth(
  transport: Transport,
  checkpoints: Checkpoints,
  organization: string,
  options: CallOptions,
): Promise<Growth> {
  const known = checkpoints.unproven(organization)
  const [first] = known
  if (first === undefined)
    throw new AuditError(
      'invalid_configuration',
      `No checkpoint of ${organization} is remembered: record something first, or hand in the checkpoints that you kept.`,
    )
  const ask = (old: KeptCheckpoint) => proveFrom(old, transport, checkpoints, organization, options)
  for (let tried = 1; ; tried++) {
    const [newest, ...others] = (await Promise.all(known.map(ask))) as [KeptCheckpoint, ...KeptCheckpoint[]]
    const isOne = others.every(({ size }) => size === newest.size)
    if (!isOne && tried < TRIES_MAX) continue
    checkpoints.keep(organization, newest, first)
    // Of a log that grows all the time, what came in between is asked about again the next time.
    if (isOne) checkpoints.prove(organization, newest)
    return { organization, from: first.size, size: newest.size, checkpoint: newest.note }
  }
}

async function proveFrom(
  old: KeptCheckpoint,
  transport: Transport,
  checkpoints: Checkpoints,
  organization: string,
  options: CallOptions,
): Promise<KeptCheckpoint> {
  const path = `/v1/organizations/${encodeURIComponent(organization)}/tlog/consistency`
  const query = new URLSearchParams({ from: String(old.size) })
  const text = await transport.text({ path, query }, { ...options, organization })
  return transport.judge(async () => {
    const { oldSize, hashes, checkpoint } = parseGrowth(text)
    const found = await checkpoints.open(checkpoint)
    if (oldSize !== old.size)
      throw new AuditError('proof_failed', `The proof is from size ${oldSize}; asked for was ${old.size}.`)
    // Another origin, another root of the same size, a log that shrank: before any hash is looked at.
    checkpoints.check(organization, found, old)
    checkConsistency({ oldSize, newSize: found.size, oldRoot: old.root, newRoot: found.root, proof: hashes })
    return found
  })
}
