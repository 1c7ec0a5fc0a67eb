/** The words of young entries: a text that was met before costs one look, however many words it has. */
import { UNLISTED_WORDS } from '../terms.js'
import { distinctWords, postedWordsOf, WORDS_MAX } from '../view-entry.js'
import type { Chains } from './chains.js'
import type { YoungTerms } from './young-terms.js'

/** Texts that are remembered, and how long they are at most: names, types and agents come again and again. */
const TEXTS_MAX = 8_192
const TEXT_CHARS_MAX = 256

const NO_WORDS: readonly string[] = []

export class YoungWords {
  readonly #terms: YoungTerms
  readonly #chains: Chains
  /** the lists of a text's words, each once */
  readonly #listsOf = new Map<string, readonly number[]>()

  constructor(terms: YoungTerms, chains: Chains) {
    this.#terms = terms
    this.#chains = chains
  }

  /** Posts an entry under the words of its texts, or as one of which they are not listed. */
  post(texts: readonly string[], place: number): void {
    const known = texts.map((text) => this.#listsOf.get(text))
    const split = texts.map((text, i) => (known[i] ? NO_WORDS : postedWordsOf(text)))
    // with repetitions: mostly this decides it
    let words = 0
    for (let i = 0; i < texts.length; i++) words += known[i]?.length ?? (split[i] as readonly string[]).length
    if (words > WORDS_MAX && distinctWords(texts) === undefined)
      this.#chains.add(this.#terms.take('word', UNLISTED_WORDS), place)
    else
      for (let i = 0; i < texts.length; i++)
        this.#postText(texts[i] as string, known[i], split[i] as readonly string[], place)
  }

  #postText(text: string, known: readonly number[] | undefined, words: readonly string[], place: number): void {
    if (known) {
      for (const list of known) this.#chains.add(list, place)
      return
    }
    const lists: number[] = []
    for (const word of words) {
      const list = this.#terms.take('word', word)
      this.#chains.add(list, place)
      lists.push(list)
    }
    if (text.length <= TEXT_CHARS_MAX) this.#remember(text, lists)
  }

  /** Once no word of it is new with this entry: ids that come once would push out what comes again. */
  #remember(text: string, lists: readonly number[]): void {
    for (const list of lists) if (this.#chains.countOf(list) === 1) return
    if (this.#listsOf.size >= TEXTS_MAX) this.#listsOf.clear()
    this.#listsOf.set(text, [...new Set(lists)])
  }
}
