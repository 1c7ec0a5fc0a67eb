/** Where work without a caller says what it does: the server's own lines, not anybody's log. */

export interface JournalLines {
  info(facts: object, text: string): void
  error(facts: object, text: string): void
}

/** Keeps what is said before there is somewhere to say it. */
export class Journal implements JournalLines {
  #to: JournalLines | undefined
  readonly #kept: ((to: JournalLines) => void)[] = []

  info(facts: object, text: string): void {
    this.#say((to) => to.info(facts, text))
  }

  error(facts: object, text: string): void {
    this.#say((to) => to.error(facts, text))
  }

  writeTo(to: JournalLines): void {
    this.#to = to
    for (const line of this.#kept.splice(0)) line(to)
  }

  #say(line: (to: JournalLines) => void): void {
    if (this.#to === undefined) this.#kept.push(line)
    else line(this.#to)
  }
}
