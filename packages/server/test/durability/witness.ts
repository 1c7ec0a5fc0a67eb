/** Whoever keeps what the server acknowledged, and compares the whole log with it: over HTTP alone, by its own code. */
import type { Client } from './client.js'
import {
  bundlePath,
  leafHash,
  leavesOfBundle,
  naiveRoot,
  openCheckpoint,
  type Pinned,
  pinKey,
  rootsAt,
} from './independent.js'
import type { Acknowledged } from './load.js'

/** Everything that the server shows of one organization. */
export interface View {
  readonly checkpoint: string
  /** from the entry bundles, in order */
  readonly leaves: readonly Buffer[]
  /** the tail after an index */
  readonly tail: readonly { readonly id: string; readonly index: number }[]
  /** the native list from a second on, paged by cursor */
  readonly list: readonly string[]
  /** OpenAI's list from the same second on, paged by `after` */
  readonly openai: readonly string[]
  readonly extent: Extent
}

/** How much of the tail and of the lists is read: all, or what is new. The leaves are always read whole. */
export interface Extent {
  /** the index after which the tail is read */
  readonly tailAfter: number
  /** the Unix second from which the lists are read */
  readonly listSince: number
}

export const WHOLE: Extent = { tailAfter: -1, listSince: 0 }

const BUNDLE_LEAVES = 256

/** Reads what the server shows of an organization. */
export async function readView(client: Client, { org, key }: Pinned, extent: Extent = WHOLE): Promise<View> {
  const tlog = `/v1/organizations/${org}/tlog`
  const checkpoint = await client.text({ path: `${tlog}/checkpoint`, org })
  const { size } = openCheckpoint(checkpoint, key)
  const bundles = Array.from({ length: Math.ceil(size / BUNDLE_LEAVES) }, async (_, i) => {
    const path = bundlePath(i, Math.min(BUNDLE_LEAVES, size - i * BUNDLE_LEAVES))
    const { status, body } = await client.call({ path: `${tlog}/${path}`, org })
    if (status !== 200) throw new Error(`${path} answered ${status}`)
    return leavesOfBundle(body)
  })
  const [leaves, tail, list, openai] = await Promise.all([
    Promise.all(bundles).then((read) => read.flat()),
    readTail(client, org, extent.tailAfter),
    readList(client, org, extent.listSince),
    readOpenAiList(client, org, extent.listSince),
  ])
  return { checkpoint, leaves, tail, list, openai, extent }
}

interface Page {
  readonly data: readonly { readonly id: string; readonly index: number }[]
  readonly next: number
  readonly next_cursor: string | null
  readonly has_more: boolean
}

async function readTail(client: Client, org: string, from: number): Promise<View['tail']> {
  const tail: { id: string; index: number }[] = []
  for (let after = from; ; ) {
    const page = await client.json<Page>({ path: `/v1/events/tail?limit=1000&after=${after}`, org })
    if (page.data.length === 0) return tail
    for (const { id, index } of page.data) tail.push({ id, index })
    after = page.next
  }
}

async function readList(client: Client, org: string, since: number): Promise<string[]> {
  const ids: string[] = []
  for (let cursor = ''; ; ) {
    const path = `/v1/events?limit=1000&since=${new Date(since * 1000).toISOString()}${cursor}`
    const page = await client.json<Page>({ path, org })
    for (const { id } of page.data) ids.push(id)
    if (page.next_cursor === null) return ids
    cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`
  }
}

async function readOpenAiList(client: Client, org: string, since: number): Promise<string[]> {
  const ids: string[] = []
  for (let after = ''; ; ) {
    const path = `/v1/organization/audit_logs?limit=100&effective_at[gte]=${since}${after}`
    const page = await client.json<Page>({ path, org })
    for (const { id } of page.data) ids.push(id)
    if (!page.has_more) return ids
    after = `&after=${encodeURIComponent(ids.at(-1) ?? '')}`
  }
}

/** What the leaf says in clear, as far as the witness reads it. */
interface ClearLeaf {
  readonly id: string
  readonly org: string
  readonly occurred_at: string
}

/** The witness of one organization: what it was told, from the first receipt on. */
export class Witness {
  readonly pinned: Pinned
  /** acknowledged: where the receipt says that it stands */
  readonly #receipts = new Map<string, { readonly index: number; readonly leafHash: string }>()
  /** roots that were signed, by size */
  readonly #signed = new Map<number, Buffer>()
  /** leaf hashes as of the last check */
  #before: readonly Buffer[] = []
  #ids: ReadonlySet<string> = new Set()
  readonly #faults: string[] = []

  constructor(org: string, vkey: string) {
    this.pinned = { org, key: pinKey(vkey) }
  }

  get acknowledged(): number {
    return this.#receipts.size
  }

  /** The ids that the last check saw. */
  get ids(): ReadonlySet<string> {
    return this.#ids
  }

  /** How many entries the last check saw. */
  get seen(): number {
    return this.#before.length
  }

  get checkpoints(): number {
    return this.#signed.size
  }

  /** Remembers an acknowledgement, and what is wrong with it at once. */
  hear({ unit, receipts, checkpoint }: Acknowledged): void {
    const size = this.#remember(checkpoint)
    if (receipts.map(({ id }) => id).join() !== unit.events.map(({ id }) => id).join())
      this.#faults.push(`the receipts of ${unit.events[0]?.id} are not its events’, in their order`)
    for (const { id, index, leaf_hash } of receipts) {
      if (index >= size) this.#faults.push(`${id} stands at ${index}, past its checkpoint of ${size}`)
      const known = this.#receipts.get(id)
      if (known && (known.index !== index || known.leafHash !== leaf_hash))
        this.#faults.push(`${id} was acknowledged at ${known.index} and again at ${index}, or with another leaf`)
      this.#receipts.set(id, { index, leafHash: leaf_hash })
    }
  }

  #remember(checkpoint: string): number {
    const { size, root } = openCheckpoint(checkpoint, this.pinned.key)
    if (this.#signed.get(size)?.equals(root) === false) this.#faults.push(`two roots were signed for size ${size}`)
    this.#signed.set(size, root)
    return size
  }

  /**
   * Compares a view with everything heard and seen before.
   *
   * @returns what does not hold; nothing where all of it does
   */
  check(view: View): string[] {
    const faults = this.#faults.splice(0)
    const hashes = view.leaves.map(leafHash)
    const clear = view.leaves.map((leaf) => JSON.parse(leaf.toString()) as ClearLeaf)
    const say: Say = (holds, fault) => holds || faults.push(`${this.pinned.org}: ${fault}`)

    const size = this.#sizeOf(view.checkpoint, say)
    say(hashes.length === size, `${hashes.length} leaves, and the signed size is ${size}`)
    const roots = rootsAt(hashes, new Set(this.#signed.keys()))
    for (const [at, root] of this.#signed)
      say(roots.get(at)?.equals(root) === true, `the checkpoint of size ${at} is not consistent with the leaves`)
    this.#before.forEach((hash, i) => say(hashes[i]?.equals(hash) === true, `the leaf ${i} is not what it was`))

    const ids = clear.map(({ id }) => id)
    this.#ids = new Set(ids)
    say(this.#ids.size === ids.length, 'an id stands twice')
    say(
      clear.every(({ org }) => org === this.pinned.org),
      'a leaf is of another organization',
    )
    for (const [id, { index, leafHash }] of this.#receipts) {
      say(ids[index] === id, `${id} was acknowledged at ${index}; there stands ${ids[index]}`)
      say(hashes[index]?.toString('base64') === leafHash, `the leaf of ${id} is not the one acknowledged`)
    }

    this.#checkReaders(view, clear, say)
    this.#before = hashes
    return faults
  }

  /** The three ways to read events show the leaves, each in its order. */
  #checkReaders({ tail, list, openai, extent }: View, clear: readonly ClearLeaf[], say: Say): void {
    const { tailAfter, listSince } = extent
    const gapFree = tail.every(({ index }, i) => index === tailAfter + 1 + i)
    say(gapFree, 'the tail’s indexes have a gap')
    const tailed = clear.slice(tailAfter + 1).map(({ id }) => id)
    say(same(idsOf(tail), tailed), 'the tail is not the leaves')
    const since = new Date(listSince * 1000).toISOString()
    const newestFirst = idsOf(listed(clear.filter(({ occurred_at }) => occurred_at >= since)))
    say(same(list, newestFirst), 'the list is not the leaves, newest first')
    say(same(openai, newestFirst), 'OpenAI’s list is not the leaves, newest first')
  }

  #sizeOf(checkpoint: string, say: Say): number {
    try {
      return this.#remember(checkpoint)
    } catch (error) {
      say(false, `the checkpoint is not signed by the pinned key: ${String(error)}`)
      return -1
    }
  }

  /** Recomputes by RFC 6962's own definition, from leaves read afresh, some of the roots that were ever signed. */
  checkNaively(view: View, roots: number): string[] {
    const hashes = view.leaves.map(leafHash)
    const signed = [...this.#signed].sort(([a], [b]) => a - b)
    const step = Math.max(1, Math.floor(signed.length / roots))
    return signed
      .filter((_, i) => i % step === 0 || i === signed.length - 1)
      .filter(([size, root]) => size > hashes.length || !naiveRoot(hashes, 0, size).equals(root))
      .map(([size]) => `${this.pinned.org}: the naive root of ${size} leaves is not the signed one`)
  }
}

/** Notes a fault where something does not hold. */
type Say = (holds: boolean, fault: string) => unknown

const idsOf = (list: readonly { readonly id: string }[]): string[] => list.map(({ id }) => id)

const same = (list: readonly string[], ids: readonly string[]): boolean =>
  list.length === ids.length && list.every((id, i) => id === ids[i])

/** The list's order: `occurred_at` descending, then index descending (design §5). */
function listed(clear: readonly ClearLeaf[]): ClearLeaf[] {
  const byTime = (a: ClearLeaf, b: ClearLeaf) =>
    a.occurred_at < b.occurred_at ? 1 : a.occurred_at > b.occurred_at ? -1 : 0
  return clear.toReversed().sort(byTime)
}
