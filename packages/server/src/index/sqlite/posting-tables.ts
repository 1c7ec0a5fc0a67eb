/** Entries as rows of numbered terms: what the worker does with the file, one call after another. */
import { assert } from '@sealedlog/sdk/base'
import type { Facts, ListPosition } from '@sealedlog/sdk/event'
import { freshEntries } from '../fresh.js'
import { type Found, IndexBehind, type IndexEntry, type SearchRequest } from '../port.js'
import type { ReadChunk } from '../postings.js'
import { eachPosted, type PostingSource, searchPostings } from '../query.js'
import type { IndexFile } from './index-file.js'
import { TermNumbers } from './term-numbers.js'

interface Organization {
  /** its number, and that of the term that all of its entries carry */
  readonly term: number
  readonly size: number
}

/** at_ms and idx: rows as arrays are read in half the time of rows as objects */
type PositionRow = readonly [number, number]

/** The positions to post under each term. */
type Postings = Map<number, ListPosition[]>

export class PostingTables {
  readonly #file: IndexFile
  readonly #terms = new TermNumbers()
  /** the greatest number given, or undefined until it is looked up */
  #lastTerm: number | undefined
  /** whether the write-ahead log may hold what was erased: also what a process erased that was killed */
  #mayHoldErased = true

  constructor(file: IndexFile) {
    this.#file = file
    this.finishErasing()
  }

  /** Does several puts in one commit. Each is done or refused by itself; what throws was done for none. */
  put(puts: readonly (readonly IndexEntry[])[]): (IndexBehind | undefined)[] {
    return this.#inTransaction(() => this.#write(puts))
  }

  /** Replaces what is known of covered entries. No value that only they had is left in the file, unless a stranger reads it. */
  erase(org: string, entries: readonly IndexEntry[]): IndexBehind | undefined {
    const organization = this.#find(org)
    if (organization === undefined || entries.some(({ index }) => index >= organization.size))
      return entries.length === 0 ? undefined : new IndexBehind(org)
    this.#mayHoldErased = true
    this.#inTransaction(() => this.#replace(organization.term, entries))
    this.#terms.clear()
    this.finishErasing()
    return undefined
  }

  finishErasing(): boolean {
    if (this.#mayHoldErased) this.#mayHoldErased = !this.#file.emptyWriteAhead()
    return !this.#mayHoldErased
  }

  #inTransaction<T>(write: () => T): T {
    const { begin, commit, rollback } = this.#file.statements
    begin.run()
    try {
      const written = write()
      commit.run()
      return written
    } catch (error) {
      // some of the terms we know will not exist; numbers given in vain are passed over
      this.#terms.clear()
      try {
        rollback.run()
      } catch {
        // a full disk may have rolled back by itself: the first error is the one that says why
      }
      throw error
    }
  }

  search(request: SearchRequest): Found | IndexBehind {
    const organization = this.#find(request.org)
    if ((organization?.size ?? 0) < request.covering) return new IndexBehind(request.org)
    if (organization === undefined) return { positions: [], exact: true }
    return searchPostings(request, this.#sourceOf(organization.term, request.order))
  }

  size(org: string): number {
    return this.#find(org)?.size ?? 0
  }

  #write(puts: readonly (readonly IndexEntry[])[]): (IndexBehind | undefined)[] {
    const organizations = new Map<string, Organization>()
    const postings: Postings = new Map()
    const sizeOf = (org: string) => organizations.get(org)?.size ?? this.size(org)
    const refusals = puts.map((entries) => {
      const fresh = freshEntries(entries, sizeOf)
      if (fresh instanceof IndexBehind) return fresh
      for (const [org, size] of fresh.sizes) {
        const term = (organizations.get(org) ?? this.#find(org))?.term ?? this.#nextTerm()
        organizations.set(org, { term, size })
      }
      for (const entry of fresh.entries) this.#post(entry, organizations.get(entry.org) as Organization, postings)
      return undefined
    })
    this.#insert(postings)
    const { setOrganization } = this.#file.statements
    for (const [org, { term, size }] of organizations) setOrganization.run(org, term, size)
    return refusals
  }

  #post({ atMs, index, facts }: IndexEntry, { term: org }: Organization, postings: Postings): void {
    const position = { atMs, index }
    const terms = this.#termsOf(org, facts)
    for (const term of terms) {
      const list = postings.get(term)
      if (list) list.push(position)
      else postings.set(term, [position])
    }
    this.#file.statements.addEntry.run(org, index, atMs, formatTerms(terms))
  }

  /** The terms that an entry with these facts is posted under, numbered if they are new. */
  #termsOf(org: number, facts: Facts): Set<number> {
    const terms = new Set([org])
    eachPosted(facts, (field, value) =>
      terms.add(this.#findTerm(org, field, value) ?? this.#addTerm(org, field, value)),
    )
    return terms
  }

  /** Posts entries under what survives of their facts, and drops the terms under which nothing is left. */
  #replace(org: number, entries: readonly IndexEntry[]): void {
    const { findEntry, setEntry, addPosting, dropPosting, findPosting } = this.#file.statements
    const left = new Set<number>()
    for (const { index, facts } of entries) {
      const row = findEntry.get(org, index) as { at_ms: number; terms: string } | undefined
      assert(row, `the index has a row of entry ${index}, which it covers`)
      const [before, after] = [parseTerms(row.terms), this.#termsOf(org, facts)]
      for (const term of before) {
        if (after.has(term)) continue
        dropPosting.run(term, row.at_ms, index)
        left.add(term)
      }
      for (const term of after) if (!before.has(term)) addPosting.run(term, row.at_ms, index)
      setEntry.run(formatTerms(after), org, index)
    }
    const gone = [...left].filter((term) => findPosting.get(term) === undefined)
    if (gone.length > 0) this.#file.rewriteTerms(gone)
  }

  /** Writes term by term in the order of the B-tree, so that each page is visited once. */
  #insert(postings: Postings): void {
    const { addPosting } = this.#file.statements
    for (const [term, positions] of [...postings].sort(([a], [b]) => a - b)) {
      for (const { atMs, index } of positions) addPosting.run(term, atMs, index)
    }
  }

  #find(org: string): Organization | undefined {
    return this.#file.statements.findOrganization.get(org) as Organization | undefined
  }

  #findTerm(org: number, field: string, value: string): number | undefined {
    const known = this.#terms.get(org, field, value)
    if (known !== undefined) return known
    const row = this.#file.statements.findTerm.get(org, field, value) as { term: number } | undefined
    if (row) this.#terms.set(org, field, value, row.term)
    return row?.term
  }

  #addTerm(org: number, field: string, value: string): number {
    const term = this.#nextTerm()
    this.#file.statements.addTerm.run(org, field, value, term)
    this.#terms.set(org, field, value, term)
    return term
  }

  #nextTerm(): number {
    this.#lastTerm ??= (this.#file.statements.lastTerm.get() as { term: number } | undefined)?.term ?? 0
    this.#lastTerm += 1
    return this.#lastTerm
  }

  #sourceOf(org: number, order: SearchRequest['order']): PostingSource {
    const { readAscending, readDescending, findTerms } = this.#file.statements
    const read = order === 'asc' ? readAscending : readDescending
    const under =
      (term: number): ReadChunk =>
      (from, rows) =>
        (read.all(term, from.atMs, from.index, rows) as unknown as PositionRow[]).map(([atMs, index]) => ({
          atMs,
          index,
        }))
    return {
      all: () => under(org),
      exactly: (field, value) => {
        const term = this.#findTerm(org, field, value)
        return term === undefined ? undefined : under(term)
      },
      valuesFrom: (field, prefix, max) => {
        const rows = findTerms.all(org, field, prefix, max) as unknown as { term: number; value: string }[]
        return rows
          .filter(({ value }) => value.startsWith(prefix))
          .map(({ term, value }) => ({ value, read: under(term) }))
      },
    }
  }
}

const formatTerms = (terms: Iterable<number>): string => [...terms].join(' ')

const parseTerms = (text: string): Set<number> => new Set(text.split(' ').map(Number))
