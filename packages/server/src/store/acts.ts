/**
 * Acts: what a unit does to its log besides growing it, carried out in the commit of the entry that accounts for it.
 *
 * An act is judged before its entry is placed, so that a refusal leaves nothing behind, and done once the entry stands.
 */
import { AuditError, assert, decodeUtf8, encodeBase64, parseText } from '@sealedlog/sdk/base'
import type { IndexRange, Leaf, LogAct, Redaction, SealedEvent } from '@sealedlog/sdk/event'
import type { Ledger, OpenLog } from './open-log.js'
import type { Erasure, Unit, UnitAct } from './port.js'
import { FIRST_GENERATION } from './signing.js'

/** So long does the key before the newest one sign too: who knows only the older key has this time to follow. */
export const BOTH_SIGN_MS = 30 * 86_400_000

/** Does what was judged. Its entry is the newest one of the log. */
export type CarryOut = (recordedAtMs: number) => void

/** @throws Error when a unit with an act has more or fewer events than one */
export function checkActs(units: readonly Unit[]): void {
  for (const { act, events } of units) assert(act === undefined || events.length === 1, 'an act has one event')
}

/**
 * Judges an act by what the leaf of its event says and by the state of the log.
 *
 * @throws AuditError `revision_mismatch` when the log is not, or no longer, as the leaf says
 */
export function prepareAct(ledger: Ledger, log: OpenLog, event: SealedEvent, act: UnitAct): CarryOut {
  const said = (parseText(decodeUtf8(event.leaf)) as unknown as Leaf).log
  if ('erases' in act) return prepareErasing(ledger, log, said, act.erases)
  if ('rotatesTo' in act) return prepareRotation(ledger, log, said, act.rotatesTo)
  return prepareContinuation(ledger, log, said, act.continuesAs)
}

function prepareErasing(ledger: Ledger, log: OpenLog, said: LogAct | undefined, erases: readonly Erasure[]): CarryOut {
  assert(said && 'redacts' in said, 'the leaf accounts for what is erased')
  const { size } = log.tail
  for (const erasure of erases) {
    assert(erasure.index < size, `entry ${erasure.index} stands before the one that erases of it`)
    assert(isAccountedFor(erasure, said.redacts), `the leaf accounts for what is erased of entry ${erasure.index}`)
  }
  return () => {
    for (const { index, groups } of erases) ledger.eraseGroups(log, index, groups)
  }
}

const isAccountedFor = ({ index, groups }: Erasure, redactions: readonly Redaction[]): boolean =>
  groups.every((group) => redactions.some((each) => each.groups.includes(group) && contains(each.ranges, index)))

/** Ranges ascend, so the last one that does not begin behind the index decides. */
function contains(ranges: readonly IndexRange[], index: number): boolean {
  let low = 0
  let high = ranges.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ranges[middle]?.[0] ?? 0) <= index) low = middle + 1
    else high = middle
  }
  const last = ranges[low - 1]
  return last !== undefined && index <= last[1]
}

function prepareRotation(ledger: Ledger, log: OpenLog, said: LogAct | undefined, generation: number): CarryOut {
  assert(said && 'key_rotated' in said, 'the leaf announces the key')
  assert(said.key_rotated.generation === generation, 'the leaf announces the generation that is rotated to')
  const { key: current, generation: now } = log.signing
  if (generation !== now + 1) throw notTheNextKey(`generation ${now + 1} is the next one, not ${generation}`)
  const next = ledger.keyOf(current.name, generation)
  if (said.key_rotated.vkey !== next.vkey) throw notTheNextKey('the leaf announces another verifier key')
  return (recordedAtMs) => {
    // New key first, as in every checkpoint from here on: this note is also the checkpoint, unless more follows.
    const handover = log.tail.signCheckpoint([next, current])
    log.signing = { generation, key: next, previous: { key: current, untilMs: recordedAtMs + BOTH_SIGN_MS } }
    log.checkpoint = handover
    ledger.addKey(log, { origin: next.name, generation, vkey: next.vkey, since: log.tail.size, handover }, recordedAtMs)
  }
}

function prepareContinuation(ledger: Ledger, log: OpenLog, said: LogAct | undefined, origin: string): CarryOut {
  assert(said && 'continues' in said, 'the leaf says that the log goes on')
  // The leaf names the origin that is left: the new one is told by the key, and by every checkpoint from here on.
  // A log of which nothing survives was made anew: then it names the one that was lost.
  const { size, root, origin: left } = said.continues
  assert(left !== origin, 'the leaf names the origin that is left')
  assert(size === 0 || left === log.signing.key.name, 'what survives stood under the origin that is left')
  if (ledger.hasOrigin(origin)) throw notThatLog(`the origin ${origin} is taken already`)
  const found = { size: log.tail.size, root: encodeBase64(log.tail.root()) }
  if (size !== found.size || root !== found.root) {
    throw notThatLog(`the leaf says size ${size} and root ${root}, found ${found.size} and ${found.root}`)
  }
  const key = ledger.keyOf(origin, FIRST_GENERATION)
  return (recordedAtMs) => {
    log.signing = { generation: FIRST_GENERATION, key }
    ledger.addKey(log, { origin, generation: FIRST_GENERATION, vkey: key.vkey, since: log.tail.size }, recordedAtMs)
  }
}

const notTheNextKey = (why: string): AuditError =>
  new AuditError(
    'revision_mismatch',
    `The key cannot be rotated: ${why}. Somebody may have rotated it meanwhile: ask for the next key again.`,
  )

const notThatLog = (why: string): AuditError =>
  new AuditError(
    'revision_mismatch',
    `The log cannot go on like this: ${why}. It may have grown meanwhile: read its head again.`,
  )
