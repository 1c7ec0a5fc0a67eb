/** A log that is written to while things go wrong: what was acknowledged, what was refused, and that both were true. */
import { type Answer, type Client, NoAnswer } from './client.js'
import {
  bundlePath,
  type JsonObject,
  leafHash,
  leavesOfBundle,
  naiveRoot,
  openCheckpoint,
  type Pinned,
} from './independent.js'
import { BUSY, ORGANIZATIONS, type Plan, type Receipt, type SaidEvent, type SaidUnit } from './load.js'
import { readView, Witness } from './witness.js'

/** Events of a batch that is said among many, and words of each: five thousand of them are over a million postings. */
const MANY_BATCH_EVENTS = 500
const MANY_WORDS = 240

/** A recording that was answered, and not with a receipt. */
export interface Refusal {
  readonly unit: SaidUnit
  readonly status: number
  readonly headers: Answer['headers']
  readonly problem: JsonObject
}

export class Story {
  readonly witnesses = new Map<string, Witness>()
  /** what was refused, or never answered, and not yet said again: each is there whole or not at all */
  readonly pending = new Set<SaidUnit>()
  /** by organization and id */
  readonly #receipts = new Map<string, Map<string, Receipt>>()
  readonly #plan: Plan

  constructor(plan: Plan) {
    this.#plan = plan
  }

  /** Creates the organizations, and pins their keys. */
  async settle(client: Client): Promise<void> {
    for (const org of ORGANIZATIONS) {
      const call = { method: 'PUT', path: `/v1/organizations/${org}`, body: '{}' } as const
      const { vkey } = await client.json<{ vkey: string }>(call, 200, 201)
      this.witnesses.set(org, new Witness(org, vkey))
      this.#receipts.set(org, new Map())
    }
  }

  /** How many entries the last check saw, the server’s own left out. */
  get recorded(): number {
    return [...this.witnesses.values()].reduce((sum, witness) => sum + witness.seen, 0)
  }

  get acknowledged(): number {
    return [...this.witnesses.values()].reduce((sum, witness) => sum + witness.acknowledged, 0)
  }

  /** Says one unit: its refusal, or undefined where it is acknowledged. @throws NoAnswer */
  async say(client: Client, unit: SaidUnit = this.#plan.next()): Promise<Refusal | undefined> {
    const path = unit.batched ? '/v1/events/batch' : '/v1/events'
    const body = JSON.stringify(unit.batched ? unit.events : unit.events[0])
    this.pending.add(unit)
    const { status, headers, body: bytes } = await client.call({ method: 'POST', path, org: unit.org, body })
    const said = JSON.parse(bytes.toString()) as JsonObject
    if (status !== 200 && status !== 201) return { unit, status, headers, problem: said }
    this.pending.delete(unit)
    const receipts = (unit.batched ? said.data : [said]) as unknown as readonly Receipt[]
    for (const receipt of receipts) this.#receipts.get(unit.org)?.set(receipt.id, receipt)
    this.witnesses.get(unit.org)?.hear({ unit, receipts, checkpoint: said.checkpoint as string })
    return undefined
  }

  /** Says so many units over several connections at once. @returns those that were refused */
  async pour(client: Client, units: number, connections = 16): Promise<readonly Refusal[]> {
    const refusals: Refusal[] = []
    let left = units
    const one = async () => {
      while (left-- > 0) {
        const refusal = await this.say(client)
        if (refusal) refusals.push(refusal)
      }
    }
    await Promise.all(Array.from({ length: connections }, () => one().catch(unlessCut)))
    return refusals
  }

  /** Says so many wordy events of one organization in large batches, of which none may be refused. */
  async sayMany(client: Client, events: number, org = BUSY): Promise<void> {
    for (let said = 0; said < events; said += MANY_BATCH_EVENTS) {
      const batch: SaidEvent[] = []
      while (batch.length < MANY_BATCH_EVENTS) batch.push(...this.#plan.next().events.map(wordy))
      const refusal = await this.say(client, { org, batched: true, events: batch })
      if (refusal) throw new Error(`a batch was refused: ${JSON.stringify(refusal.problem)}`)
    }
  }

  /** Says again what is pending. @returns those that were refused again */
  async sayAgain(client: Client): Promise<readonly Refusal[]> {
    const refusals: Refusal[] = []
    for (const unit of this.pending) {
      const refusal = await this.say(client, unit)
      if (refusal) refusals.push(refusal)
    }
    return refusals
  }

  /**
   * Reads all that the server shows, and compares it with all that was heard before: by code that is not the server's.
   *
   * @returns what does not hold; nothing where all of it does
   */
  async check(client: Client): Promise<readonly string[]> {
    const faults: string[] = []
    for (const [org, witness] of this.witnesses) {
      const view = await readView(client, witness.pinned)
      faults.push(...witness.check(view), ...witness.checkNaively(view, 2))
      faults.push(...this.#halves(org, witness.ids))
    }
    return faults
  }

  /** Compares the signed leaves alone with what was heard: what needs no index. */
  async checkLog(client: Client): Promise<readonly string[]> {
    const faults: string[] = []
    for (const { pinned } of this.witnesses.values()) {
      const { leaves, root } = await readLeaves(client, pinned)
      const hashes = leaves.map(leafHash)
      if (!naiveRoot(hashes).equals(root)) faults.push(`${pinned.org}: the leaves do not give the signed root`)
      for (const [id, { index, leaf_hash }] of this.#receipts.get(pinned.org) ?? [])
        if (hashes[index]?.toString('base64') !== leaf_hash) faults.push(`${pinned.org}: ${id} is not at ${index}`)
    }
    return faults
  }

  /** Compares lists of an organization, of everything and of each type, with its leaves, newest first. */
  async checkLists(client: Client, org: string): Promise<readonly string[]> {
    const pinned = this.witnesses.get(org)?.pinned
    if (pinned === undefined) throw new Error(`nobody watches ${org}`)
    const clear = (await readLeaves(client, pinned)).leaves.map((leaf) => JSON.parse(leaf.toString()) as ClearLeaf)
    const newestFirst = clear
      .toReversed()
      .sort((a, b) => (a.occurred_at < b.occurred_at ? 1 : a.occurred_at > b.occurred_at ? -1 : 0))
    const faults: string[] = []
    for (const type of [undefined, ...new Set(clear.map((leaf) => leaf.type))]) {
      const ids = newestFirst.filter((leaf) => type === undefined || leaf.type === type).map(({ id }) => id)
      const listed = await readIds(client, org, type === undefined ? '' : `&type=${type}`)
      if (listed.join() !== ids.join()) faults.push(`${org}: the list of ${type ?? 'all'} is not the leaves`)
    }
    return faults
  }

  /** How many entries are signed, all organizations together. */
  async size(client: Client): Promise<number> {
    let size = 0
    for (const { pinned } of this.witnesses.values()) size += (await readLeaves(client, pinned)).leaves.length
    return size
  }

  #halves(org: string, ids: ReadonlySet<string>): readonly string[] {
    return [...this.pending]
      .filter((unit) => unit.org === org)
      .flatMap(({ events }) => {
        const there = events.filter(({ id }) => ids.has(id)).length
        return there === 0 || there === events.length ? [] : [`${there} of the ${events.length} events of a batch`]
      })
  }
}

const BUNDLE_LEAVES = 256

/** The leaves of a log and the root that is signed over them. */
export async function readLeaves(
  client: Client,
  { org, key }: Pinned,
): Promise<{ leaves: readonly Buffer[]; root: Buffer }> {
  const tlog = `/v1/organizations/${org}/tlog`
  const { size, root } = openCheckpoint(await client.text({ path: `${tlog}/checkpoint`, org }), key)
  const leaves: Buffer[] = []
  for (let i = 0; i * BUNDLE_LEAVES < size; i++) {
    const path = `${tlog}/${bundlePath(i, Math.min(BUNDLE_LEAVES, size - i * BUNDLE_LEAVES))}`
    const { status, body } = await client.call({ path, org })
    if (status !== 200) throw new Error(`${path} answered ${status}: ${body.toString()}`)
    leaves.push(...leavesOfBundle(body))
  }
  return { leaves, root }
}

const WORDS = Array.from({ length: MANY_WORDS }, (_, i) => `word${i}`).join(' ')

const wordy = (event: SaidEvent): SaidEvent => ({ ...event, description: `${event.description as string} ${WORDS}` })

interface ClearLeaf {
  readonly id: string
  readonly type: string
  readonly occurred_at: string
}

/** The ids of a list, page by page. */
async function readIds(client: Client, org: string, filter: string): Promise<readonly string[]> {
  const ids: string[] = []
  for (let cursor = ''; ; ) {
    const path = `/v1/events?limit=1000${filter}${cursor}`
    const page = await client.json<{ data: readonly { id: string }[]; next_cursor: string | null }>({ path, org })
    ids.push(...page.data.map(({ id }) => id))
    if (page.next_cursor === null) return ids
    cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`
  }
}

function unlessCut(error: unknown): void {
  if (!(error instanceof NoAnswer)) throw error
}
