/** What travels between the server's thread and the index's: entries and positions as bytes, the rest as small values. */
import { decodeUtf8, encodeUtf8, parseText } from '@sealedlog/sdk/base'
import { type Found, type IndexEntry, IndexBehind, type SearchRequest } from '../port.js'

export type Call =
  | { readonly name: 'put'; readonly entries: Uint8Array }
  | { readonly name: 'erase'; readonly org: string; readonly entries: Uint8Array }
  | { readonly name: 'finishErasing' }
  | { readonly name: 'search'; readonly request: SearchRequest }
  | { readonly name: 'size'; readonly org: string }
  | { readonly name: 'clear' }
  | { readonly name: 'close' }

/** A call as it travels; calls are answered in order, so the number is a check, and a name in the answer. */
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

/** Numbers: what a search found, or a size; whether erasing is finished; undefined: it is done. */
export interface Answer {
  readonly number: number
  readonly value?: Float64Array | number | boolean | undefined
  readonly fault?: Fault
}

export const packEntries = (entries: readonly IndexEntry[]): Uint8Array<ArrayBuffer> =>
  encodeUtf8(JSON.stringify(entries))

export const unpackEntries = (bytes: Uint8Array): readonly IndexEntry[] =>
  parseText(decodeUtf8(bytes)) as unknown as readonly IndexEntry[]

/** Whether the answer is exact, then two numbers for each position. */
export function packFound({ positions, exact }: Found): Float64Array<ArrayBuffer> {
  const packed = new Float64Array(1 + positions.length * 2)
  packed[0] = exact ? 1 : 0
  positions.forEach(({ atMs, index }, i) => packed.set([atMs, index], 1 + 2 * i))
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
  const error = new Error(`the index failed: ${message}`)
  error.name = name
  return error
}
