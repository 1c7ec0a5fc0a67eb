/** Sending events, and checking what comes back for them: order, organization, proof, checkpoint. */
import type { JsonObject } from '../base/index.js'
import type { Checkpoints, KeptCheckpoint } from './checkpoints.js'
import type { OutgoingEvent } from './event-said.js'
import { checkSaid, proveLeaf, readEvidence } from './evidence.js'
import type { CallOptions } from './options.js'
import { type Receipt, untrue } from './receipt.js'
import type { Call, Transport } from './transport.js'

/** What a call that records or reads one event may say. */
export interface ProofOptions extends CallOptions {
  /** asks for leaf, disclosures and path, and proves by them that exactly this event stands in the log */
  readonly proof?: boolean | undefined
}

/** What is sent, and how its answer is read. */
export interface Letter {
  readonly events: readonly OutgoingEvent[]
  readonly path: string
  readonly body: string
  readonly contentType?: string
  readonly read: (answer: JsonObject, ids: readonly string[]) => readonly Receipt[]
}

export class Recorder {
  readonly #transport: Transport
  readonly #checkpoints: Checkpoints
  readonly #organization: string | undefined

  constructor(transport: Transport, checkpoints: Checkpoints, organization: string | undefined) {
    this.#transport = transport
    this.#checkpoints = checkpoints
    this.#organization = organization
  }

  /** @throws CallFailed; AuditError `proof_failed` when the answer cannot be true */
  async send({ events, read, ...letter }: Letter, options: ProofOptions): Promise<readonly Receipt[]> {
    const ids = events.map(({ id }) => id)
    const named = options.organization ?? events[0]?.org ?? this.#organization
    let before: KeptCheckpoint | undefined
    const call: Call = {
      ...letter,
      method: 'POST',
      eventIds: ids,
      // What is remembered when the request leaves is a floor: of what comes in meanwhile the server may not know yet.
      onSend: () => {
        before = this.#checkpoints.newestFor(named)
      },
      ...(options.proof ? { query: new URLSearchParams({ include: 'proof' }) } : {}),
    }
    const answer = await this.#transport.call(call, options)
    return this.#transport.judge(async () => {
      const receipts = read(answer, ids)
      const org = this.#organizationOf(receipts, named)
      const checkpoint = await this.#checkpoints.open(receipts[0]?.checkpoint ?? '')
      receipts.forEach((receipt, i) => check(receipt, options.proof ? events[i]?.text : undefined, checkpoint))
      this.#checkpoints.keep(org, checkpoint, before)
      if (named === undefined) this.#checkpoints.imply(org)
      return receipts
    })
  }

  /** One organization's, and the one that was meant. */
  #organizationOf(receipts: readonly Receipt[], named: string | undefined): string {
    const org = this.#checkpoints.meant(named) ?? receipts[0]?.org ?? ''
    const other = receipts.find((receipt) => receipt.org !== org)
    if (other) throw untrue(other.id, 'org', org, other.org)
    return org
  }
}

/** @param sent the event's text, where it is to be proven */
function check(receipt: Receipt, sent: string | undefined, checkpoint: KeptCheckpoint): void {
  const { id, index, org, recorded_at, leaf_hash } = receipt
  if (index >= checkpoint.size)
    throw untrue(id, 'the checkpoint’s size', `more than the index ${index}`, checkpoint.size)
  if (sent === undefined) return
  const proven = proveLeaf(readEvidence({ ...receipt }, id), id, index, checkpoint)
  if (proven.leafHash !== leaf_hash) throw untrue(id, 'leaf_hash', proven.leafHash, leaf_hash)
  if (proven.leaf.org !== org) throw untrue(id, 'org in the leaf', org, proven.leaf.org)
  if (proven.leaf.recorded_at !== recorded_at) throw untrue(id, 'recorded_at', proven.leaf.recorded_at, recorded_at)
  checkSaid(proven, sent)
}
