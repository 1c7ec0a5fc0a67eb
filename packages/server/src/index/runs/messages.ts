/** What travels between the server's thread and the index's: entries and positions as bytes, the rest as small values. */
import { assert } from '@sealedlog/sdk/base'
import {
  type CountRequest,
  type Counts,
  type Found,
  IndexBehind,
  type IndexEntry,
  type SearchRequest,
  TooMuchToCount,
} from '../port.js'

/** Entries as one buffer: five numbers for each (u32, of this machine's order), then their bytes. */
export interface PackedEntries {
  readonly orgs: readonly string[]
  readonly count: number
  readonly bytes: Uint8Array<ArrayBuffer>
}

export type Call =
  | { readonly name: 'open' }
  /** several puts: `sizes` says how many entries each has */
  | { readonly name: 'put'; readonly entries: PackedEntries; readonly sizes: readonly number[] }
  | { readonly name: 'erase'; readonly org: string; readonly entries: PackedEntries }
  | { readonly name: 'finishErasing' }
  | { readonly name: 'search'; readonly request: SearchRequest }
  | { readonly name: 'count'; readonly request: CountRequest }
  | { readonly name: 'size'; readonly org: string }
  | { readonly name: 'clear' }
  | { readonly name: 'close' }

/** A call as it travels, and the name of its answer. */
export interface Ask {
  readonly number: number
  readonly call: Call
}

/** An error as it travels. */
export interface Fault {
  readonly name: string
  readonly message: string
  readonly org?: string
}

/** Numbers: what a search found, or a size; whether erasing is finished; why puts were refused; undefined: it is done. */
export type Value = Float64Array<ArrayBuffer> | Counts | number | boolean | readonly (Fault | undefined)[] | undefined

export interface Answer {
  readonly number: number
  readonly value?: Value
  readonly fault?: Fault
}

/** Organization, index in two halves, bytes of the leaf, bytes of the disclosures. */
const NUMBERS = 5
const HALF = 2 ** 32

export function packEntries(entries: readonly IndexEntry[]): PackedEntries {
  const orgs = new Map<string, number>()
  const head = new Uint32Array(entries.length * NUMBERS)
  let length = head.byteLength
  entries.forEach(({ org, index, leaf, disclosures }, i) => {
    let number = orgs.get(org)
    if (number === undefined) orgs.set(org, (number = orgs.size))
    const at = i * NUMBERS
    head[at] = number
    head[at + 1] = index % HALF
    head[at + 2] = Math.floor(index / HALF)
    head[at + 3] = leaf.length
    head[at + 4] = disclosures.length
    length += leaf.length + disclosures.length
  })
  // of its own, not of a pool: it is transferred
  const bytes = new Uint8Array(length)
  bytes.set(new Uint8Array(head.buffer))
  let end = head.byteLength
  for (const { leaf, disclosures } of entries) {
    bytes.set(leaf, end)
    bytes.set(disclosures, (end += leaf.length))
    end += disclosures.length
  }
  return { orgs: [...orgs.keys()], count: entries.length, bytes }
}

/** The entries, as views of the buffer. */
export function unpackEntries({ orgs, count, bytes }: PackedEntries): readonly IndexEntry[] {
  const head = new Uint32Array(bytes.buffer, 0, count * NUMBERS)
  let end = head.byteLength
  return Array.from({ length: count }, (_, i) => {
    const at = i * NUMBERS
    const number = (place: number): number => head[at + place] as number
    const org = orgs[number(0)]
    assert(org !== undefined, 'each entry names one of the organizations')
    const leafEnd = end + number(3)
    const leaf = bytes.subarray(end, leafEnd)
    end = leafEnd + number(4)
    return { org, index: number(2) * HALF + number(1), leaf, disclosures: bytes.subarray(leafEnd, end) }
  })
}

/** Whether the answer is exact, then two numbers for each position. */
export function packFound({ positions, exact }: Found): Float64Array<ArrayBuffer> {
  const packed = new Float64Array(1 + positions.length * 2)
  packed[0] = exact ? 1 : 0
  let at = 1
  for (const { atMs, index } of positions) {
    packed[at++] = atMs
    packed[at++] = index
  }
  return packed
}

export const unpackFound = (packed: Float64Array): Found => ({
  exact: packed[0] === 1,
  positions: Array.from({ length: (packed.length - 1) / 2 }, (_, i) => ({
    atMs: packed[1 + 2 * i] as number,
    index: packed[2 + 2 * i] as number,
  })),
})

export function packError(error: unknown): Fault {
  if (error instanceof IndexBehind) return { name: error.name, message: error.message, org: error.org }
  return error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: 'Error', message: String(error) }
}

export function unpackError({ name, message, org }: Fault): Error {
  if (name === 'IndexBehind' && org !== undefined) return new IndexBehind(org)
  if (name === 'TooMuchToCount') return new TooMuchToCount(message)
  const error = new Error(`the index failed: ${message}`)
  error.name = name
  return error
}
