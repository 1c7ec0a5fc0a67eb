/** Evidence: whether a leaf, its disclosures and its path say that exactly this event stands under a checkpoint. */
import {
  AuditError,
  canonicalJson,
  decodeBase64,
  encodeBase64,
  encodeUtf8,
  formatTime,
  isJsonArray,
  type Json,
  type JsonObject,
  parseTime,
  parseText,
} from '../base/index.js'
import {
  commitTo,
  DEFAULT_BUCKET,
  type EventInput,
  formatDisclosure,
  joinEvent,
  type Leaf,
  type Outcome,
  parseDisclosure,
  parseLeaf,
  type RecordedEvent,
  splitEvent,
} from '../event/index.js'
import { type Checkpoint, checkInclusion, hashLeaf } from '../merkle/index.js'
import { untrue } from './receipt.js'

/** What proves one entry: its exact bytes as text, and the path from its leaf to the checkpoint. */
export interface Evidence {
  readonly leaf: string
  readonly disclosures: readonly string[]
  readonly inclusion: readonly string[]
}

/** A leaf that is proven to stand in a log, with the groups that its disclosures open. */
export interface ProvenLeaf {
  readonly leaf: Leaf
  readonly leafHash: string
  readonly groups: ReadonlyMap<string, Json>
}

/** @throws AuditError `proof_failed` when a member is missing */
export function readEvidence({ leaf, disclosures, inclusion }: JsonObject, id: string): Evidence {
  if (typeof leaf !== 'string') throw untrue(id, 'leaf', 'its bytes as text', leaf)
  if (!areTexts(disclosures)) throw untrue(id, 'disclosures', 'strings', disclosures)
  if (!areTexts(inclusion)) throw untrue(id, 'inclusion', 'hashes in base64', inclusion)
  return { leaf, disclosures, inclusion }
}

const areTexts = (value: Json | undefined): value is readonly string[] =>
  isJsonArray(value) && value.every((item) => typeof item === 'string')

/**
 * Proves that a leaf stands at an index of the log under a checkpoint, and opens its groups.
 *
 * @throws AuditError `proof_failed` with index, expected and found; `unsupported_version` for a leaf from the future
 */
export function proveLeaf(evidence: Evidence, id: string, index: number, checkpoint: Checkpoint): ProvenLeaf {
  const bytes = encodeUtf8(evidence.leaf)
  const hash = hashLeaf(bytes)
  const proof = evidence.inclusion.map((text) => hashOf(text, id))
  checkInclusion({ index, size: checkpoint.size, leafHash: hash, root: checkpoint.root, proof })
  const leaf = strictly(() => parseLeaf(bytes))
  if (leaf.id !== id) throw untrue(id, 'id in the leaf', id, leaf.id)
  if (leaf.log !== undefined) throw untrue(id, 'log in the leaf', undefined, leaf.log)
  return { leaf, leafHash: encodeBase64(hash), groups: openGroups(evidence, leaf) }
}

/** A malformed leaf in an answer proves nothing; one of a later version may well be true. */
function strictly<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof AuditError && error.code === 'unsupported_version') throw error
    throw new AuditError('proof_failed', `The proof does not hold. ${error instanceof Error ? error.message : ''}`)
  }
}

function hashOf(text: string, id: string): Uint8Array {
  const bytes = decodeBase64(text)
  if (bytes === undefined) throw untrue(id, 'a hash of inclusion', 'base64', text)
  return bytes
}

function openGroups({ disclosures }: Evidence, leaf: Leaf): ReadonlyMap<string, Json> {
  const groups = new Map<string, Json>()
  for (const text of disclosures) {
    const { salt, group, value } = strictly(() => parseDisclosure(encodeUtf8(text)))
    // One spelling only: of two equal members another reader might take the other one.
    if (formatDisclosure(salt, group, value) !== text)
      throw untrue(leaf.id, `disclosure ${group}`, 'canonical JSON', text)
    const commitment = Object.hasOwn(leaf.groups, group) ? leaf.groups[group] : undefined
    const found = commitTo(encodeUtf8(text))
    if (commitment !== found) throw untrue(leaf.id, `commitment to ${group}`, commitment, found)
    if (groups.has(group)) throw untrue(leaf.id, `disclosures of ${group}`, 1, 2)
    groups.set(group, value)
  }
  return groups
}

/**
 * Checks that a proven leaf says what was sent, no more and no less. What the sender left out the server fills in:
 * the outcome, and when it occurred.
 *
 * @param sent the JSON text that was sent
 * @throws AuditError `proof_failed`
 */
export function checkSaid({ leaf, groups }: ProvenLeaf, sent: string): void {
  const said = normalise(parseText(sent) as unknown as EventInput)
  const outcome = said.outcome ?? (leaf.outcome as Outcome)
  const expected = {
    type: said.type,
    bucket: said.bucket,
    actor: said.actor?.type ?? null,
    targets: (said.targets ?? []).map((target) => target.type),
    outcome,
    occurred_at: said.occurred_at ?? leaf.occurred_at,
    org: said.org ?? leaf.org,
  }
  for (const [member, value] of Object.entries(expected)) {
    const found = leaf[member as keyof typeof expected]
    if (canonicalJson(found) !== canonicalJson(value)) throw untrue(leaf.id, `${member} in the leaf`, value, found)
  }
  checkGroups(leaf.id, splitEvent({ ...said, id: leaf.id, outcome }), groups)
}

function checkGroups(id: string, said: readonly (readonly [string, Json])[], found: ReadonlyMap<string, Json>): void {
  const expected = new Map(said)
  for (const name of new Set([...expected.keys(), ...found.keys()])) {
    const [a, b] = [expected.get(name), found.get(name)]
    if (a === undefined || b === undefined || canonicalJson(a) !== canonicalJson(b)) throw untrue(id, name, a, b)
  }
}

/** As the server does before it seals (docs/format.md): times in UTC with milliseconds, nothing empty. */
function normalise(said: EventInput): EventInput & { readonly bucket: string } {
  const { targets, context, occurred_at, ...rest } = said
  const ms = occurred_at === undefined ? undefined : parseTime(occurred_at)
  return {
    ...rest,
    bucket: said.bucket ?? DEFAULT_BUCKET,
    ...(ms === undefined ? {} : { occurred_at: formatTime(ms) }),
    ...(targets === undefined || targets.length === 0 ? {} : { targets }),
    ...(context === undefined || Object.keys(context).length === 0 ? {} : { context }),
  }
}

/**
 * Checks that an event as it was read is what a proven leaf and its disclosures say. Groups that were erased are
 * absent from both.
 *
 * @throws AuditError `proof_failed`
 */
export function checkRead({ leaf, groups }: ProvenLeaf, event: RecordedEvent): void {
  const redacted = Object.keys(leaf.groups).filter((group) => !groups.has(group))
  const said = canonicalJson(joinEvent({ ...leaf, index: event.index }, groups, redacted) as unknown as Json)
  const found = canonicalJson(event as unknown as Json)
  if (said !== found) throw untrue(event.id, 'the event', said, found)
}
