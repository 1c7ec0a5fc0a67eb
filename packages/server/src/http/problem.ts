/** From an error to an answer: one table from codes to statuses, RFC 9457 problems, and OpenAI's envelope on its routes. */
import { AuditError, type ErrorCode } from '@sealedlog/sdk/base'

/** The HTTP status of each code. What is not a request's fault, and has no business in an answer, is 500. */
export const STATUS_OF: { readonly [code in ErrorCode]: number } = {
  invalid_json: 400,
  invalid_utf8: 400,
  invalid_encoding: 400,
  unsupported_encoding: 415,
  unsupported_media_type: 415,
  body_too_large: 413,
  request_timeout: 408,
  malformed_request: 400,
  headers_too_large: 431,
  invalid_event: 422,
  invalid_batch: 422,
  batch_too_large: 413,
  reserved_type: 422,
  event_conflict: 409,
  invalid_parameter: 400,
  unknown_parameter: 400,
  invalid_query: 400,
  too_much_to_count: 422,
  invalid_saved_query: 422,
  invalid_cursor: 400,
  after_beyond_end: 409,
  size_beyond_end: 409,
  invalid_organization: 422,
  invalid_key_request: 422,
  invalid_event_type: 422,
  invalid_redaction: 422,
  invalid_export: 422,
  invalid_retention: 422,
  legal_hold: 409,
  organization_closed: 409,
  revision_mismatch: 412,
  missing_key: 401,
  invalid_key: 401,
  insufficient_scope: 403,
  organization_mismatch: 403,
  organization_required: 400,
  organization_not_found: 404,
  event_not_found: 404,
  saved_query_not_found: 404,
  key_not_found: 404,
  event_type_not_found: 404,
  cosignature_not_found: 404,
  tile_not_found: 404,
  not_found: 404,
  method_not_allowed: 405,
  too_many_streams: 429,
  // said as the last event of a stream whose status was 200
  too_slow: 408,
  rate_limited: 429,
  queue_full: 429,
  clock_behind: 503,
  log_read_only: 503,
  storage_failed: 503,
  shutting_down: 503,
  internal_error: 500,
  data_folder_in_use: 500,
  signing_key_mismatch: 500,
  rollback_detected: 500,
  invalid_configuration: 500,
  malformed_note: 500,
  malformed_checkpoint: 500,
  malformed_tile: 400,
  malformed_leaf: 500,
  unsupported_version: 500,
  proof_failed: 500,
}

/** An answer without its body's bytes: what a route or an error says. */
export interface Refusal {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly body: object
}

/** RFC 9457: `code` is stable, `errors` points at fields (RFC 6901). */
export function toProblem(error: AuditError, requestId: string): Refusal {
  const status = STATUS_OF[error.code]
  const body = {
    type: `urn:sealedlog:error:${error.code}`,
    title: titleOf(error.code),
    status,
    code: error.code,
    detail: error.message,
    ...(error.param === undefined ? {} : { param: error.param }),
    ...(error.fault === undefined ? {} : { fault: error.fault }),
    ...(error.issues.length === 0 ? {} : { errors: error.issues }),
    request_id: requestId,
  }
  return { status, headers: { 'content-type': 'application/problem+json', ...retryHeaders(error) }, body }
}

/** OpenAI's envelope, all four members always (shared by every route under /v1/organization). */
export function toOpenAiError(error: AuditError): Refusal {
  const status = STATUS_OF[error.code]
  const { type, code } = openAiNames(error.code, status)
  return {
    status,
    headers: { 'content-type': 'application/json', ...retryHeaders(error) },
    body: { error: { message: error.message, type, param: error.param ?? null, code } },
  }
}

function openAiNames(code: ErrorCode, status: number): { readonly type: string; readonly code: string } {
  if (status === 401) return { type: 'invalid_request_error', code: 'invalid_api_key' }
  if (status === 429) return { type: 'requests', code: 'rate_limit_exceeded' }
  return { type: status >= 500 ? 'server_error' : 'invalid_request_error', code }
}

/** Clients ignore or obey what is above a minute, each in its own way: never say more. */
const RETRY_AFTER_SECONDS_MAX = 60

function retryHeaders({ retryAfterSeconds }: AuditError): { readonly [name: string]: string } {
  if (retryAfterSeconds === undefined) return {}
  return { 'retry-after': String(Math.min(RETRY_AFTER_SECONDS_MAX, Math.max(1, Math.ceil(retryAfterSeconds)))) }
}

const titleOf = (code: ErrorCode): string => {
  const words = code.replaceAll('_', ' ')
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

/** What the HTTP stack itself refuses, in our words. */
const STACK_ERRORS: { readonly [code: string]: () => AuditError } = {
  FST_ERR_CTP_BODY_TOO_LARGE: () =>
    new AuditError(
      'body_too_large',
      'The body has more bytes than this route takes (limit BODY_BYTES_MAX, for a batch BATCH_BYTES_MAX). Send fewer events at once.',
    ),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () =>
    new AuditError('unsupported_media_type', 'The body has no content type. Send application/json.'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    new AuditError('malformed_request', 'The body is not as long as its content-length says.'),
  FST_ERR_MAX_PARAM_LENGTH: () =>
    new AuditError(
      'not_found',
      'A part of the path is longer than any id or tile. See /openapi.json for what there is.',
    ),
  FST_ERR_BAD_URL: () => new AuditError('malformed_request', 'The path is not valid percent-encoded UTF-8.'),
  FST_ERR_ASYNC_CONSTRAINT: () => new AuditError('malformed_request', 'The request cannot be routed.'),
  ECONNRESET: () => new AuditError('malformed_request', 'The connection ended before the body did.'),
  ERR_STREAM_PREMATURE_CLOSE: () => new AuditError('malformed_request', 'The connection ended before the body did.'),
}

/** Any error as one of ours. What we do not know is our fault: `internal_error`, its text kept for the log alone. */
export function toAuditError(error: unknown): AuditError {
  if (error instanceof AuditError) return error
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  return (
    STACK_ERRORS[code]?.() ??
    new AuditError('internal_error', 'Something went wrong on our side. It has been logged under the request id.', {
      cause: error,
    })
  )
}
