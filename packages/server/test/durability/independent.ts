/**
 * A verifier of its own: written from design §4, RFC 6962, RFC 8785 and C2SP alone, sharing no line with the server.
 * It imports node:crypto and nothing else. Every refusal is an Error that says what does not hold.
 */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }
export type JsonObject = { readonly [name: string]: Json }

/** RFC 8785: members sorted by UTF-16 units, numbers and strings as ECMAScript writes them. */
export function canonical(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (isArray(value)) return `[${value.map(canonical).join(',')}]`
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`
}

const isArray = (value: Json): value is readonly Json[] => Array.isArray(value)

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !isArray(value)

// --- hashes and trees (RFC 6962 §2.1) ---

const sha256 = (...parts: readonly (Uint8Array | string)[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

export const leafHash = (leaf: Uint8Array | string): Buffer => sha256(Uint8Array.of(0), leaf)
export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256(Uint8Array.of(1), left, right)

/** MTH(D[from:to]), exactly as RFC 6962 defines it: split at the largest power of two below the size. */
export function naiveRoot(hashes: readonly Buffer[], from = 0, to = hashes.length): Buffer {
  if (to === from) return sha256()
  if (to - from === 1) return hashes[from] as Buffer
  let half = 1
  while (half * 2 < to - from) half *= 2
  return nodeHash(naiveRoot(hashes, from, from + half), naiveRoot(hashes, from + half, to))
}

/** Roots at every one of many sizes in one pass: the complete subtrees on the way, largest first. */
export function rootsAt(hashes: readonly Buffer[], sizes: ReadonlySet<number>): Map<number, Buffer> {
  const roots = new Map<number, Buffer>()
  const complete: { readonly width: number; readonly hash: Buffer }[] = []
  const note = (size: number) => {
    if (!sizes.has(size)) return
    const [last, ...rest] = complete.toReversed()
    roots.set(size, last === undefined ? sha256() : rest.reduce((right, left) => nodeHash(left.hash, right), last.hash))
  }
  note(0)
  hashes.forEach((leaf, i) => {
    let [width, hash] = [1, leaf]
    for (let left = complete.at(-1); left?.width === width; left = complete.at(-1)) {
      complete.pop()
      hash = nodeHash(left.hash, hash)
      width *= 2
    }
    complete.push({ width, hash })
    note(i + 1)
  })
  return roots
}

/** The root that an inclusion proof leads to (RFC 9162 §2.1.3.2). */
export function rootFromInclusion(index: number, size: number, hash: Buffer, path: readonly Buffer[]): Buffer {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) throw new Error(`index ${index} is not below ${size}`)
  let [fn, sn, root] = [index, size - 1, hash]
  for (const step of path) {
    if (sn === 0) throw new Error('the inclusion proof is too long')
    if (fn % 2 === 1 || fn === sn) {
      root = nodeHash(step, root)
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)]
    } else root = nodeHash(root, step)
    fn = Math.floor(fn / 2)
    sn = Math.floor(sn / 2)
  }
  if (sn !== 0) throw new Error('the inclusion proof is too short')
  return root
}

/** The leaves of an entry bundle (c2sp.org/tlog-tiles): each after its length in two bytes, big-endian. */
export function leavesOfBundle(bundle: Buffer): Buffer[] {
  const leaves: Buffer[] = []
  for (let at = 0; at < bundle.length; ) {
    const end = at + 2 + bundle.readUInt16BE(at)
    if (end > bundle.length) throw new Error('an entry bundle ends inside a leaf')
    leaves.push(bundle.subarray(at + 2, end))
    at = end
  }
  return leaves
}

/** The path of a bundle below `tlog/`: three digits a group, `.p/<width>` where it is not full. */
export function bundlePath(index: number, width: number): string {
  const low = String(index % 1000).padStart(3, '0')
  const high = Math.floor(index / 1000)
  if (high >= 1000) throw new Error('the tests’ logs are smaller than 256 million entries')
  const number = high === 0 ? low : `x${String(high).padStart(3, '0')}/${low}`
  return `tile/entries/${number}${width === 256 ? '' : `.p/${width}`}`
}

// --- checkpoints (c2sp.org/signed-note, c2sp.org/tlog-checkpoint) ---

/** Base64 in its one spelling. */
function base64(text: Json | undefined, bytes?: number): Buffer {
  if (typeof text !== 'string') throw new Error('base64 was expected')
  const decoded = Buffer.from(text, 'base64')
  if (decoded.toString('base64') !== text) throw new Error(`not strict base64: ${text}`)
  if (bytes !== undefined && decoded.length !== bytes) throw new Error(`${decoded.length} bytes, expected ${bytes}`)
  return decoded
}

/** A key that was pinned when the organization was created. */
export interface PinnedKey {
  readonly name: string
  readonly id: Buffer
  readonly key: KeyObject
}

/** Reads `name+hash+base64(0x01 ‖ key)`. */
export function pinKey(vkey: string): PinnedKey {
  const [, name, hex, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(vkey) ?? []
  if (name === undefined || hex === undefined) throw new Error(`not a verifier key: ${vkey}`)
  const typed = base64(encoded, 33)
  const id = sha256(`${name}\n`, typed).subarray(0, 4)
  if (typed[0] !== 1 || id.toString('hex') !== hex) throw new Error(`not an Ed25519 verifier key: ${vkey}`)
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), typed.subarray(1)])
  return { name, id, key: createPublicKey({ key: spki, format: 'der', type: 'spki' }) }
}

export interface Checkpoint {
  readonly origin: string
  readonly size: number
  readonly root: Buffer
}

/** Opens a signed checkpoint: exactly one signature, by the pinned key, over exactly this text. */
export function openCheckpoint(note: Json | undefined, pinned: PinnedKey): Checkpoint {
  if (typeof note !== 'string') throw new Error('a signed note was expected')
  const cut = note.lastIndexOf('\n\n')
  const text = note.slice(0, cut + 1)
  const [, name, encoded] = /^— (\S+) (\S+)\n$/.exec(note.slice(cut + 2)) ?? []
  if (cut === -1 || name !== pinned.name) throw new Error('the note is not signed by the pinned name')
  const signature = base64(encoded, 68)
  if (!signature.subarray(0, 4).equals(pinned.id)) throw new Error('the note is not signed by the pinned key')
  if (!verify(null, Buffer.from(text), pinned.key, signature.subarray(4))) throw new Error('the signature is wrong')
  const [origin, size, root, end, ...more] = text.split('\n')
  if (origin !== pinned.name || end !== '' || more.length > 0) throw new Error('the checkpoint is not this log’s')
  if (size === undefined || !/^(0|[1-9]\d{0,14})$/.test(size)) throw new Error('the checkpoint’s size is no number')
  return { origin, size: Number(size), root: base64(root, 32) }
}

// --- the leaf and its groups (design §4) ---

/** Commitment = base64url of SHA-256("sealedlog/disclosure/v1\n" ‖ disclosure). */
const commitmentTo = (disclosure: string): string =>
  sha256('sealedlog/disclosure/v1\n', disclosure).toString('base64url')

/**
 * The groups of an event as its caller said it: the actor with address and agent, who stands behind, each target,
 * details, changes, and `content`, all the rest. What the leaf says in clear is not repeated; what is empty is absent.
 */
export function groupsOf(said: JsonObject): Map<string, Json> {
  const groups = new Map<string, Json>()
  const put = (name: string, value: Json | undefined) => value !== undefined && groups.set(name, value)
  const { ip_address, user_agent, ...ids } = isObject(said.context) ? said.context : {}
  put('actor', filled({ ...withoutType(said.actor), ...given({ ip_address, user_agent }) }))
  put('on_behalf_of', said.on_behalf_of)
  targetsOf(said).forEach((target, i) => put(`targets/${i}`, filled(withoutType(target))))
  put('details', said.details)
  put('changes', said.changes)
  const { project, description, metadata, extra } = said
  put('content', filled(given({ project, description, metadata, extra, context: filled(ids) })))
  return groups
}

const targetsOf = (said: JsonObject): readonly Json[] => (said.targets === undefined ? [] : (said.targets as Json[]))

function withoutType(named: Json | undefined): JsonObject {
  if (!isObject(named)) return {}
  const { type: _type, ...rest } = named
  return rest
}

const typeOf = (named: Json | undefined): Json => (isObject(named) ? (named.type ?? null) : null)

const filled = (value: JsonObject): JsonObject | undefined => (Object.keys(value).length === 0 ? undefined : value)

const given = (values: { readonly [name: string]: Json | undefined }): JsonObject =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as JsonObject

/** What the caller cannot know of a leaf, and takes from the receipt; `outcome` where the caller left it out. */
export interface Filling {
  readonly id: string
  readonly org: string
  readonly recorded_at: string
  readonly outcome: string
}

/** Leaf and disclosures, built again from the caller's own event and the salts. */
export function rebuild(
  said: JsonObject,
  salts: ReadonlyMap<string, string>,
  filling: Filling,
): { readonly leaf: string; readonly disclosures: readonly string[] } {
  const disclosures = new Map<string, string>()
  for (const [group, value] of groupsOf(said)) {
    const salt = salts.get(group)
    if (salt === undefined) throw new Error(`the group ${group} was said and is not disclosed`)
    disclosures.set(group, canonical([salt, group, value]))
  }
  for (const group of salts.keys()) if (!disclosures.has(group)) throw new Error(`the group ${group} was never said`)
  const leaf = canonical({
    v: 1,
    id: filling.id,
    org: filling.org,
    type: said.type ?? null,
    bucket: said.bucket ?? 'default',
    outcome: said.outcome ?? filling.outcome,
    recorded_at: filling.recorded_at,
    occurred_at: said.occurred_at === undefined ? filling.recorded_at : utcMilliseconds(said.occurred_at),
    actor: typeOf(said.actor),
    targets: targetsOf(said).map(typeOf),
    groups: Object.fromEntries([...disclosures].map(([group, disclosure]) => [group, commitmentTo(disclosure)])),
  })
  return { leaf, disclosures: [...disclosures.values()] }
}

/** RFC 3339 with any offset and up to nine fraction digits, as UTC milliseconds. */
function utcMilliseconds(time: Json): string {
  const [, whole, fraction = '', offset] = /^(.{19})(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/i.exec(time as string) ?? []
  return new Date(`${whole}.${fraction.padEnd(3, '0').slice(0, 3)}${offset}`).toISOString()
}

/** What a caller kept when its organization was created. */
export interface Pinned {
  readonly org: string
  readonly key: PinnedKey
}

const RECEIPT_MEMBERS = 'checkpoint disclosures id inclusion index leaf leaf_hash org recorded_at status'

/**
 * Verifies a receipt with its proof against the event as the caller said it.
 *
 * @param outcome what the catalogue gives an event that names none
 * @throws Error with what does not hold
 */
export function verifyReceipt(receipt: Json, said: JsonObject, pinned: Pinned, outcome = 'success'): void {
  if (!isObject(receipt)) throw new Error('a receipt is an object')
  if (Object.keys(receipt).sort().join(' ') !== RECEIPT_MEMBERS) throw new Error('a receipt has other members')
  const { id, org, index, recorded_at, status, leaf, disclosures, inclusion } = receipt
  if (status !== 'recorded' && status !== 'duplicate') throw new Error(`the status is ${canonical(status ?? null)}`)
  if (typeof id !== 'string' || (said.id !== undefined && id !== said.id)) throw new Error('the id is another one')
  if (org !== pinned.org) throw new Error('the organization is another one')
  if (typeof recorded_at !== 'string' || !isTime(recorded_at)) throw new Error('recorded_at is no time')
  if (!isTexts(disclosures) || !isTexts(inclusion)) throw new Error('disclosures and inclusion are lists of strings')

  const again = rebuild(said, saltsOf(disclosures), { id, org, recorded_at, outcome })
  if (again.disclosures.toSorted().join('\n') !== disclosures.toSorted().join('\n'))
    throw new Error('a disclosure says something else than the caller did')
  if (leaf !== again.leaf) throw new Error('the leaf is not the one that the event makes')

  const hash = leafHash(again.leaf)
  if (!base64(receipt.leaf_hash, 32).equals(hash)) throw new Error('leaf_hash is not the leaf’s')
  const checkpoint = openCheckpoint(receipt.checkpoint, pinned.key)
  const path = inclusion.map((step) => base64(step, 32))
  const root = rootFromInclusion(typeof index === 'number' ? index : -1, checkpoint.size, hash, path)
  if (!root.equals(checkpoint.root)) throw new Error('the leaf is not under the signed root')
}

const isTexts = (value: Json | undefined): value is readonly string[] =>
  value !== undefined && Array.isArray(value) && value.every((item) => typeof item === 'string')

const isTime = (text: string): boolean => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text)

/** The salts by group: 16 bytes each, no group twice. */
function saltsOf(disclosures: readonly string[]): Map<string, string> {
  const salts = new Map<string, string>()
  for (const disclosure of disclosures) {
    const [salt, group] = JSON.parse(disclosure) as readonly Json[]
    if (typeof salt !== 'string' || typeof group !== 'string')
      throw new Error('a disclosure is not [salt, group, value]')
    const bytes = Buffer.from(salt, 'base64url')
    if (bytes.length !== 16 || bytes.toString('base64url') !== salt) throw new Error('a salt is not 16 bytes')
    if (salts.has(group)) throw new Error(`the group ${group} is disclosed twice`)
    salts.set(group, salt)
  }
  if (new Set(salts.values()).size !== salts.size) throw new Error('two groups share a salt')
  return salts
}
