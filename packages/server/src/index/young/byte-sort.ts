/** Strings of bytes put in order, a few at a time: hundreds of thousands are sorted beside other work. */

/** So many are sorted in one go. */
const SORTED_AT_ONCE = 512
const BYTE_VALUES = 256

interface Group {
  readonly places: readonly number[]
  /** so many first bytes are the same in all */
  readonly shared: number
}

/**
 * The places of strings in their order, byte by byte: a large group is parted by its next byte, a small one sorted.
 *
 * @param texts each with characters up to U+00FF
 * @example
 * [...sortedByBytes(['b', 'a'])] // [1, 0]
 */
export function* sortedByBytes(texts: readonly string[]): Generator<number> {
  const groups: Group[] = [{ places: texts.map((_, place) => place), shared: 0 }]
  for (let group = groups.pop(); group !== undefined; group = groups.pop()) {
    if (group.places.length <= SORTED_AT_ONCE) yield* sorted(texts, group.places)
    else yield* part(texts, group, groups)
  }
}

const sorted = (texts: readonly string[], places: readonly number[]): number[] =>
  places.toSorted((a, b) => compare(texts[a] as string, texts[b] as string))

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Adds groups by the next byte, the last in order first, and answers what ends before it: that comes before all. */
function part(texts: readonly string[], { places, shared }: Group, groups: Group[]): readonly number[] {
  const ended: number[] = []
  const byByte: number[][] = Array.from({ length: BYTE_VALUES }, () => [])
  for (const place of places) {
    const text = texts[place] as string
    const group = text.length === shared ? ended : byByte[text.charCodeAt(shared)]
    group?.push(place)
  }
  for (const group of byByte.toReversed()) if (group.length > 0) groups.push({ places: group, shared: shared + 1 })
  return ended
}
