/** What entries did to the log itself: keys announced, origins left, held against the notes and the history of keys. */
import { encodeBase64 } from '../base/index.js'
import type { ContinuesAct, KeyRotatedAct, LogAct } from '../event/index.js'
import type { KeyHistory } from './keys.js'
import type { Finding } from './report.js'
import { LOG_KEYS_MAX } from './source.js'

type At<T> = T & { readonly index: number }

/** The acts of a log in order, but for redactions. */
export class ActList {
  readonly rotations: At<KeyRotatedAct>[] = []
  readonly continuations: At<ContinuesAct>[] = []

  /** False when there are more than a history may have keys. */
  add(index: number, act: LogAct): boolean {
    if ('redacts' in act) return true
    if (this.rotations.length + this.continuations.length >= LOG_KEYS_MAX) return false
    if ('key_rotated' in act) this.rotations.push({ ...act, index })
    else this.continuations.push({ ...act, index })
    return true
  }

  /** The newest key that an entry announced under the present origin. */
  newestKey(): At<KeyRotatedAct> | undefined {
    const since = this.continuations.at(-1)?.index ?? -1
    return this.rotations.findLast(({ index }) => index > since)
  }

  /** How many entries survived of an origin when the log left it; undefined for one that it never left. */
  leftAt(origin: string): number | undefined {
    return this.continuations.find(({ continues }) => continues.origin === origin)?.continues.size
  }
}

/**
 * Holds announcements and history against each other.
 *
 * @param isInside whether an entry is inside of a bundle of some: of others nothing is known
 */
export function checkRotations(
  acts: ActList,
  history: KeyHistory,
  isInside: (index: number) => boolean,
  find: (finding: Finding) => void,
): void {
  for (const said of history.followers()) {
    if (!isInside(said.since - 1) && !history.leansOn(said.vkey)) continue
    const act = acts.rotations.find(({ index }) => index === said.since - 1)?.key_rotated
    if (act?.vkey === said.vkey && act.generation === said.generation) continue
    const found = act === undefined ? 'no such announcement' : `generation ${act.generation}, ${act.vkey}`
    const expected = `the announcement of generation ${said.generation}, ${said.vkey}`
    find({ check: 'signature', index: said.since - 1, where: `keys, generation ${said.generation}`, expected, found })
  }
  for (const { since, origin } of history.firsts()) {
    if (since === 0 || !isInside(since - 1)) continue
    if (acts.continuations.some(({ index }) => index === since - 1)) continue
    const expected = `an entry that goes on as ${origin}`
    find({ check: 'signature', index: since - 1, where: 'keys', expected, found: 'none' })
  }
  if (!history.hasHandovers) return
  for (const { index, key_rotated } of acts.rotations) {
    const said = history.announced(key_rotated.vkey)
    if (said?.since === index + 1 && said.generation === key_rotated.generation) continue
    const expected = `the key that entry ${index} announces, from size ${index + 1} on`
    find({ check: 'signature', index, where: 'keys', expected, found: said ? `since ${said.since}` : 'no such key' })
  }
}

/**
 * Each entry that goes on under another origin says which one it leaves, and how the log stood then. The new origin is
 * told by the keys from there on, and by the checkpoint.
 */
export function checkContinuations(
  { continuations }: ActList,
  rootAt: (size: number) => Uint8Array | undefined,
  origin: string,
  history: KeyHistory,
  find: (finding: Finding) => void,
): void {
  for (const { index, continues } of continuations) {
    const root = rootAt(index)
    // Where nothing survived, it names an origin that stood in another log, which is lost.
    const left = index === 0 ? undefined : history.originAt(index)
    const expected = sayLeft(left ?? continues.origin, index, root === undefined ? 'unknown' : encodeBase64(root))
    const found = sayLeft(continues.origin, continues.size, continues.root)
    if (found !== expected) find({ check: 'consistency', index, where: 'log.continues', expected, found })
    if (continues.origin === origin) {
      const what = `another origin than the checkpoint’s, ${origin}`
      find({ check: 'consistency', index, where: 'log.continues', expected: what, found: 'the same' })
    }
  }
}

const sayLeft = (origin: string, size: number, root: string): string => `${origin}, size ${size}, root ${root}`
