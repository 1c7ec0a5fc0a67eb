/** A bounded memory of which number a term has. Forgetting costs a look into the file, never an answer. */

/** Terms of each generation: two of them are kept, about 100 bytes a term. */
const GENERATION_TERMS_MAX = 100_000

export class TermNumbers {
  #young = new Map<string, number>()
  #old = new Map<string, number>()

  get(org: number, field: string, value: string): number | undefined {
    const key = keyOf(org, field, value)
    const number = this.#young.get(key)
    if (number !== undefined) return number
    const aged = this.#old.get(key)
    // what is still asked for moves on with the young
    if (aged !== undefined) this.#remember(key, aged)
    return aged
  }

  set(org: number, field: string, value: string, number: number): void {
    this.#remember(keyOf(org, field, value), number)
  }

  clear(): void {
    this.#young.clear()
    this.#old.clear()
  }

  #remember(key: string, number: number): void {
    if (this.#young.size >= GENERATION_TERMS_MAX) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, number)
  }
}

const keyOf = (org: number, field: string, value: string): string => `${org} ${field} ${value}`
