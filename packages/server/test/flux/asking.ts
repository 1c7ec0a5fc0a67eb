/** Asks a list, page after page, and holds what it shows against what the oracle knows. */
import type { Client } from '../durability/client.js'
import type { Predicate } from '../log/oracle.js'
import type { Known } from '../log/oracle-event.js'
import type { Place, Question } from './questions.js'
import { type Item, type Moments, Shelf, type Shown } from './shelf.js'

interface Page {
  readonly data: readonly Shown[]
  readonly has_more: boolean
  readonly next_cursor?: string | null
}

/** A list that is being read. It may be read on after the server died: what it showed stays true. */
export class Asking {
  readonly question: Question
  readonly #shelf: Shelf
  readonly #holds: Predicate
  readonly #begun: number
  readonly #shown: Item[] = []
  readonly #ids = new Set<string>()
  #place: Place | undefined
  /** whether all of it was read */
  isDone = false

  constructor(question: Question, shelf: Shelf, moments: Moments, nowMs: number) {
    this.question = question
    this.#shelf = shelf
    this.#holds = question.holds(nowMs)
    this.#begun = moments.next()
  }

  get count(): number {
    return this.#shown.length
  }

  /** Reads a page. @throws NoAnswer; Error where it shows what it must not, or not what it must */
  async read(client: Pick<Client, 'json'>): Promise<void> {
    const { question } = this
    const page = await client.json<Page>({ ...question.call(this.#place), org: this.#shelf.org })
    if (page.data.length > question.limit) throw new Error(`${page.data.length} events on a page`)
    for (const document of page.data) this.#take(document)
    this.isDone = !page.has_more
    this.#place = { cursor: page.next_cursor ?? null, lastId: page.data.at(-1)?.id ?? this.#place?.lastId }
  }

  /** One that is shown: said, matching, in its order, and not a second time. */
  #take(document: Shown): void {
    const item = this.#shelf.see(document)
    if (this.#ids.has(document.id)) throw new Error(`${document.id} is shown twice`)
    this.#ids.add(document.id)
    if (item.forms.length === 0) return
    if (!Shelf.holds(item, this.#begun, this.#holds).may) throw new Error(`${document.id} is shown, and does not match`)
    const last = this.#shown.at(-1)
    if (last && this.#compare(last, item) >= 0) throw new Error(`${document.id} is shown out of order`)
    this.#shown.push(item)
  }

  /**
   * No more is read. Whatever was acknowledged before the question, matches, and stands before the last that is shown,
   * was shown.
   *
   * @throws Error where it was not
   */
  expectAll(): void {
    const last = this.#shown.at(-1)
    if (last === undefined && !this.isDone) return
    for (const [id, item] of this.#shelf.items) {
      if (item.acknowledged >= this.#begun || this.#ids.has(id)) continue
      if (!this.isDone && last && this.#compare(item, last) > 0) continue
      if (Shelf.holds(item, this.#begun, this.#holds).must) throw new Error(`${id} is not shown, and matches`)
    }
  }

  toString(): string {
    return `${this.#shelf.org}, after ${this.#ids.size} events of ${this.question.text}`
  }

  #compare(a: Item, b: Item): number {
    const [one, other] = [knownOf(a), knownOf(b)]
    const oldestFirst = one.atMs - other.atMs || one.index - other.index
    return this.question.order === 'asc' ? oldestFirst : -oldestFirst
  }
}

const knownOf = ({ forms }: Item): Known => (forms[0] as { known: Known }).known
