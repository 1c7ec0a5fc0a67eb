/** The history of a log's keys as text: `keys.json` of a bundle, `tlog/keys` of a server. What it says is proven elsewhere. */
import { AuditError, isJsonArray, isJsonObject, type Json, parseJsonText } from '../base/index.js'
import type { LogKey } from './source.js'

const DEPTH_MAX = 8

/**
 * Reads a key history: `{origin, data: LogKey[]}`, or the list alone.
 *
 * @throws AuditError `invalid_export` when it is neither
 */
export function parseKeyHistory(text: string): readonly LogKey[] {
  const value = readJson(text)
  const list = isJsonObject(value) ? value['data'] : value
  if (!isJsonArray(list ?? null)) throw malformed('it holds no list of keys')
  return (list as readonly Json[]).map(toKey)
}

/** The keys of `vkey`, newest first: of keys without a history, only what they are is known. */
export const keysOfLines = (text: string): readonly LogKey[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((vkey, i, all) => ({ origin: vkey.split('+')[0] ?? '', generation: all.length - i, vkey, since: 0 }))

function readJson(text: string): Json {
  try {
    return parseJsonText(text, { depthMax: DEPTH_MAX })
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : String(error))
  }
}

function toKey(value: Json): LogKey {
  if (!isJsonObject(value)) throw malformed('a key is no object')
  const { origin, generation, vkey, since, handover } = value
  if (typeof origin !== 'string' || typeof vkey !== 'string') throw malformed('a key has no origin or no vkey')
  if (!isCount(generation) || !isCount(since)) throw malformed('a key’s generation or first size is no number')
  if (handover !== undefined && typeof handover !== 'string') throw malformed('a key’s handover is no text')
  return { origin, generation, vkey, since, ...(handover === undefined ? {} : { handover }) }
}

const isCount = (value: Json | undefined): value is number => Number.isSafeInteger(value) && (value as number) >= 0

const malformed = (why: string): AuditError =>
  new AuditError('invalid_export', `The history of the log’s keys cannot be read: ${why}.`)
