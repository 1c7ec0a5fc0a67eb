/** The name somebody probably meant: the nearest of a list by edit distance. */

/**
 * The nearest candidate within a third of the word's length (at least one edit, at most four), or undefined.
 *
 * @example
 * nearestName('acter', ['actor', 'targets']) // 'actor'
 */
export function nearestName(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestDistance = Math.min(4, Math.max(1, Math.floor(word.length / 3))) + 1
  const wanted = word.slice(0, WORD_CHARS_MAX).toLowerCase()
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - wanted.length) >= bestDistance) continue
    const distance = editDistance(wanted, candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Only so much of a word is compared: the cost is quadratic and the word is a stranger's. */
const WORD_CHARS_MAX = 128

/** ` Did you mean "x"?`, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const name = nearestName(word, candidates)
  return name === undefined ? '' : ` Did you mean "${name}"?`
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
