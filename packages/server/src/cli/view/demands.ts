/** What the log's events demand of an index: as sums, and by name. */
import type { RecordedEvent } from '@sealedlog/sdk/event'
import {
  distinctWords,
  eachFact,
  eachTerm,
  type Numbers,
  type OpenedEntry,
  type PostingNumbers,
  type PostingSums,
  postedWordsOf,
  toOpenedEntry,
  toViewEntry,
  UNLISTED_WORDS,
  WORDS_MAX,
} from '../../index/index.js'

/** The term that every entry has: that it stands where it stands. */
export const ITSELF = ''

/** Terms that are remembered, and texts with their words: most come again and again. */
const TERMS_MAX = 30_000
const TEXTS_MAX = 8_192
const TEXT_CHARS_MAX = 256

/** A word's numbers, and the event that demanded it last: each demands it once, however often it says it. */
interface Word extends Numbers {
  lastEvent: number
}

export class Demands {
  readonly #numbers: PostingNumbers
  readonly #unlisted: ReadonlySet<number>
  readonly #termsMax: number
  readonly #itself: Numbers
  readonly #facts = new Map<string, Map<string, Numbers>>()
  readonly #words = new Map<string, Word>()
  readonly #texts = new Map<string, readonly Word[]>()
  #terms = 0
  /** how many events were added */
  #events = 0

  /**
   * @param unlisted entries of which the index says that their words are not posted
   * @param termsMax terms that are remembered
   */
  constructor(numbers: PostingNumbers, unlisted: ReadonlySet<number>, termsMax: number = TERMS_MAX) {
    this.#numbers = numbers
    this.#termsMax = termsMax
    this.#unlisted = unlisted
    this.#itself = numbers.term(ITSELF, ITSELF)
  }

  /** Adds all that an event is to be posted under; one outside of the range adds nothing. */
  add(event: RecordedEvent, sums: PostingSums): void {
    const slot = sums.slotOf(event.index)
    if (slot < 0) return
    // Never within an event: a word must not be two.
    if (this.#terms > this.#termsMax) this.#forget()
    this.#events += 1
    const opened = toOpenedEntry(event.org, event)
    const entry = this.#numbers.entry(opened.atMs, opened.index)
    sums.add(slot, this.#itself, entry)
    eachFact(opened.facts, (field, value) => sums.add(slot, this.#fact(field, value), entry))
    for (const word of this.#wordsOf(event, opened)) {
      if (word.lastEvent === this.#events) continue
      word.lastEvent = this.#events
      sums.add(slot, word, entry)
    }
  }

  /** The same by name. */
  names(event: RecordedEvent): readonly string[] {
    const posted = toViewEntry(event.org, event)
    const names = [nameOf(ITSELF, ITSELF, posted.atMs)]
    const words = this.#isUnlisted(event) ? undefined : posted.words
    eachTerm({ ...posted, words }, (field, value) => names.push(nameOf(field, value, posted.atMs)))
    return names
  }

  /** With repetitions. */
  #wordsOf(event: RecordedEvent, { texts }: OpenedEntry): readonly Word[] {
    if (this.#isUnlisted(event)) return [this.#word(UNLISTED_WORDS)]
    const words = texts.flatMap((text) => this.#wordsIn(text))
    // with repetitions: mostly this decides it
    const isListed = words.length <= WORDS_MAX || distinctWords(texts) !== undefined
    return isListed ? words : [this.#word(UNLISTED_WORDS)]
  }

  /** An entry that had too many words to be posted stays one when it lost some: what was erased is only taken out. */
  #isUnlisted(event: RecordedEvent): boolean {
    return event.redacted !== undefined && this.#unlisted.has(event.index)
  }

  #wordsIn(text: string): readonly Word[] {
    const known = this.#texts.get(text)
    if (known) return known
    const words = postedWordsOf(text).map((word) => this.#word(word))
    // A text that comes once would push out what comes again.
    if (text.length <= TEXT_CHARS_MAX && words.every(({ lastEvent }) => lastEvent > 0)) this.#remember(text, words)
    return words
  }

  #remember(text: string, words: readonly Word[]): void {
    if (this.#texts.size >= TEXTS_MAX) this.#texts.clear()
    this.#texts.set(text, [...new Set(words)])
  }

  #word(word: string): Word {
    const known = this.#words.get(word)
    if (known) return known
    const made = { ...this.#numbers.term('word', word), lastEvent: 0 }
    this.#words.set(word, made)
    this.#terms += 1
    return made
  }

  #fact(field: string, value: string): Numbers {
    let values = this.#facts.get(field)
    if (values === undefined) this.#facts.set(field, (values = new Map()))
    const known = values.get(value)
    if (known) return known
    const made = this.#numbers.term(field, value)
    values.set(value, made)
    this.#terms += 1
    return made
  }

  #forget(): void {
    this.#facts.clear()
    this.#words.clear()
    this.#texts.clear()
    this.#terms = 0
  }
}

export const nameOf = (field: string, value: string, atMs: number): string =>
  `${field === '' ? 'itself' : `${field}=${value}`} at ${new Date(atMs).toISOString()}`
