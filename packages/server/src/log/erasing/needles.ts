/**
 * Many needles in one haystack, in one pass (Aho and Corasick, 1975): texts and identifiers are both a caller's own, and
 * no choice of them may make a search take longer than the text is long.
 */

/** Whether a needle that stands at `start` to `end` counts. */
export type Accepts = (needle: number, start: number, end: number) => boolean

const ROOT = 0
const NONE = -1

export class Needles {
  readonly #lengths: readonly number[]
  /** by state: the states that follow, by UTF-16 code unit */
  readonly #next: Map<number, number>[] = [new Map()]
  /** by state: the state of the longest end of it that begins a needle too */
  readonly #fail: number[] = [ROOT]
  /** by state: the needle that ends here */
  readonly #ends: number[] = [NONE]
  /** by state: the nearest state on the way of `#fail` at which a needle ends */
  readonly #shorter: number[] = [NONE]

  /** @param needles different, none of them empty */
  constructor(needles: readonly string[]) {
    this.#lengths = needles.map(({ length }) => length)
    for (const [i, needle] of needles.entries()) this.#add(needle, i)
    this.#link()
  }

  /**
   * Whether some needle stands in a text and is accepted. Each place of each needle is offered once.
   *
   * @example
   * new Needles(['da', 'ada']).some('ada', (needle) => needle === 1) // true
   */
  some(text: string, accepts: Accepts = () => true): boolean {
    let state = ROOT
    for (let i = 0; i < text.length; i++) {
      state = this.#step(state, text.charCodeAt(i))
      for (
        let at = this.#ends[state] === NONE ? this.#shorter[state] : state;
        at !== NONE;
        at = this.#shorter[at ?? 0]
      ) {
        const needle = this.#ends[at ?? 0] ?? 0
        if (accepts(needle, i + 1 - (this.#lengths[needle] ?? 0), i + 1)) return true
      }
    }
    return false
  }

  #add(needle: string, number: number): void {
    let state = ROOT
    for (let i = 0; i < needle.length; i++) {
      const unit = needle.charCodeAt(i)
      let next = this.#next[state]?.get(unit)
      if (next === undefined) {
        next = this.#next.push(new Map()) - 1
        this.#fail.push(ROOT)
        this.#ends.push(NONE)
        this.#shorter.push(NONE)
        this.#next[state]?.set(unit, next)
      }
      state = next
    }
    this.#ends[state] = number
  }

  /** Breadth first, so that what a state falls back to is linked before it. */
  #link(): void {
    const open = [...(this.#next[ROOT]?.values() ?? [])]
    for (const state of open) {
      for (const [unit, next] of this.#next[state] ?? []) {
        const fail = this.#step(this.#fail[state] ?? ROOT, unit)
        this.#fail[next] = fail
        this.#shorter[next] = this.#ends[fail] === NONE ? (this.#shorter[fail] ?? NONE) : fail
        open.push(next)
      }
    }
  }

  #step(from: number, unit: number): number {
    for (let state = from; ; state = this.#fail[state] ?? ROOT) {
      const next = this.#next[state]?.get(unit)
      if (next !== undefined) return next
      if (state === ROOT) return ROOT
    }
  }
}
