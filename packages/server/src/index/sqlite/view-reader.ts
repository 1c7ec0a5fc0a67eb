/**
 * Reading an index's file from outside, to hold it against the log: every posting of an organization, in small reads.
 *
 * Nothing is held between two reads: a server that runs beside empties its write-ahead file only while nobody reads.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { SCHEMA_VERSION } from './schema.js'

/** What is posted where. The field is empty for the postings that every entry has. */
export type VisitPosting = (field: string, value: string, atMs: number, index: number) => void

const VIEW_STATEMENTS = {
  version: 'PRAGMA user_version',
  organization: 'SELECT term, size FROM organization WHERE org = ?',
  terms: `SELECT field, value, term FROM term
    WHERE org = ? AND (field, value) > (?, ?) ORDER BY field, value LIMIT ? + 0`,
  postings: `SELECT at_ms, idx FROM posting
    WHERE term = ? AND (at_ms, idx) > (?, ?) ORDER BY at_ms, idx LIMIT ? + 0`,
} as const

const TERMS_CHUNK = 1_000
const POSTINGS_CHUNK = 10_000

type Rows<T> = readonly T[]

export class ViewReader {
  readonly #db: DatabaseSync
  readonly #statements: Readonly<Record<keyof typeof VIEW_STATEMENTS, StatementSync>>

  /**
   * @param db the index's file, open for reading; the reader closes it
   * @throws what SQLite throws when it has no such tables
   */
  constructor(db: DatabaseSync) {
    this.#db = db
    const prepared = Object.entries(VIEW_STATEMENTS).map(([name, sql]) => [name, db.prepare(sql)])
    this.#statements = Object.fromEntries(prepared) as Record<keyof typeof VIEW_STATEMENTS, StatementSync>
    this.#statements.terms.setReturnArrays(true)
    this.#statements.postings.setReturnArrays(true)
  }

  /** Whether the file is of the version that this program writes: another is thrown away at the next start. */
  isOfThisVersion(): boolean {
    return this.#statements.version.get()?.['user_version'] === SCHEMA_VERSION
  }

  /** How many entries of an organization it covers: 0 for one it has never heard of. */
  size(org: string): number {
    return Number(this.#statements.organization.get(org)?.['size'] ?? 0)
  }

  /** Calls back for each posting of an organization, and answers how many terms have none. */
  eachPosting(org: string, visit: VisitPosting): number {
    const row = this.#statements.organization.get(org)
    if (row === undefined) return 0
    const all = Number(row['term'])
    let unused = 0
    this.#postings(all, '', '', visit)
    for (let last: readonly [string, string] | undefined = ['', '']; last !== undefined; ) {
      const chunk = this.#statements.terms.all(all, ...last, TERMS_CHUNK) as unknown as Rows<[string, string, number]>
      for (const [field, value, term] of chunk) if (this.#postings(term, field, value, visit) === 0) unused += 1
      const [field, value] = chunk.at(-1) ?? []
      last = chunk.length < TERMS_CHUNK || field === undefined || value === undefined ? undefined : [field, value]
    }
    return unused
  }

  close(): void {
    this.#db.close()
  }

  #postings(term: number, field: string, value: string, visit: VisitPosting): number {
    let count = 0
    for (let from: readonly [number, number] | undefined = BEFORE_ALL; from !== undefined; ) {
      const chunk: Rows<[number, number]> = this.#statements.postings.all(term, ...from, POSTINGS_CHUNK) as never
      for (const [atMs, index] of chunk) visit(field, value, atMs, index)
      count += chunk.length
      from = chunk.length < POSTINGS_CHUNK ? undefined : chunk.at(-1)
    }
    return count
  }
}

const BEFORE_ALL = [Number.MIN_SAFE_INTEGER, Number.MIN_SAFE_INTEGER] as const
