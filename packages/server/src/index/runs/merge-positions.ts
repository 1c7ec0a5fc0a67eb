/** Joins the positions of parts by time, and says where each entry stands then. */
import { assert } from '@sealedlog/sdk/base'
import type { PartWriter } from './part-writer.js'
import type { PartSource } from './source.js'

/** Entries between two steps, about. */
const STEP_ENTRIES = 8_192

/** The entries of one source, and their new ordinals. */
export interface MappedPositions {
  readonly first: number
  /** index − first, by ordinal */
  readonly offsets: Uint32Array
  /** the new ordinal of each; undefined where each grows by `shift` */
  readonly moved: Uint32Array | undefined
  readonly shift: number
}

interface Positions {
  readonly first: number
  readonly count: number
  readonly times: Float64Array
  readonly offsets: Uint32Array
}

/** Writes the positions of all sources, by time and then by index. */
export function* mergePositions(
  sources: readonly PartSource[],
  writer: PartWriter,
): Generator<undefined, readonly MappedPositions[]> {
  const inputs: Positions[] = []
  for (const source of sources) {
    const before = inputs.at(-1)
    assert(!before || before.first + before.count === source.first, 'each source begins where the one before ends')
    inputs.push({ first: source.first, count: source.count, ...source.positions() })
    yield
  }
  const follow = inputs.every(
    ({ times }, nth) => nth === 0 || lastOf(inputs[nth - 1] as Positions) <= (times[0] as number),
  )
  return yield* follow ? joinPositions(inputs, writer) : interleavePositions(inputs, writer)
}

const lastOf = ({ times }: Positions): number => times[times.length - 1] as number

/** One after the other. Of one time, the earlier source has the lesser indexes. */
function* joinPositions(inputs: readonly Positions[], writer: PartWriter): Generator<undefined, MappedPositions[]> {
  let shift = 0
  const mapped: MappedPositions[] = []
  for (const { first, count, times, offsets } of inputs) {
    for (let from = 0; from < count; from += STEP_ENTRIES) {
      const piece = offsets.subarray(from, from + STEP_ENTRIES)
      const shifted = shift === 0 ? piece : piece.map((offset) => offset + shift)
      writer.positions(times.subarray(from, from + STEP_ENTRIES), shifted)
      yield
    }
    mapped.push({ first, offsets, moved: undefined, shift })
    shift += count
  }
  return mapped
}

function* interleavePositions(
  inputs: readonly Positions[],
  writer: PartWriter,
): Generator<undefined, MappedPositions[]> {
  const least = (inputs[0] as Positions).first
  const count = inputs.reduce((sum, input) => sum + input.count, 0)
  const times = new Float64Array(Math.min(count, STEP_ENTRIES))
  const offsets = new Uint32Array(times.length)
  const moved = inputs.map((input) => new Uint32Array(input.count))
  const next = inputs.map(() => 0)
  for (let ordinal = 0, held = 0; ordinal < count; ) {
    const lead = earliest(inputs, next)
    const end = stretchEnd(inputs, next, lead, times.length - held)
    const input = inputs[lead] as Positions
    for (let at = next[lead] as number; at < end; at++, ordinal++) {
      times[held] = input.times[at] as number
      offsets[held++] = input.first - least + (input.offsets[at] as number)
      ;(moved[lead] as Uint32Array)[at] = ordinal
    }
    next[lead] = end
    if (held < times.length && ordinal < count) continue
    writer.positions(times.subarray(0, held), offsets.subarray(0, held))
    held = 0
    yield
  }
  return inputs.map((input, nth) => ({ first: input.first, offsets: input.offsets, moved: moved[nth], shift: 0 }))
}

/** The input whose next entry is the earliest: of one time, the first of them. */
function earliest(inputs: readonly Positions[], next: readonly number[], but = -1): number {
  let lead = -1
  let leastMs = Number.POSITIVE_INFINITY
  for (let nth = 0; nth < inputs.length; nth++) {
    const atMs = nth === but ? undefined : (inputs[nth] as Positions).times[next[nth] as number]
    if (atMs === undefined || (lead >= 0 && atMs >= leastMs)) continue
    lead = nth
    leastMs = atMs
  }
  return lead
}

/** How far an input goes on until another comes before it, by so many entries at most. */
function stretchEnd(inputs: readonly Positions[], next: readonly number[], lead: number, max: number): number {
  const { times, count } = inputs[lead] as Positions
  const stop = Math.min(count, (next[lead] as number) + max)
  const other = earliest(inputs, next, lead)
  if (other < 0) return stop
  const untilMs = (inputs[other] as Positions).times[next[other] as number] as number
  const goesOn = (atMs: number): boolean => (lead < other ? atMs <= untilMs : atMs < untilMs)
  let end = (next[lead] as number) + 1
  while (end < stop && goesOn(times[end] as number)) end++
  return end
}
