/**
 * A segment: a run of entry bundles, checked on its own. What it needs and what it finds can be handed to another
 * thread; `stream.ts` joins what segments found in order.
 *
 * A thread that checks segments opens a source of its own and answers each request with `readSegment(source, request)`.
 */
import { HASH_BYTES, tileWidth } from '../merkle/index.js'
import { checkBundle, fingerprintBundle } from './bundle-check.js'
import { readTile } from './read.js'
import { SegmentNotes } from './segment-notes.js'
import type { BundleBytes, SegmentRequest, SegmentResult, SegmentSource } from './segment-types.js'

/**
 * Checks the bundles of a request, one after another: the next is fetched while one is checked.
 *
 * @throws whatever the source throws when bytes cannot be read; what they say is wrong is in the result
 * @example
 * parentPort.on('message', async (request) => parentPort.postMessage(await readSegment(source, request)))
 */
export async function readSegment(source: SegmentSource, request: SegmentRequest): Promise<SegmentResult> {
  const notes = new SegmentNotes(request)
  let next = fetchBundle(source, request, request.first)
  for (let bundle = request.first; bundle <= request.last; bundle++) {
    const bytes = await next
    if (bundle < request.last) {
      next = fetchBundle(source, request, bundle + 1)
      // Awaited a turn later: until then a failure must not count as nobody's.
      next.catch(() => undefined)
    }
    takeBundle(request, bytes, notes)
  }
  return notes.result()
}

/** The same for bytes that are there already. */
export function checkSegment(request: SegmentRequest, bundles: readonly BundleBytes[]): SegmentResult {
  const notes = new SegmentNotes(request)
  for (const bytes of bundles) takeBundle(request, bytes, notes)
  return notes.result()
}

function takeBundle(request: SegmentRequest, bytes: BundleBytes, notes: SegmentNotes): void {
  if (request.task === 'ids') fingerprintBundle(bytes, notes)
  else checkBundle(bytes, request, notes)
}

async function fetchBundle(source: SegmentSource, request: SegmentRequest, bundle: number): Promise<BundleBytes> {
  const width = tileWidth('entries', bundle, request.size)
  const isCheck = request.task === 'check'
  const [entries, tile, disclosures] = await Promise.all([
    readTile(source, { level: 'entries', index: bundle, width }),
    isCheck ? readTile(source, { level: 0, index: bundle, width }) : undefined,
    isCheck && request.disclosures ? source.disclosures(bundle) : undefined,
  ])
  return { bundle, width, entries, tile, disclosures }
}

/** Where a bundle's root stands in `roots`. */
export const rootIn = ({ first, roots }: SegmentResult, bundle: number): Uint8Array =>
  roots.subarray((bundle - first) * HASH_BYTES, (bundle - first + 1) * HASH_BYTES)
