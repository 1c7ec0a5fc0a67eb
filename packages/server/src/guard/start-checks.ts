/** What is checked of each log before anything is written to it: a millisecond or so each, whatever its length. */
import { AuditError, encodeBase64, equalBytes } from '@sealedlog/sdk/base'
import { type Checkpoint, openNote, parseCheckpoint, type RightEdge, TILE_WIDTH } from '@sealedlog/sdk/merkle'
import type { LogHead, StoredEntry } from '../store/index.js'
import type { LogFinding, LostState } from './finding.js'
import { isContinued } from './lineage.js'
import { type KeyOf, ownKey } from './own-key.js'
import type { Mark } from './marks.js'
import { allHeads, type ReadStore, readEdge } from './read-store.js'

export interface StartWorld {
  readonly store: ReadStore
  /** our own keys, made anew: one that the database names proves nothing */
  readonly keyOf: KeyOf
  /** what is kept outside; none where it could not be read */
  readonly marks: readonly Mark[]
  /** what the engine keeps beside a log's bytes, where it can say: by organization */
  readonly rows?: EngineRows
  /** sizes that others have seen, such as witnesses: by origin */
  readonly seenSizes?: ReadonlyMap<string, number>
}

/** What an engine keeps of each log for the next append. */
export type EngineRows = (org: string) => EngineRow | undefined

export interface EngineRow {
  /** the edge from which the next root is made */
  readonly edge: Uint8Array
  /** the first index at or beyond the size at which an entry stands */
  readonly beyond: number | undefined
}

/** A log that holds together, and its root. */
export interface SoundLog {
  readonly head: LogHead
  /** base64 */
  readonly root: string
}

export interface StartReport {
  readonly findings: readonly LogFinding[]
  readonly sound: readonly SoundLog[]
}

/** The checks of one start, a log at a time: in any order, each log before anything is written to it. */
export class StartChecks {
  readonly #world: StartWorld
  /** what is expected of organizations whose logs were not checked yet */
  readonly #expected: Map<string, Mark[]>

  constructor(world: StartWorld) {
    this.#world = world
    this.#expected = Map.groupBy(
      world.marks.filter((mark) => mark.continuedBy === null),
      (mark) => mark.org,
    )
  }

  /** Checks one log. Does not throw: what cannot be read is a finding. */
  async check(head: LogHead): Promise<LogFinding | SoundLog> {
    const marks = this.#expected.get(head.org) ?? []
    this.#expected.delete(head.org)
    try {
      return await checkLogAtStart(this.#world, head, marks)
    } catch (error) {
      return { org: head.org, kind: 'unreadable', what: `it could not be read (${messageOf(error)}).` }
    }
  }

  /** Organizations that the marks know, and whose logs were not checked: once all are that are there, theirs are gone. */
  missing(): readonly LogFinding[] {
    return [...this.#expected].flatMap(([org, [mark]]) => (mark && mark.size > 0 ? [gone(org, mark)] : []))
  }
}

/** Checks every log. None that fails keeps the others from being checked. */
export async function checkStart(world: StartWorld): Promise<StartReport> {
  const checks = new StartChecks(world)
  const findings: LogFinding[] = []
  const sound: SoundLog[] = []
  for await (const head of allHeads(world.store)) {
    const result = await checks.check(head)
    if ('kind' in result) findings.push(result)
    else sound.push(result)
  }
  return { findings: [...findings, ...checks.missing()], sound }
}

async function checkLogAtStart(
  world: StartWorld,
  head: LogHead,
  marks: readonly Mark[],
): Promise<LogFinding | SoundLog> {
  const { org } = head
  const checkpoint = await openOwn(world, head)
  if (typeof checkpoint === 'string') return { org, kind: 'checkpoint', what: checkpoint }
  const tail = await readTail(world, head)
  if (typeof tail === 'string') return { org, kind: 'entries', what: tail }
  const edge = await edgeAt(world.store, org, head.size, tail)
  if (typeof edge === 'string') return { org, kind: 'tree', what: edge }
  if (!equalBytes(edge.root(), checkpoint.root))
    return { org, kind: 'tree', what: differs(`the root of its ${head.size} entries`, checkpoint.root, edge.root()) }
  const kept = world.rows?.(org)
  if (kept && !equalBytes(kept.edge, edge.encode()))
    return { org, kind: 'tree', what: 'the edge that is kept for the next entry is not that of its entries.' }
  const log: SoundLog = { head, root: encodeBase64(checkpoint.root) }
  return (await findLoss(world, log, marks)) ?? log
}

/** The newest checkpoint, or why it is not one. */
async function openOwn({ store, keyOf }: StartWorld, head: LogHead): Promise<Checkpoint | string> {
  const key = await ownKey(store, keyOf, head.org, head.origin)
  if (key.vkey !== head.vkey) return 'its verifier key is not the one that this instance signs with.'
  try {
    const found = parseCheckpoint(openNote(head.checkpoint, [key]).text)
    if (found.origin !== head.origin) return `its checkpoint is that of ${found.origin}, not of ${head.origin}.`
    if (found.size !== head.size) return `its head says ${head.size} entries, and its checkpoint ${found.size}.`
    return found
  } catch (error) {
    return `its newest checkpoint does not hold (${messageOf(error)})`
  }
}

/** The entries behind the last full tile, or that tile's last one; else what is wrong: a gap, or one beyond the end. */
async function readTail({ store, rows }: StartWorld, { org, size }: LogHead): Promise<readonly StoredEntry[] | string> {
  const from = size - (size % TILE_WIDTH || Math.min(size, 1))
  const tail = await store.readRange(org, from, size)
  for (let i = 0; i < size - from; i++)
    if (tail[i]?.index !== from + i) return `entry ${from + i} of ${size} is missing.`
  const kept = rows?.(org)
  const beyond = kept ? kept.beyond : (await store.readRange(org, size, size + 1))[0]?.index
  return beyond === undefined ? tail : `an entry stands at index ${beyond}, beyond its ${size} entries.`
}

async function edgeAt(
  store: ReadStore,
  org: string,
  size: number,
  tail?: readonly StoredEntry[],
): Promise<RightEdge | string> {
  try {
    return await readEdge(store, org, size, tail)
  } catch (error) {
    if (error instanceof AuditError) return error.message
    throw error
  }
}

/** Whether more of this log, or another one in its place, was seen than what is there. */
async function findLoss(
  { store, seenSizes }: StartWorld,
  log: SoundLog,
  marks: readonly Mark[],
): Promise<LogFinding | undefined> {
  const { org, origin, size } = log.head
  for (const mark of marks) {
    const found =
      mark.origin === origin ? await compareTo(store, log, mark) : await compareToFormer(store, log.head, mark)
    if (found) return found
  }
  const seen = seenSizes?.get(origin) ?? 0
  return seen > size ? rollback(org, size, { origin, size: seen }, 'a witness saw') : undefined
}

async function compareTo(store: ReadStore, { head, root }: SoundLog, mark: Mark): Promise<LogFinding | undefined> {
  const { org, size } = head
  if (size < mark.size) return rollback(org, size, mark, 'the marks know')
  const found = size === mark.size ? root : await rootAt(store, org, mark.size)
  if (found === mark.root) return undefined
  return {
    org,
    kind: 'fork',
    what: `at size ${mark.size} its root is ${found}, and the marks know it as ${mark.root}.`,
    lost: { origin: mark.origin, size: mark.size },
  }
}

async function rootAt(store: ReadStore, org: string, size: number): Promise<string> {
  const edge = await edgeAt(store, org, size)
  return typeof edge === 'string' ? edge : encodeBase64(edge.root())
}

/** A log that was continued under another origin says so in an entry: then nothing more is expected of the former one. */
async function compareToFormer(store: ReadStore, head: LogHead, mark: Mark): Promise<LogFinding | undefined> {
  if (mark.size === 0 || (await isContinued(store, head, mark.origin))) return undefined
  return {
    org: head.org,
    kind: 'origin',
    what: `the marks know it as ${mark.origin} with ${mark.size} entries; what is there is ${head.origin} with ${head.size}.`,
    lost: { origin: mark.origin, size: mark.size },
  }
}

const rollback = (org: string, size: number, lost: LostState, who: string): LogFinding => ({
  org,
  kind: 'rollback',
  what: `it has ${size} entries, and ${who} ${lost.size}: an older copy was put back, or its end was cut off.`,
  lost: { origin: lost.origin, size: lost.size },
})

const gone = (org: string, mark: Mark): LogFinding => ({
  org,
  kind: 'origin',
  what: `the marks know it as ${mark.origin} with ${mark.size} entries; there is no such log.`,
  lost: { origin: mark.origin, size: mark.size },
})

const differs = (what: string, expected: Uint8Array, found: Uint8Array): string =>
  `${what} is ${encodeBase64(found)}, and signed was ${encodeBase64(expected)}.`

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
