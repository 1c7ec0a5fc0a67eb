/** What to ask of a recorded history: queries that fit it, each of which has an answer. */
import type { EventInput } from '@sealedlog/sdk/event'
import { CREATED, MERGED } from './commit-event.js'

export interface Question {
  readonly about: string
  /** in the query language */
  readonly query: string
}

/** A name that is counted: how often, and the most insertions of one commit. */
interface Count {
  times: number
  insertionsMax: number
}

/** A history of a million authors is as good an example as its first thousands. */
const NAMES_MAX = 5_000
/** A day less than a week: what is printed today has an answer tomorrow too. */
const RECENT_MS = 6 * 86_400_000

/**
 * What a shell and the query language both take for a plain word. People paste what is printed here, and anybody can
 * write a commit: a name that is anything else is never suggested.
 */
const PLAIN_EMAIL = /^[A-Za-z0-9][\w.+-]{0,100}@[A-Za-z0-9][A-Za-z0-9.-]{0,100}$/
const PLAIN_PATH = /^(?!.*\.\.)[\w.][\w./-]{0,200}$/
const TWO_WORDS = /(?<![^ ])[A-Za-z]{4,20} [A-Za-z]{3,20}(?![^ .,:])/

/** Keeps, of the events of a history, what good questions are made of. */
export class History {
  readonly #authors = new Map<string, Count>()
  readonly #files = new Map<string, Count>()
  #newestMs = 0
  #merges = 0
  #plain = 0
  #phrase: string | undefined

  add(event: EventInput): void {
    const { actor, type, targets = [], occurred_at = '', description = '', details } = event
    const insertions = Number(details?.insertions ?? 0)
    this.#newestMs = Math.max(this.#newestMs, Date.parse(occurred_at))
    if (type === MERGED) this.#merges += 1
    else this.#plain += 1
    if (actor?.email !== undefined && PLAIN_EMAIL.test(actor.email)) count(this.#authors, actor.email, insertions)
    for (const { type: kind, id = '' } of targets) {
      if (kind === 'file' && PLAIN_PATH.test(id)) count(this.#files, id, insertions)
    }
    this.#phrase = TWO_WORDS.exec(description)?.[0] ?? this.#phrase
  }

  /** @param nowMs the clock against which `7d` is read */
  questions(nowMs: number): readonly Question[] {
    const [file, second] = mostCounted(this.#files)
    return [
      this.#whatIsNew(nowMs),
      ...this.#whoWroteMuch(),
      ...(file === undefined ? [] : [{ about: `who changed ${file[0]}`, query: `target:${file[0]}` }]),
      ...(file === undefined || second === undefined
        ? []
        : [{ about: 'either of two files', query: `(target:${file[0]} OR target:${second[0]}) type:${CREATED}` }]),
      ...(this.#phrase === undefined ? [] : [{ about: 'words of a subject', query: `"${this.#phrase}"` }]),
      ...(this.#plain === 0 ? [] : [{ about: 'no merges', query: `-type:${MERGED}` }]),
      ...(this.#merges === 0 ? [] : [{ about: 'merges alone', query: `type:${MERGED}` }]),
    ]
  }

  #whatIsNew(nowMs: number): Question {
    if (this.#newestMs > nowMs - RECENT_MS) return { about: 'the last seven days', query: 'type:commit.* since:7d' }
    const day = new Date(this.#newestMs).toISOString().slice(0, 10)
    return { about: 'the newest day', query: `type:commit.* since:${day}` }
  }

  #whoWroteMuch(): readonly Question[] {
    const [author] = mostCounted(this.#authors)
    if (author === undefined) return []
    const [email, { insertionsMax }] = author
    const many = [1_000, 100, 10, 1].find((lines) => lines <= insertionsMax)
    if (many === undefined) return [{ about: 'one author', query: `actor_email:${email}` }]
    const about = many === 1 ? 'what one author added' : `what one author added, ${many} lines or more at once`
    return [{ about, query: `actor_email:${email} details.insertions:>=${many}` }]
  }
}

function count(counts: Map<string, Count>, name: string, insertions: number): void {
  const known = counts.get(name)
  if (known !== undefined) {
    known.times += 1
    known.insertionsMax = Math.max(known.insertionsMax, insertions)
  } else if (counts.size < NAMES_MAX) counts.set(name, { times: 1, insertionsMax: insertions })
}

/** The most counted first; of two alike, the one that came first. */
const mostCounted = (counts: ReadonlyMap<string, Count>): readonly (readonly [string, Count])[] =>
  [...counts].toSorted(([, a], [, b]) => b.times - a.times)
