/** Saved queries: what an organization asks again and again, by name. Kept as said, so that `since:7d` stays a week. */
import { AuditError, didYouMean, formatTime, isJsonObject, type Json, parseText } from '@sealedlog/sdk/base'
import { BOUNDS, KIND_PATTERN } from '@sealedlog/sdk/event'
import { allOf, formatQuery, parseQuery, parseQueryJson, type Query } from '@sealedlog/sdk/query'
import type { DocumentStore, StoredDocument } from '../store/index.js'
import { readFilters } from './filters.js'
import type { QueryString } from './query-string.js'

const KIND = 'saved_query'

export interface SavedQuery {
  readonly name: string
  /** the text, in the one spelling of its tree */
  readonly q: string
  readonly description?: string
  /** RFC 3339 */
  readonly saved_at: string
}

/** What a list is asked by: the plain parameters, `q`, and the query that `saved` names; all of them hold. */
export async function readAsked(documents: DocumentStore, org: string, query: QueryString): Promise<Query> {
  const asked = readFilters(query)
  const name = query.one('saved')
  if (name === undefined) return asked
  return allOf([parseQuery((await getSavedQuery(documents, org, name)).q), asked])
}

/** @throws AuditError `saved_query_not_found` */
export async function getSavedQuery(documents: DocumentStore, org: string, name: string): Promise<SavedQuery> {
  const found = await documents.getDocument(org, KIND, name)
  if (found) return savedOf(found)
  const names = await documents.listDocumentNames(org, KIND, '', BOUNDS.SAVED_QUERIES_MAX)
  throw notFound(org, name, names)
}

const notFound = (org: string, name: string, names: readonly string[] = []): AuditError =>
  new AuditError(
    'saved_query_not_found',
    `"${org}" has no saved query ${JSON.stringify(name.slice(0, 64))}.${didYouMean(name, names)}`,
  )

export async function listSavedQueries(documents: DocumentStore, org: string): Promise<readonly SavedQuery[]> {
  return (await documents.listDocuments(org, KIND, '', BOUNDS.SAVED_QUERIES_MAX)).map(savedOf)
}

/** Saves a query under a name, in place of what it had. True where the name is new. @throws AuditError `invalid_saved_query` */
export async function saveQuery(documents: DocumentStore, org: string, saved: SavedQuery): Promise<boolean> {
  const names = await documents.listDocumentNames(org, KIND, '', BOUNDS.SAVED_QUERIES_MAX)
  const isNew = !names.includes(saved.name)
  if (isNew && names.length >= BOUNDS.SAVED_QUERIES_MAX)
    throw refused(`"${org}" has ${names.length} saved queries, the most there may be (limit SAVED_QUERIES_MAX).`)
  const { name, ...body } = saved
  await documents.putDocument({ org, kind: KIND, name, body: JSON.stringify(body) })
  return isNew
}

/** @throws AuditError `saved_query_not_found` */
export async function deleteSavedQuery(documents: DocumentStore, org: string, name: string): Promise<void> {
  if (!(await documents.deleteDocument(org, KIND, name))) throw notFound(org, name)
}

const savedOf = ({ name, body }: StoredDocument): SavedQuery => ({
  name,
  ...(parseText(body) as unknown as Omit<SavedQuery, 'name'>),
})

const MEMBERS = ['q', 'query', 'description']

/** A query to save: in words (`q`) or as a tree (`query`). @throws AuditError `invalid_saved_query` or `invalid_query` */
export function readSavedQuery(name: string, body: Json, nowMs: number): SavedQuery {
  if (!KIND_PATTERN.test(name) || name.length > BOUNDS.KIND_CHARS_MAX)
    throw refused(`A name has 1 to ${BOUNDS.KIND_CHARS_MAX} letters, digits and _ . : - (limit KIND_CHARS_MAX).`)
  if (!isJsonObject(body)) throw refused('A saved query is a JSON object: {"q": "type:api_key.* since:7d"}.')
  const unknown = Object.keys(body).find((member) => !MEMBERS.includes(member))
  if (unknown !== undefined)
    throw refused(
      `A saved query has no member ${JSON.stringify(unknown.slice(0, 60))}.${didYouMean(unknown, MEMBERS) || ` Known: ${MEMBERS.join(', ')}.`}`,
    )
  const { description } = body
  if (description !== undefined && (typeof description !== 'string' || description.length > BOUNDS.NAME_CHARS_MAX))
    throw refused(`description must be a string of at most ${BOUNDS.NAME_CHARS_MAX} characters (limit NAME_CHARS_MAX).`)
  const q = formatQuery(readTree(body.q, body.query))
  // A tree may be longer in words than words may be: what is kept must be readable again.
  parseQuery(q)
  return { name, q, ...(description === undefined ? {} : { description }), saved_at: formatTime(nowMs) }
}

function readTree(q: Json | undefined, query: Json | undefined): Query {
  if ((q === undefined) === (query === undefined))
    throw refused('A saved query has either q, in words, or query, a tree.')
  if (query !== undefined) return parseQueryJson(query, '/query')
  if (typeof q === 'string') return parseQuery(q)
  throw refused('q must be a string.')
}

const refused = (message: string): AuditError => new AuditError('invalid_saved_query', message)
