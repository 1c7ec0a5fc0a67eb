/** Disclosures that a redaction says are erased, and that are there all the same: a backup was restored, or nothing was erased. */
import { groupOfDisclosure, parseDisclosureLines } from '../event/index.js'
import { formatIndexPath, TILE_WIDTH } from '../merkle/index.js'
import type { Cover } from './missing.js'
import { isAboutBytes } from './read.js'
import type { Finding } from './report.js'
import type { LogSource } from './source.js'

/** Bundles that are asked for at the same time: a server far away answers each of them late. */
const BUNDLES_AT_ONCE = 8

type Runs = readonly (readonly [first: number, last: number])[]

/**
 * Reads again what redactions name, and counts what is still there.
 *
 * @param inside runs of bundles that the source holds
 */
export async function countResurrected(
  source: LogSource,
  redactions: Cover,
  inside: Runs,
  size: number,
  find: (finding: Finding) => void,
): Promise<number> {
  let count = 0
  let batch: number[] = []
  const look = async (): Promise<void> => {
    const read = await Promise.all(batch.map((bundle) => source.disclosures(bundle)))
    for (const [i, bytes] of read.entries()) count += countIn(bytes, batch[i] ?? 0, redactions, size, find)
    batch = []
  }
  for (const bundle of bundlesOf(redactions, inside)) if (batch.push(bundle) === BUNDLES_AT_ONCE) await look()
  await look()
  return count
}

/** Ascending, each once. */
function* bundlesOf(redactions: Cover, inside: Runs): Generator<number> {
  const runs = Array.from(redactions.groups()).flatMap((group) =>
    redactions
      .rangesOf(group)
      .map(([first, last]): [number, number] => [Math.floor(first / TILE_WIDTH), Math.floor(last / TILE_WIDTH)]),
  )
  let next = 0
  let place = 0
  for (const [first, last] of runs.sort((a, b) => a[0] - b[0])) {
    for (let bundle = Math.max(first, next); bundle <= last; bundle++) {
      while ((inside[place]?.[1] ?? Number.MAX_SAFE_INTEGER) < bundle) place++
      const run = inside[place]
      // A range may promise more than the log has.
      if (run === undefined) return
      if (bundle >= run[0]) yield bundle
    }
    next = Math.max(next, last + 1)
  }
}

function countIn(bytes: Uint8Array, bundle: number, redactions: Cover, size: number, find: (finding: Finding) => void) {
  let count = 0
  for (const { index, disclosure } of linesIn(bytes)) {
    if (index >= size || Math.floor(index / TILE_WIDTH) !== bundle) continue
    const group = groupOf(disclosure)
    if (group === undefined || !redactions.has(group, index)) continue
    count++
    const where = `disclosures/${formatIndexPath(bundle)}`
    const expected = 'no disclosure, since a later entry says that it was erased'
    find({ check: 'disclosures', index, group, where, expected, found: 'a disclosure' })
  }
  return count
}

/** What cannot be read was found before. */
function linesIn(bytes: Uint8Array): ReturnType<typeof parseDisclosureLines> {
  try {
    return parseDisclosureLines(bytes)
  } catch (error) {
    if (isAboutBytes(error)) return []
    throw error
  }
}

function groupOf(disclosure: Uint8Array): string | undefined {
  try {
    return groupOfDisclosure(disclosure)
  } catch {
    return undefined
  }
}
