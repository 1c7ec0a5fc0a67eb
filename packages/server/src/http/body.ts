/** Reading a body: its type, its encoding, its limits, and then strict JSON. */
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { AuditError, isJsonArray, type Issue, type Json, parseJson } from '@sealedlog/sdk/base'
import { BOUNDS } from '@sealedlog/sdk/event'
import type { FastifyRequest } from 'fastify'

const gunzipAsync = promisify(gunzip)

export type BodyKind = 'json' | 'ndjson'
type BodyLimit = 'BODY_BYTES_MAX' | 'BATCH_BYTES_MAX'

const KINDS: { readonly [type: string]: BodyKind } = {
  'application/json': 'json',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
}

/** One JSON document. */
export async function readJson(request: FastifyRequest, depthMax: number = BOUNDS.DEPTH_MAX): Promise<Json> {
  kindOf(request, ['json'])
  return parseJson(await readBytes(request, 'BODY_BYTES_MAX'), { depthMax })
}

/**
 * The documents of a batch, from a JSON array or from NDJSON (one a line; empty lines are passed over).
 *
 * @throws AuditError `invalid_json` with pointers such as /17/actor/id, `invalid_batch` or `batch_too_large`
 */
export async function readBatch(request: FastifyRequest): Promise<readonly Json[]> {
  const kind = kindOf(request, ['json', 'ndjson'])
  const bytes = await readBytes(request, 'BATCH_BYTES_MAX')
  const documents = kind === 'json' ? parseArray(bytes) : parseLines(bytes)
  if (documents.length === 0) throw new AuditError('invalid_batch', 'The batch is empty. Send at least one event.')
  if (documents.length > BOUNDS.BATCH_EVENTS_MAX) throw tooManyEvents(documents.length)
  return documents
}

function kindOf(request: FastifyRequest, allowed: readonly BodyKind[]): BodyKind {
  const [type = '', ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';')
  const kind = KINDS[type.trim()]
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='))
  const utf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset)
  if (kind !== undefined && allowed.includes(kind) && utf8) return kind
  const expected = Object.keys(KINDS).filter((name) => allowed.includes(KINDS[name] as BodyKind))
  throw new AuditError(
    'unsupported_media_type',
    `The content type is ${JSON.stringify(type.trim().slice(0, 60))}; expected ${expected.join(' or ')}, in UTF-8.`,
  )
}

async function readBytes(request: FastifyRequest, limit: BodyLimit): Promise<Uint8Array> {
  const body = request.body instanceof Uint8Array ? request.body : new Uint8Array(0)
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  if (encoding === 'gzip') return unzip(body, limit)
  if (encoding !== 'identity') {
    throw new AuditError(
      'unsupported_encoding',
      `The content encoding is ${JSON.stringify(encoding.slice(0, 60))}; expected gzip or none.`,
    )
  }
  if (body.length > BOUNDS[limit]) throw bodyTooLarge(limit)
  return body
}

/** Inflates no further than the limit: a bomb costs what an honest body costs. */
async function unzip(body: Uint8Array, limit: BodyLimit): Promise<Uint8Array> {
  try {
    return await gunzipAsync(body, { maxOutputLength: BOUNDS[limit] })
  } catch (cause) {
    if (cause instanceof RangeError) throw bodyTooLarge(limit)
    throw new AuditError('invalid_encoding', 'The body is not valid gzip, or it ends too early.', { cause })
  }
}

const bodyTooLarge = (limit: BodyLimit): AuditError =>
  new AuditError(
    'body_too_large',
    `The body has more than ${BOUNDS[limit]} bytes after decompression (limit ${limit}). Send fewer events at once.`,
  )

const tooManyEvents = (count: number): AuditError =>
  new AuditError(
    'batch_too_large',
    `The batch has ${count} events; at most ${BOUNDS.BATCH_EVENTS_MAX} (limit BATCH_EVENTS_MAX). Send several batches.`,
  )

function parseArray(bytes: Uint8Array): readonly Json[] {
  const value = parseJson(bytes, { depthMax: BOUNDS.DEPTH_MAX + 1 })
  if (isJsonArray(value)) return value
  throw new AuditError('invalid_batch', 'A batch is a JSON array of events. Send a lone event to POST /v1/events.')
}

function parseLines(bytes: Uint8Array): readonly Json[] {
  const documents: Json[] = []
  for (const [line, number] of linesOf(bytes)) {
    if (documents.length === BOUNDS.BATCH_EVENTS_MAX) throw tooManyEvents(documents.length + 1)
    documents.push(parseLine(line, number, documents.length))
  }
  return documents
}

/** The lines that are not empty, with their numbers from 1. */
function* linesOf(bytes: Uint8Array): Generator<readonly [line: Uint8Array, number: number]> {
  for (let start = 0, number = 1; start < bytes.length; number++) {
    const feed = bytes.indexOf(LINE_FEED, start)
    const end = feed === -1 ? bytes.length : feed
    const line = bytes.subarray(start, end)
    if (line.some((byte) => byte > SPACE)) yield [line, number]
    start = end + 1
  }
}

const LINE_FEED = 10
const SPACE = 32

function parseLine(line: Uint8Array, number: number, event: number): Json {
  try {
    return parseJson(line, { depthMax: BOUNDS.DEPTH_MAX })
  } catch (error) {
    if (!(error instanceof AuditError)) throw error
    const issues: readonly Issue[] =
      error.issues.length > 0 ? error.issues : [{ pointer: '', code: 'bad_format', message: error.message }]
    throw new AuditError(error.code, `Line ${number}: ${error.message}`, {
      issues: issues.map((issue) => ({ ...issue, pointer: `/${event}${issue.pointer}` })),
    })
  }
}
