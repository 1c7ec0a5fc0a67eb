/** The frames of a page: made once for all streams that ask for the same events in the same form. */
import type { Dialect } from '@sealedlog/sdk/dialect'
import { atTime, type Matcher, matcherOf, type Query } from '@sealedlog/sdk/query'
import { countShown, hideServerEntries, type TailPage } from '../log/index.js'
import { formatEntry } from './event-stream.js'

/** Kept as long as somebody holds the page, and no longer. */
const MADE = new WeakMap<TailPage, Map<string, Framed>>()

export interface Framed {
  /** empty where there is none */
  readonly bytes: Uint8Array
  /** how many of the events count as read */
  readonly shown: number
}

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

  /** The frames of the events that are asked for. */
  of(page: TailPage): Framed {
    const forms = MADE.get(page) ?? new Map<string, Framed>()
    MADE.set(page, forms)
    const made = forms.get(this.#form) ?? this.#make(page)
    forms.set(this.#form, made)
    return made
  }

  #make({ events }: TailPage): Framed {
    const asked = events.filter(this.#holds)
    const frames = asked.map((event) => formatEntry(event.index, this.#dialect.to(event)))
    return { bytes: Buffer.from(frames.join('')), shown: countShown(asked) }
  }
}
