/** Works that must not overlap, one after the other for each name. */

export class Turns {
  /** the last work of each name that is not over; never rejects */
  readonly #last = new Map<string, Promise<unknown>>()

  /** Runs a work when all of its name that were asked for before are over. */
  async take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name)
    const working = before === undefined ? work() : before.then(work)
    const over = working.catch(() => undefined)
    this.#last.set(name, over)
    try {
      return await working
    } finally {
      if (this.#last.get(name) === over) this.#last.delete(name)
    }
  }
}
