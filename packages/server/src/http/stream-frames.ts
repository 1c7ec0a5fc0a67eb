/** The frames of a page: made once for all streams that ask for the same events in the same form. */
import type { Dialect } from '@sealedlog/sdk/dialect'
import { atTime, type Matcher, matcherOf, type Query } from '@sealedlog/sdk/query'
import { hideServerEntries, type TailPage } from '../log/index.js'
import { formatEntry } from './event-stream.js'

/** Kept as long as somebody holds the page, and no longer. */
const MADE = new WeakMap<TailPage, Map<string, Uint8Array>>()

export class Frames {
  readonly #holds: Matcher
  readonly #dialect: Dialect
  readonly #form: string

  /** @param nowMs from when spans such as `7d` count back: those of another moment ask for something else */
  constructor(query: Query, dialect: Dialect, nowMs: number) {
    const whole = hideServerEntries(atTime(query, nowMs))
    this.#holds = matcherOf(whole, nowMs)
    this.#dialect = dialect
    this.#form = `${dialect.name} ${JSON.stringify(whole)}`
  }

  /** The frames of the events that are asked for; empty where there is none. */
  of(page: TailPage): Uint8Array {
    const forms = MADE.get(page) ?? new Map<string, Uint8Array>()
    MADE.set(page, forms)
    const made = forms.get(this.#form) ?? this.#make(page)
    forms.set(this.#form, made)
    return made
  }

  #make({ events }: TailPage): Uint8Array {
    const frames = events.filter(this.#holds).map((event) => formatEntry(event.index, this.#dialect.to(event)))
    return Buffer.from(frames.join(''))
  }
}
