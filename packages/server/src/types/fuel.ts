/** What a check may cost, counted in steps: an untrusted schema can ask for any amount of work, and gets this much. */

/** Thrown by whatever spends, and caught where the check began. */
export class Exhausted extends Error {
  override readonly name = 'Exhausted'
}

/** A step is about fifty nanoseconds on the machine of docs/decisions/0006. */
export class Fuel {
  #left: number

  constructor(steps: number) {
    this.#left = steps
  }

  get left(): number {
    return Math.max(0, this.#left)
  }

  /** @throws Exhausted when there is no more */
  spend(steps: number): void {
    this.#left -= steps
    if (this.#left < 0) throw new Exhausted('no steps are left')
  }

  /** Spends if there is enough; what is only a courtesy asks this way. */
  trySpend(steps: number): boolean {
    if (this.#left < steps) return false
    this.#left -= steps
    return true
  }
}
