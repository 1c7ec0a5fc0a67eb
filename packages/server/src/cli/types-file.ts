/** Event types in a file that a repository keeps: the same types are always the same bytes. */
import { readFileSync } from 'node:fs'
import { canonicalJson, isJsonObject, type Json, type JsonObject, parseJson } from '@sealedlog/sdk/base'
import { BOUNDS } from '@sealedlog/sdk/event'
import { misused } from './connection.js'

/** An event type as the server tells it. */
export interface EventType {
  readonly type: string
  readonly origin: string
  readonly mode: string
  readonly version?: number
  readonly revision?: number
  readonly warnings?: number
  readonly updated_at?: string
  readonly [member: string]: unknown
}

/** What a file says of each type, by name. */
export type TypesFile = ReadonlyMap<string, JsonObject>

/** What a registration may say, in the order in which a file says it. */
const MEMBERS = ['mode', 'description', 'sentence', 'targets', 'outcome', 'details', 'metadata'] as const
const CONTENT = MEMBERS.filter((member) => member !== 'mode')
/** The file itself, the types in it, and one type stand around a schema. */
const FILE_DEPTH_MAX = BOUNDS.SCHEMA_DEPTH_MAX + 4

/** @throws AuditError `invalid_configuration` when it is no such file; what its types say is for the server to judge */
export function readTypesFile(path: string): TypesFile {
  const file = parseFile(path)
  const types = isJsonObject(file) ? file.event_types : undefined
  const others = isJsonObject(file) ? Object.keys(file).filter((member) => member !== 'event_types') : []
  if (!isJsonObject(types) || others.length > 0)
    throw misused(
      `${path} is no file of event types. It looks like this: {"event_types": {"invoice.sent": {"mode": "warn"}}}`,
    )
  for (const [type, said] of Object.entries(types))
    if (!isJsonObject(said)) throw misused(`${path}: /event_types/${type.slice(0, 128)} must be an object.`)
  return new Map((Object.entries(types) as [string, JsonObject][]).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function parseFile(path: string): Json {
  try {
    return parseJson(readFileSync(path), { depthMax: FILE_DEPTH_MAX })
  } catch (error) {
    throw misused(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** The file of these types: sorted by name, members in one order, schemas as they were written. */
export function formatTypesFile(types: readonly EventType[]): string {
  const sorted = [...types].sort((a, b) => (a.type < b.type ? -1 : 1))
  const event_types = Object.fromEntries(sorted.map((row) => [row.type, pick(row, MEMBERS)]))
  return `${JSON.stringify({ event_types }, null, 2)}\n`
}

const pick = (row: object, members: readonly string[]): JsonObject => {
  const kept = Object.entries<Json>(row as JsonObject).filter(([name]) => members.includes(name))
  return Object.fromEntries(kept.sort(byOrder))
}

const byOrder = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  MEMBERS.indexOf(a as (typeof MEMBERS)[number]) - MEMBERS.indexOf(b as (typeof MEMBERS)[number])

export type Change = 'created' | 'new_version' | 'mode_changed' | 'unchanged' | 'deleted'

export const modeOf = (said: JsonObject): string => (typeof said.mode === 'string' ? said.mode : 'off')

/** What pushing would change. The server says the same when it is pushed. */
export function changeOf(before: EventType | undefined, said: JsonObject): Change {
  if (before === undefined) return 'created'
  const isSame = Object.keys(said).every((member) => member === 'type' || MEMBERS.some((known) => known === member))
  if (!isSame || canonicalJson(pick(before, CONTENT)) !== canonicalJson(pick(said, CONTENT))) return 'new_version'
  return before.mode === modeOf(said) ? 'unchanged' : 'mode_changed'
}
