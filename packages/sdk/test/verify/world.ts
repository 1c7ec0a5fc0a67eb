/** A log that tests build entry by entry, keys and redactions included, and the files that a verifier would read of it. */
import { AuditError, encodeBase64, encodeUtf8, sha256 } from '../../dist/base/index.js'
import {
  type ContinuesAct,
  type EventInput,
  groupOfDisclosure,
  type LogAct,
  type Redaction,
  sealEvent,
  splitDisclosures,
  stampLeaf,
} from '../../dist/event/index.js'
import {
  ED25519,
  formatBundle,
  formatCheckpoint,
  formatIndexPath,
  formatProof,
  formatTilePath,
  formatVerifierKey,
  hashLeaf,
  hashNode,
  type NoteSigner,
  noteKeyId,
  proveInclusion,
  rootOf,
  signNote,
  type TileName,
  tileWidth,
} from '../../dist/merkle/index.js'
import type { LogKey, LogSource, Manifest } from '../../dist/verify/index.js'
import { known, privateKeyOf, publicBytesOf, signerOf } from '../merkle/support.js'

export const ORG = 'acme'
export const ORIGIN = 'audit.example.com/1/first'
const START_MS = Date.UTC(2026, 10, 20, 9)

export interface WorldKey extends NoteSigner {
  readonly vkey: string
}

/** The key of an origin and generation: the same one in every test. */
export function keyOf(origin: string, generation: number): WorldKey {
  const seed = sha256(encodeUtf8(`${origin}, generation ${generation}`))
  const publicKey = publicBytesOf(privateKeyOf(seed))
  const keyId = noteKeyId(origin, ED25519, publicKey)
  return {
    ...signerOf(origin, seed),
    vkey: formatVerifierKey({ name: origin, keyId, algorithm: ED25519, publicKey }),
  }
}

/** Who signs from a size on. */
interface Reign {
  readonly origin: string
  readonly since: number
  readonly keys: readonly WorldKey[]
}

export class World {
  readonly leaves: Uint8Array[] = []
  /** by entry, by group: what the server still holds */
  readonly disclosures: Map<string, Uint8Array>[] = []
  readonly org: string
  /** complete subtrees by height */
  readonly #subtrees: Uint8Array[][] = [[]]
  readonly #keys: LogKey[]
  readonly #reigns: Reign[]
  #salts = 0
  #generation = 1
  #nowMs = START_MS

  constructor(org = ORG, origin = ORIGIN) {
    const key = keyOf(origin, 1)
    this.org = org
    this.#keys = [{ origin, generation: 1, vkey: key.vkey, since: 0 }]
    this.#reigns = [{ origin, since: 0, keys: [key] }]
  }

  get size(): number {
    return this.leaves.length
  }

  /** Records an event and returns its index. */
  append(event: Partial<EventInput> & { readonly type: string }, act?: LogAct): number {
    const index = this.size
    const filled = { id: `evt_${index}`, outcome: 'success' as const, bucket: 'default', ...event }
    const sealed = sealEvent(filled, this.org, (length) => this.#random(length), act)
    this.#nowMs += index % 3
    stampLeaf(sealed.leaf, sealed.recordedAtOffset, sealed.occurredAtOffset, this.#nowMs)
    this.push(sealed.leaf, splitDisclosures(sealed.disclosures))
    return index
  }

  /** Puts a leaf of any bytes into the log. */
  push(leaf: Uint8Array, disclosures: readonly Uint8Array[] = []): void {
    this.disclosures.push(new Map(disclosures.map((line) => [groupOfDisclosure(line), line])))
    this.leaves.push(leaf)
    let hash = hashLeaf(leaf)
    let index = this.leaves.length - 1
    for (let height = 0; ; height++) {
      const row = (this.#subtrees[height] ??= [])
      row.push(hash)
      if (index % 2 === 0) return
      hash = hashNode(known(row[index - 1]), hash)
      index = (index - 1) / 2
    }
  }

  /** Plain events, of which some have targets and changes. */
  fill(count: number): this {
    for (let i = 0; i < count; i++) this.append(eventOf(this.size))
    return this
  }

  /** Erases, and says so. */
  redact(redacts: readonly Redaction[], erase = true): number {
    if (erase)
      for (const { groups, ranges } of redacts)
        for (const [first, last] of ranges)
          for (let index = first; index <= last; index++)
            for (const group of groups) this.disclosures[index]?.delete(group)
    return this.append({ type: 'audit.redaction', bucket: 'sealedlog', description: 'asked for' }, { redacts })
  }

  rotate(): number {
    const { origin, keys } = known(this.#reigns.at(-1))
    const generation = ++this.#generation
    const key = keyOf(origin, generation)
    const act = { key_rotated: { generation, vkey: key.vkey } }
    const index = this.append({ type: 'log.key_rotated', bucket: 'sealedlog' }, act)
    const since = index + 1
    this.#reigns.push({ origin, since, keys: [key, known(keys[0])] })
    const handover = signNote(this.#text(origin, since), [key, known(keys[0])])
    this.#keys.unshift({ origin, generation, vkey: key.vkey, since, handover })
    return index
  }

  /** Goes on under another origin, from what there is; or claims what a test puts into its mouth. */
  continueAs(origin: string, act = this.#continuation()): number {
    const index = this.append({ type: 'log.continues', bucket: 'sealedlog' }, act)
    this.#generation = 1
    const key = keyOf(origin, 1)
    this.#reigns.push({ origin, since: index + 1, keys: [key] })
    this.#keys.unshift({ origin, generation: 1, vkey: key.vkey, since: index + 1 })
    return index
  }

  #continuation(): ContinuesAct {
    const { origin } = known(this.#reigns.at(-1))
    return { continues: { origin, size: this.size, root: encodeBase64(this.rootAt(this.size)) } }
  }

  rootAt(size: number): Uint8Array {
    return rootOf(size, (height, index) => known(this.#subtrees[height]?.[index]))
  }

  /** The checkpoint at a size, by whoever signed then. */
  checkpoint(size = this.size): string {
    const { origin, keys } = this.#reignAt(size)
    return signNote(this.#text(origin, size), keys)
  }

  vkeyAt(size = this.size): string {
    return known(this.#reignAt(size).keys[0]).vkey
  }

  keys(size = this.size): readonly LogKey[] {
    return this.#keys.filter(({ since }) => since <= size)
  }

  proof(index: number, size = this.size): string {
    const hashes = proveInclusion(index, size, (height, i) => known(this.#subtrees[height]?.[i]))
    return formatProof({ index, hashes, checkpoint: this.checkpoint(size) })
  }

  linesOf(index: number): readonly string[] {
    return Array.from(known(this.disclosures[index]).values(), (line) => new TextDecoder().decode(line))
  }

  /** Everything that a verifier reads of the log at a size, as a folder of files. */
  files(size = this.size): Files {
    const files = new Files()
    files.put('checkpoint', encodeUtf8(this.checkpoint(size)))
    files.put('keys.json', encodeUtf8(JSON.stringify(this.keys(size))))
    for (let bundle = 0; 256 * bundle < size; bundle++) {
      const width = tileWidth('entries', bundle, size)
      const leaves = this.leaves.slice(256 * bundle, 256 * bundle + width)
      files.put(formatTilePath({ level: 'entries', index: bundle, width }), formatBundle(leaves))
      files.put(`disclosures/${formatIndexPath(bundle)}`, this.#disclosuresOf(bundle, width))
    }
    for (let level = 0; tileWidth(level, 0, size) > 0; level++)
      for (let index = 0; tileWidth(level, index, size) > 0; index++) this.#putTile(files, level, index, size)
    return files
  }

  /** The same, to be read. */
  source(size = this.size): FileSource {
    return new FileSource(this.files(size))
  }

  #putTile(files: Files, level: number, index: number, size: number): void {
    const width = tileWidth(level, index, size)
    const hashes = known(this.#subtrees[8 * level]).slice(256 * index, 256 * index + width)
    files.put(formatTilePath({ level, index, width }), Buffer.concat(hashes))
  }

  #disclosuresOf(bundle: number, width: number): Uint8Array {
    const lines: Buffer[] = []
    for (let index = 256 * bundle; index < 256 * bundle + width; index++)
      for (const line of known(this.disclosures[index]).values())
        lines.push(Buffer.from(`${index} `), Buffer.from(line), Buffer.from('\n'))
    return Buffer.concat(lines)
  }

  #text(origin: string, size: number): string {
    return formatCheckpoint({ origin, size, root: this.rootAt(size), extensions: [] })
  }

  #reignAt(size: number): Reign {
    return known(this.#reigns.findLast(({ since }) => since <= size))
  }

  #random(length: number): Uint8Array {
    const bytes = new Uint8Array(length)
    for (let at = 0; at < length; at += 16) bytes.set(sha256(encodeUtf8(`salt ${this.#salts++}`)).subarray(0, 16), at)
    return bytes
  }
}

/** What the tests record: every group now and then. */
export function eventOf(index: number): EventInput & { readonly type: string } {
  return {
    type: 'api_key.created',
    actor: { type: 'user', id: `user_${index % 97}`, name: 'Ada', email: `u${index % 97}@example.com` },
    ...(index % 2 === 0 ? { targets: [{ type: 'api_key', id: `key_${index}`, name: 'CI' }] } : {}),
    ...(index % 3 === 0 ? { details: { scopes: ['read', 'é'] } } : {}),
    ...(index % 5 === 0 ? { changes: [{ path: 'role', before: 'reader', after: 'owner' }] } : {}),
    ...(index % 7 === 0 ? { description: 'a line\nand another' } : {}),
  }
}

/** Files by their paths. */
export class Files {
  readonly bytes = new Map<string, Uint8Array>()

  put(path: string, bytes: Uint8Array): void {
    this.bytes.set(path, Uint8Array.from(bytes))
  }

  text(path: string): string | undefined {
    const bytes = this.bytes.get(path)
    return bytes && new TextDecoder().decode(bytes)
  }

  /** The same files, to be altered apart. */
  copy(): Files {
    const files = new Files()
    for (const [path, bytes] of this.bytes) files.bytes.set(path, bytes)
    return files
  }

  /** Another byte somewhere. */
  alter(path: string, at: number, difference: number): void {
    const bytes = Uint8Array.from(known(this.bytes.get(path)))
    bytes[at] = (known(bytes[at]) + difference) & 0xff
    this.bytes.set(path, bytes)
  }

  replace(path: string, from: string, to: string): void {
    const text = known(this.text(path))
    if (!text.includes(from)) throw new Error(`${path} does not hold ${from}`)
    this.put(path, encodeUtf8(text.replace(from, to)))
  }
}

export class FileSource implements LogSource {
  readonly name = 'a log of a test'
  readonly files: Files

  constructor(files: Files) {
    this.files = files
  }

  async checkpoint(): Promise<string> {
    return known(this.files.text('checkpoint'))
  }

  async cosigned(): Promise<string | undefined> {
    return this.files.text('cosigned')
  }

  async keys(): Promise<readonly LogKey[]> {
    return parse(this.files.text('keys.json') ?? '[]') as readonly LogKey[]
  }

  async tile(tile: TileName): Promise<Uint8Array | undefined> {
    return this.files.bytes.get(formatTilePath(tile))
  }

  async disclosures(bundle: number): Promise<Uint8Array> {
    return this.files.bytes.get(`disclosures/${formatIndexPath(bundle)}`) ?? new Uint8Array(0)
  }

  async manifest(): Promise<Manifest | undefined> {
    const text = this.files.text('manifest.json')
    return text === undefined ? undefined : (parse(text) as Manifest)
  }

  async close(): Promise<void> {}
}

/** As the sources of the command do it: what is no JSON is no history. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new AuditError('invalid_export', `It is no JSON: ${String(error)}.`)
  }
}
