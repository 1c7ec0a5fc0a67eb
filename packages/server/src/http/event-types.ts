/** Event types as HTTP tells them, and what a call expects to stand there. */
import { AuditError, isJsonObject, type Json } from '@sealedlog/sdk/base'
import { BOUNDS, CATALOGUE, type EventTypeRow, rowOf, targetTypesOf } from '@sealedlog/sdk/event'
import type { FastifyRequest } from 'fastify'
import type { Expectation, StoredType, Types } from '../types/index.js'
import { invalidParameter } from './query-string.js'

export interface EventTypeAnswer {
  readonly type: string
  readonly [member: string]: unknown
}

/** An organization's own type. */
export function formatOwn({ type, mode, version, revision, ...rest }: StoredType, warnings: number): EventTypeAnswer {
  return { object: 'event_type', type, origin: 'organization', mode, version, revision, ...rest, warnings }
}

/** A row of the catalogue, which describes and never refuses. */
export function formatBuiltIn({ type, origin, sentence, outcome, details, note }: EventTypeRow): EventTypeAnswer {
  const targets = targetTypesOf(type)
  return {
    object: 'event_type',
    type,
    origin,
    mode: 'off',
    sentence,
    ...(targets.length === 0 ? {} : { targets }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(note === undefined ? {} : { description: note }),
    ...(details === undefined ? {} : { details }),
  }
}

/** Names that a list shows, ascending: the organization's own, and with them those of the catalogue. */
export async function namesOf(types: Types, org: string, withCatalogue: boolean): Promise<readonly string[]> {
  const own = await types.list(org)
  return withCatalogue ? [...new Set([...own, ...CATALOGUE.map(({ type }) => type)])].sort() : own
}

/** The organization's own row of a name, else the catalogue's. */
export async function findType(types: Types, org: string, type: string): Promise<EventTypeAnswer | undefined> {
  const own = await types.find(org, type)
  if (own) return formatOwn(own, types.warningsOf(org, type))
  const row = rowOf(type)
  return row && formatBuiltIn(row)
}

/** Characters of one page, after which it ends: rows may be long. */
const PAGE_CHARS_MAX = 1_048_576

export interface RowPage {
  readonly object: 'list'
  readonly data: readonly object[]
  readonly has_more: boolean
}

/** Reads rows until there are enough of them; what was deleted meanwhile is left out. */
export async function pageOf<K>(
  keys: readonly K[],
  limit: number,
  read: (key: K) => Promise<object | undefined>,
): Promise<RowPage> {
  const data: object[] = []
  let chars = 0
  for (const key of keys) {
    if (data.length === limit || chars > PAGE_CHARS_MAX) return { object: 'list', data, has_more: true }
    const row = await read(key)
    if (row === undefined) continue
    data.push(row)
    chars += JSON.stringify(row).length
  }
  return { object: 'list', data, has_more: false }
}

/** What a call says must stand there: `If-Match` with the revision, `expected_version` in the body; 0 for nothing yet. */
export function readExpected(
  request: FastifyRequest,
  body?: Json,
): { readonly expected: Expectation; readonly rest: Json } {
  const revision = readIfMatch(request.headers['if-match'])
  if (!isJsonObject(body)) return { expected: { revision }, rest: body ?? null }
  const { expected_version: version, ...rest } = body
  if (version === undefined) return { expected: { revision }, rest }
  if (typeof version === 'number' && Number.isSafeInteger(version) && version >= 0)
    return { expected: { revision, version }, rest }
  const message = '/expected_version must be a whole number: the version that stands there, 0 for none.'
  throw new AuditError('invalid_event_type', message, {
    issues: [{ pointer: '/expected_version', code: 'wrong_type', message }],
  })
}

function readIfMatch(header: string | undefined): number | undefined {
  if (header === undefined) return undefined
  const revision = /^"(\d{1,15})"$/.exec(header.trim())?.[1]
  if (revision !== undefined) return Number(revision)
  throw invalidParameter('If-Match', 'If-Match must be a revision in quotes, as the ETag says it: "17".')
}

export const etagOf = (revision: unknown): string => `"${String(revision)}"`

/** A registration may be as deep as its schemas. */
export const REGISTRATION_DEPTH_MAX = BOUNDS.SCHEMA_DEPTH_MAX + 2
