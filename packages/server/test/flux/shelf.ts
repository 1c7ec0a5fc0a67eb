/** What the oracle knows of one organization: every event that was ever said, since when, and in which forms. */
import type { EventInput } from '@sealedlog/sdk/event'
import type { Predicate } from '../log/oracle.js'
import { type Known, knownEvent } from '../log/oracle-event.js'
import { withoutPerson } from './erased.js'
import type { SaidEvent } from './said.js'

/** A form of an event, and from when until when an answer may show it. While an erasure is under way, there are two. */
interface Form {
  readonly known: Known
  readonly from: number
  until: number
}

export interface Item {
  said: EventInput
  /** unknown until somebody hears of it */
  place: { readonly index: number; readonly recordedAt: string } | undefined
  forms: Form[]
  /** when it was acknowledged: from then on every answer must show it */
  acknowledged: number
}

/** A document that the server showed. */
export interface Shown {
  readonly id: string
  readonly index?: number
  readonly recorded_at?: string
  readonly bucket?: string
}

const NOT_YET = Number.POSITIVE_INFINITY

/** Moments are counted, not measured: one more for everything that is begun or ended. */
export class Moments {
  #now = 0

  next(): number {
    return ++this.#now
  }
}

export class Shelf {
  readonly org: string
  readonly items = new Map<string, Item>()
  /** everything said, for questions about it */
  readonly pool: EventInput[] = []
  readonly #moments: Moments
  readonly #ids: string[] = []

  constructor(org: string, moments: Moments) {
    this.org = org
    this.#moments = moments
  }

  say(events: readonly SaidEvent[]): void {
    for (const said of events) {
      this.items.set(said.id, { said, place: undefined, forms: [], acknowledged: NOT_YET })
      this.pool.push(said)
    }
  }

  acknowledge(id: string, index: number, recordedAt: string): void {
    const item = this.#at(id, index, recordedAt)
    item.acknowledged = Math.min(item.acknowledged, this.#moments.next())
  }

  /** Somebody was shown a document: it must be what was said, where it was before. */
  see({ id, index, recorded_at: recordedAt, bucket, ...rest }: Shown): Item {
    if (!this.items.has(id)) {
      if (bucket !== 'sealedlog') throw new Error(`${this.org}: nobody ever said ${id}`)
      // The server's own entries: their documents are taken as they are.
      const { org: _, ...said } = { ...rest, id, bucket } as { readonly [name: string]: unknown }
      this.items.set(id, { said: said as unknown as EventInput, place: undefined, forms: [], acknowledged: NOT_YET })
    }
    if (index === undefined || recordedAt === undefined) return this.items.get(id) as Item
    const item = this.#at(id, index, recordedAt)
    // What a stranger sees is durable: from now on it is there.
    item.acknowledged = Math.min(item.acknowledged, this.#moments.next())
    return item
  }

  #at(id: string, index: number, recordedAt: string): Item {
    const item = this.items.get(id)
    if (item === undefined) throw new Error(`${this.org}: nobody ever said ${id}`)
    if (item.place === undefined) {
      if (this.#ids[index] !== undefined) throw new Error(`${this.org}: ${id} and ${this.#ids[index]} are at ${index}`)
      this.#ids[index] = id
      item.place = { index, recordedAt }
      item.forms = [{ known: knownEvent(item.said, index, recordedAt), from: 0, until: NOT_YET }]
    }
    if (item.place.index !== index || item.place.recordedAt !== recordedAt)
      throw new Error(`${this.org}: ${id} was at ${JSON.stringify(item.place)}, and is at ${index}, ${recordedAt}`)
    return item
  }

  /** How many entries are known without a gap. */
  get size(): number {
    const gap = this.#ids.findIndex((id) => id === undefined)
    return gap === -1 ? this.#ids.length : gap
  }

  idAt(index: number): string | undefined {
    return this.#ids[index]
  }

  /** An erasure begins: from now on, answers may show either form. @returns what is to be called when it is done */
  beginErasing(name: string): { readonly events: number; readonly done: () => void } {
    const now = this.#moments.next()
    const touched = [...this.items.values()].filter(({ said }) => JSON.stringify(said).includes(name))
    for (const item of touched) {
      item.said = withoutPerson(item.said, name)
      const { index = -1, recordedAt = '' } = item.place ?? {}
      item.forms.push({ known: knownEvent(item.said, index, recordedAt), from: now, until: NOT_YET })
    }
    const done = () => {
      const end = this.#moments.next()
      for (const { forms } of touched) for (const form of forms.slice(0, -1)) form.until = Math.min(form.until, end)
    }
    return { events: touched.length, done }
  }

  /** What the forms of an item say that may have been shown since a moment. */
  static holds(item: Item, since: number, holds: Predicate): { readonly may: boolean; readonly must: boolean } {
    const [only] = item.forms
    if (item.forms.length === 1 && only) {
      const is = holds(only.known)
      return { may: is, must: is }
    }
    const valid = item.forms.filter(({ until }) => until > since).map(({ known }) => holds(known))
    return { may: valid.includes(true), must: valid.length > 0 && !valid.includes(false) }
  }
}
