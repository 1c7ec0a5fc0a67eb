/**
 * A query as a walk over one segment: what its lists decide, and what they leave to the events.
 *
 * Where lists do not decide, the walk goes over all that may hold; behind a negation it must then go over what surely
 * holds, so that nothing is left out in the end.
 */
import { aliasesOf, type Field } from '@sealedlog/sdk/event'
import {
  type Between,
  type Condition,
  factTest,
  isBetween,
  kindOf,
  type Query,
  rangeMsOf,
  type Words,
  wordsOf,
} from '@sealedlog/sdk/query'
import { intersect, type Effort, nothing, Stretch, union, without } from './algebra.js'
import { VALUES_MAX, WALKS_MAX } from './port.js'
import type { Ordinals, PostingList, Segment, TermField, TermList } from './segment.js'
import { UNLISTED_WORDS } from './terms.js'
import { postedWord, WORD_CHARS_MAX } from './view-entry.js'

/** Where a walk goes: backwards it says `count - 1 - ordinal`, so that the algebra knows one direction. */
export interface Way {
  readonly backwards: boolean
  /** as the walk says ordinals */
  readonly from: number
  /** exclusive */
  readonly to: number
  readonly effort: Effort
}

/** What a query, or a part of one, comes to within the way. */
export interface Walked {
  /** its head may stand at the end of the way or beyond: then there is no more */
  readonly ordinals: Ordinals
  /** whether it is every ordinal of the way */
  readonly isAll: boolean
  /** how many, at most */
  readonly most: number
  /** whether the query holds for just these: else for no others, or behind a negation at least for these */
  readonly exact: boolean
  /** where they are those of one list within the way */
  readonly list?: PostingList | undefined
}

/** What opening a list takes, in steps: it may have to be read. */
const STEPS_A_LIST = 50

/**
 * Walks over what a query may hold for.
 *
 * @example
 * walkSegment({ field: 'outcome', is: 'failure' }, segment, { backwards: true, from: 0, to: segment.count, effort })
 * @throws TooLong
 */
export const walkSegment = (query: Query, segment: Segment, way: Way): Walked =>
  new SegmentWalk(segment, way).walk(query, true)

class SegmentWalk {
  readonly #segment: Segment
  readonly #way: Way
  /** opened for prefixes and networks, all conditions together */
  #values = 0

  constructor(segment: Segment, way: Way) {
    this.#segment = segment
    this.#way = way
  }

  walk(query: Query, isOver: boolean): Walked {
    if ('and' in query) return this.#and(query.and, isOver)
    if ('or' in query) return this.#anyOf(query.or.map((part) => () => this.walk(part, isOver)))
    if ('not' in query) return this.#leaveOut(this.#everything(), [this.walk(query.not, !isOver)])
    return this.#condition(query, isOver) ?? this.#undecided(isOver)
  }

  /** What is asked is intersected, what is barred is left out of it: one walk over all entries where nothing is asked. */
  #and(parts: readonly Query[], isOver: boolean): Walked {
    const asked = parts.filter((part) => !('not' in part))
    const kept = this.#allOf(asked.map((part) => () => this.walk(part, isOver)))
    if (kept.most === 0) return kept
    const barred = parts.flatMap((part) => ('not' in part ? [this.walk(part.not, !isOver)] : []))
    return this.#leaveOut(kept, barred)
  }

  /** Parts are opened one by one: past one that holds for nothing, no other matters. */
  #allOf(parts: readonly (() => Walked)[]): Walked {
    const walked: Walked[] = []
    for (const part of parts) {
      const one = part()
      if (one.most === 0 && one.exact) return one
      walked.push(one)
    }
    const exact = walked.every((part) => part.exact)
    const [shortest] = walked.toSorted((a, b) => a.most - b.most)
    if (shortest?.most === 0) return { ...shortest, exact }
    const narrowing = walked.filter(({ isAll }) => !isAll).sort((a, b) => a.most - b.most)
    const [lead] = narrowing
    if (lead === undefined) return { ...this.#everything(), exact }
    if (narrowing.length === 1) return { ...lead, exact }
    const ordinals = intersect(
      narrowing.map((part) => part.ordinals),
      this.#scope,
    )
    return { ordinals, isAll: false, most: lead.most, exact }
  }

  #anyOf(parts: readonly (() => Walked)[]): Walked {
    const walked: Walked[] = []
    for (const part of parts) {
      const one = part()
      if (one.isAll && one.exact) return one
      walked.push(one)
    }
    const exact = walked.every((part) => part.exact)
    if (walked.some(({ isAll }) => isAll)) return { ...this.#everything(), exact }
    const filled = walked.filter(({ most }) => most > 0)
    const [first] = filled
    if (first && filled.length === 1) return { ...first, exact }
    const most = filled.reduce((sum, part) => sum + part.most, 0)
    const ordinals = union(
      filled.map((part) => part.ordinals),
      this.#scope,
    )
    return { ordinals, isAll: false, most, exact }
  }

  #leaveOut(kept: Walked, barred: readonly Walked[]): Walked {
    if (barred.length === 0) return kept
    const dropped = this.#anyOf(barred.map((part) => () => part))
    if (dropped.isAll) return { ...NOTHING(), exact: dropped.exact }
    const exact = kept.exact && dropped.exact
    if (dropped.most === 0) return { ...kept, exact }
    const ordinals = without(kept.ordinals, dropped.ordinals, this.#scope)
    return { ordinals, isAll: false, most: kept.most, exact }
  }

  get #scope(): { readonly end: number; readonly effort: Effort } {
    return { end: this.#way.to, effort: this.#way.effort }
  }

  #everything(): Walked {
    const { from, to } = this.#way
    return { ordinals: new Stretch(from, to), isAll: true, most: to - from, exact: true }
  }

  #undecided(isOver: boolean): Walked {
    return { ...(isOver ? this.#everything() : NOTHING()), exact: false }
  }

  /** What a condition holds for, or undefined where lists do not say. */
  #condition(condition: Condition, isOver: boolean): Walked | undefined {
    if ('text' in condition) return this.#words(condition, isOver)
    if (isBetween(condition)) return condition.field === 'occurred_at' ? this.#between(condition) : undefined
    if (kindOf(condition.field) !== 'fact') return undefined
    const field = condition.field as Field
    if ('is' in condition) return this.#isAny(field, field === 'type' ? aliasesOf(condition.is) : [condition.is])
    return this.#matching(field, condition)
  }

  #between(condition: Between): Walked {
    const { sinceMs, untilMs } = rangeMsOf(condition, 0)
    const { backwards, from, to } = this.#way
    const { count } = this.#segment
    const low = this.#ordinalAt(sinceMs)
    const high = this.#ordinalAt(untilMs)
    const first = Math.max(from, backwards ? count - high : low)
    const end = Math.min(to, backwards ? count - low : high)
    if (first >= end) return NOTHING()
    return { ordinals: new Stretch(first, end), isAll: first === from && end === to, most: end - first, exact: true }
  }

  #ordinalAt(atMs: number): number {
    if (atMs <= this.#segment.leastMs) return 0
    return atMs > this.#segment.greatestMs ? this.#segment.count : this.#segment.ordinalOf({ atMs, index: -1 })
  }

  #isAny(field: Field, values: readonly string[]): Walked {
    return this.#anyOf(values.map((value) => () => this.#is(field, value)))
  }

  #is(field: TermField, value: string): Walked {
    // every entry is tenant-scoped or not: one of the two lists says both
    if (field === 'tenant' && value === 'no') return this.#leaveOut(this.#everything(), [this.#is('tenant', 'yes')])
    return this.#open(this.#segment.find(field, value))
  }

  #open(list: PostingList | undefined): Walked {
    const { backwards, from, to, effort } = this.#way
    effort.spend(STEPS_A_LIST)
    if (list === undefined) return NOTHING()
    const ordinals = list.walk(backwards)
    if (from > 0) ordinals.seek(from)
    if (ordinals.head >= to) return NOTHING()
    return { ordinals, isAll: false, most: Math.min(list.count, to - from), exact: true, list }
  }

  #matching(field: Field, condition: Exclude<Condition, Words>): Walked | undefined {
    const accepts = factTest(condition)
    if (field === 'tenant') return this.#isAny(field, ['yes', 'no'].filter(accepts))
    // every event has a type: the empty prefix needs no walk for each
    if (field === 'type' && 'starts_with' in condition && condition.starts_with === '') return this.#everything()
    const prefix = 'starts_with' in condition ? condition.starts_with : prefixOfNetwork(condition)
    return this.#valuesFrom(field, prefix, accepts)
  }

  /** The entries under the values that start with a prefix, or undefined where there are too many. */
  #valuesFrom(field: TermField, prefix: string, accepts: (value: string) => boolean): Walked | undefined {
    const known = this.#segment.valuesFrom(field, prefix, VALUES_MAX + 1)
    if (known.length > VALUES_MAX) return undefined
    const accepted: readonly TermList[] = known.filter(({ value }) => accepts(value))
    this.#values += accepted.length
    if (this.#values > WALKS_MAX) return undefined
    return this.#anyOf(
      accepted.map(
        ({ list }) =>
          () =>
            this.#open(list),
      ),
    )
  }

  /** Free text. Lists decide a lone word; of words in a row they say that all are there. */
  #words({ text, prefix }: Words, isOver: boolean): Walked {
    const words = wordsOf(text)
    // text without words stands in any text that has one, and every event says its outcome
    if (words.length === 0) return this.#everything()
    const whole = prefix === true ? words.slice(0, -1) : words
    const parts = [...new Set(whole)].map((word) => () => this.#word(word, isOver))
    if (prefix === true) parts.push(() => this.#wordsFrom(words.at(-1) as string, isOver))
    const walked = words.length === 1 ? (parts[0] as () => Walked)() : this.#asFarAs(this.#allOf(parts), isOver)
    return this.#withUnlisted(walked, isOver)
  }

  #word(word: string, isOver: boolean): Walked {
    const walked = this.#is('word', postedWord(word))
    return word.length < WORD_CHARS_MAX ? walked : this.#asFarAs(walked, isOver)
  }

  #wordsFrom(prefix: string, isOver: boolean): Walked {
    if (prefix.length > WORD_CHARS_MAX) return this.#word(prefix, isOver)
    return this.#valuesFrom('word', prefix, () => true) ?? this.#undecided(isOver)
  }

  /** What lists say of a text that they do not decide: these and no others; where none is there, it is decided. */
  #asFarAs(walked: Walked, isOver: boolean): Walked {
    if (!isOver) return { ...NOTHING(), exact: false }
    return { ...walked, exact: walked.most === 0 }
  }

  /** Entries of too many words may hold any. */
  #withUnlisted(walked: Walked, isOver: boolean): Walked {
    const unlisted = this.#is('word', UNLISTED_WORDS)
    if (unlisted.most === 0) return walked
    return { ...(isOver ? this.#anyOf([() => walked, () => unlisted]) : walked), exact: false }
  }
}

const NOTHING = (): Walked => ({ ordinals: nothing(), isAll: false, most: 0, exact: true })

/** How every address of an IPv4 network begins, as far as whole bytes go: so that not all addresses are looked at. */
function prefixOfNetwork(condition: Exclude<Condition, Words>): string {
  const network = 'within' in condition ? condition.within : ''
  const [address = '', bits] = network.split('/')
  if (address.includes(':')) return ''
  const numbers = address.split('.').slice(0, Math.floor(Number(bits) / 8))
  return numbers.join('.') + (numbers.length > 0 && numbers.length < 4 ? '.' : '')
}
