/** Entries as rows of numbered terms: what the worker does with the file, one call after another. */
import type { ListPosition } from '@sealedlog/sdk/event'
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

  constructor(file: IndexFile) {
    this.#file = file
  }

  /** Does several puts in one commit. Each is done or refused by itself; what throws was done for none. */
  put(puts: readonly (readonly IndexEntry[])[]): (IndexBehind | undefined)[] {
    const { begin, commit, rollback } = this.#file.statements
    begin.run()
    try {
      const refusals = this.#write(puts)
      commit.run()
      return refusals
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
    const postUnder = (term: number) => {
      const list = postings.get(term)
      if (list) list.push(position)
      else postings.set(term, [position])
    }
    postUnder(org)
    eachPosted(facts, (field, value) =>
      postUnder(this.#findTerm(org, field, value) ?? this.#addTerm(org, field, value)),
    )
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
