/** Receipts: what they say, read strictly, and whether it can be true of the events that were sent. */
import {
  AuditError,
  decodeBase64,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  parseTime,
} from '../base/index.js'
import { HASH_BYTES } from '../merkle/index.js'

/** Where one event stands, and the checkpoint that covers it. */
export interface Receipt {
  readonly id: string
  readonly org: string
  /** where it stands in the organization's log: from 0, without gaps, for ever */
  readonly index: number
  readonly recorded_at: string
  /** base64 of the leaf's hash (RFC 6962) */
  readonly leaf_hash: string
  /** `duplicate` when the same event was recorded before, also by a try whose answer was lost */
  readonly status: 'recorded' | 'duplicate'
  /** the signed checkpoint (C2SP signed note): keep it, and nobody can rewrite what it covers without your noticing */
  readonly checkpoint: string
  /** with `proof`: the leaf, exactly as hashed */
  readonly leaf?: string
  /** with `proof`: the disclosures, each exactly as committed to */
  readonly disclosures?: readonly string[]
  /** with `proof`: base64 hashes from the leaf up to the checkpoint's root */
  readonly inclusion?: readonly string[]
}

/** The answer to a lone event. @throws AuditError `proof_failed` */
export const readReceipt = (answer: JsonObject, id: string): Receipt =>
  checkReceipt(answer, id, textOf(answer.checkpoint, 'checkpoint', id))

/** The answer to a batch: one receipt an event, in order. @throws AuditError `proof_failed` */
export function readReceipts({ data, checkpoint }: JsonObject, ids: readonly string[]): readonly Receipt[] {
  const [first = ''] = ids
  const list = isJsonArray(data) ? data : []
  if (list.length !== ids.length) throw untrue(first, 'receipts', ids.length, list.length)
  const note = textOf(checkpoint, 'checkpoint', first)
  const receipts = ids.map((id, i) => checkReceipt(list[i], id, note))
  checkApart(receipts)
  return receipts
}

function checkReceipt(said: Json | undefined, id: string, checkpoint: string): Receipt {
  const receipt = isJsonObject(said) ? said : {}
  const { index, leaf_hash, recorded_at, status, org } = receipt
  if (receipt.id !== id) throw untrue(id, 'id', id, receipt.id)
  if (typeof index !== 'number' || !Number.isSafeInteger(index) || index < 0)
    throw untrue(id, 'index', 'a whole number from 0', index)
  if (typeof leaf_hash !== 'string' || decodeBase64(leaf_hash)?.length !== HASH_BYTES)
    throw untrue(id, 'leaf_hash', `${HASH_BYTES} bytes in base64`, leaf_hash)
  if (typeof recorded_at !== 'string' || parseTime(recorded_at) === undefined)
    throw untrue(id, 'recorded_at', 'a time', recorded_at)
  if (status !== 'recorded' && status !== 'duplicate') throw untrue(id, 'status', 'recorded or duplicate', status)
  if (typeof org !== 'string') throw untrue(id, 'org', 'the organization', org)
  return { ...(receipt as object), id, org, index, recorded_at, leaf_hash, status, checkpoint }
}

/** Two events cannot stand at one index, and one event cannot stand at two. */
function checkApart(receipts: readonly Receipt[]): void {
  const indexOf = new Map<string, number>()
  const idAt = new Map<number, string>()
  for (const { id, index } of receipts) {
    const index2 = indexOf.get(id) ?? index
    if (index2 !== index) throw untrue(id, 'index', index2, index)
    const id2 = idAt.get(index) ?? id
    if (id2 !== id) throw untrue(id, `id at index ${index}`, id, id2)
    indexOf.set(id, index)
    idAt.set(index, id)
  }
}

const textOf = (value: Json | undefined, member: string, id: string): string => {
  if (typeof value === 'string') return value
  throw untrue(id, member, 'a string', value)
}

const SHOWN_CHARS_MAX = 200

/** What an answer about an event says, and what it would have to say to be true. */
export function untrue(id: string, what: string, expected: unknown, found: unknown): AuditError {
  const show = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, SHOWN_CHARS_MAX)
  return new AuditError(
    'proof_failed',
    `What the server says of event ${id} does not hold: ${what} is ${show(found)}, expected ${show(expected)}. Keep this and the checkpoint: they are the evidence.`,
  )
}
