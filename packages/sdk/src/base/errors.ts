/** The one error that Sealedlog throws at people, and the closed list of its codes. */

/** Every code an error can carry, and what it means. Codes are for ever: one is added, none is renamed. */
export const ERRORS = {
  // what was sent cannot be read
  invalid_json: 'The body is not JSON, or not JSON that every reader understands alike.',
  invalid_utf8: 'The body is not UTF-8.',
  invalid_encoding: 'The body is not the gzip that its header says, or it ends too early.',
  unsupported_encoding: 'The content encoding is neither gzip nor none.',
  unsupported_media_type: 'The content type is not one that the route takes.',
  body_too_large: 'The body has more bytes than the route takes, after decompression.',
  request_timeout: 'The request took too long to arrive.',
  malformed_request: 'What was sent is not HTTP, or its query or path is not percent-encoded UTF-8.',
  headers_too_large: 'The headers have more bytes than the server takes.',
  // what was sent can be read, and is refused
  invalid_event: 'An event breaks the event model, or what its type demands; `errors` names each field.',
  invalid_batch: 'The batch is empty, or not a list of events.',
  batch_too_large: 'The batch has more events than one batch may.',
  reserved_type: 'The type is one that only the server says.',
  event_conflict: 'The id is recorded already, with other content.',
  invalid_parameter: 'A query parameter or header has a value that means nothing; `param` names it.',
  unknown_parameter: 'There is no such query parameter; `param` names it.',
  invalid_query:
    'The query cannot be read; `fault` says where, what stands there and what was expected; of a tree, `errors` does.',
  too_much_to_count: 'Counting would look at more events than it may; a shorter time or another filter narrows it.',
  invalid_saved_query: 'The query to be saved breaks a rule.',
  invalid_cursor: 'The cursor is not one that this list gave out.',
  after_beyond_end: 'The tail is asked to go on after an index that the log never had.',
  size_beyond_end: 'The log never had so many entries as it is asked to have grown from.',
  invalid_organization: 'The organization to be created breaks a rule.',
  invalid_key_request: 'The key to be created breaks a rule.',
  invalid_event_type: 'The event type to be registered breaks a rule; `errors` names each field.',
  invalid_redaction: 'What is to be erased cannot be read, or names nothing that could be.',
  invalid_export: 'What is to be exported cannot be read.',
  invalid_retention: 'The retention rules break a rule.',
  legal_hold: 'A legal hold stands: nothing of the organization is erased until it is lifted.',
  organization_closed: 'The organization is closed: nothing more is recorded for it.',
  revision_mismatch: 'What stands there is not what the caller expected: somebody changed it meanwhile.',
  // who is asking, and for whom
  missing_key: 'No key was sent.',
  invalid_key: 'The key is unknown, revoked or expired.',
  insufficient_scope: 'The key may not do this.',
  organization_mismatch: 'Key, headers, path and events do not name one and the same organization.',
  organization_required: 'No organization is named, and there is more than one.',
  organization_not_found: 'There is no such organization.',
  event_not_found: 'The organization’s log holds no such event.',
  saved_query_not_found: 'The organization has no saved query of that name.',
  key_not_found: 'There is no such key within reach.',
  event_type_not_found: 'The organization has no such event type, or no such version of it.',
  cosignature_not_found: 'No witness has cosigned a checkpoint of the log yet.',
  tile_not_found: 'There is no such tile, or not yet.',
  not_found: 'There is nothing at this path.',
  method_not_allowed: 'The path does not take this method; `Allow` names those it takes.',
  // not now
  too_many_streams: 'The key, the organization or the server holds as many event streams as it may.',
  too_slow: 'The subscriber of an event stream read too slowly; from the id it saw last, it goes on.',
  rate_limited: 'The key or the organization is over its rate; `Retry-After` says how long to wait.',
  queue_full: 'Too much of the key, the organization or the server waits to be written.',
  clock_behind: 'The server’s clock runs behind the log.',
  log_read_only: 'The log does not hold together, or is not the one that was there: it is read, and not written.',
  storage_failed: 'The log could not be written. Say the same ids again: nothing is recorded twice.',
  shutting_down: 'The server is shutting down.',
  internal_error: 'Something went wrong on the server’s side.',
  // the operator's business
  data_folder_in_use: 'Another process holds the data folder.',
  signing_key_mismatch: 'The data folder was written with another signing key.',
  rollback_detected: 'The log is older than one that was seen: its newest entries are lost.',
  invalid_configuration: 'An option, or a file in the data folder, cannot be used.',
  // proofs
  malformed_note: 'A signed note does not follow C2SP signed-note.',
  malformed_checkpoint: 'A checkpoint does not follow C2SP tlog-checkpoint.',
  malformed_tile: 'A tile, its path or an entry bundle does not follow C2SP tlog-tiles.',
  malformed_leaf: 'A leaf or a disclosure does not have the form of its version.',
  unsupported_version: 'A leaf or a proof is of a version from the future.',
  proof_failed: 'What should be proven is not; the message carries index, expected and found.',
} as const

export type ErrorCode = keyof typeof ERRORS

/** Why one field was refused. A closed list, like the codes above. */
export const ISSUE_CODES = [
  'required',
  'wrong_type',
  'unknown_member',
  'duplicate_member',
  'forbidden_member',
  'too_short',
  'too_long',
  'too_many',
  'too_deep',
  'too_large',
  'bad_format',
  'not_one_of',
  'number_not_exact',
  'number_too_large',
  'lone_surrogate',
  'too_early',
  'too_late',
  'reserved_type',
  'reserved_bucket',
  'event_conflict',
  'too_small',
  'too_few',
  'not_allowed',
  'duplicate_item',
] as const

export type IssueCode = (typeof ISSUE_CODES)[number]

/** One refused field: where (RFC 6901 pointer), why, and which named limit it met, if any. */
export interface Issue {
  readonly pointer: string
  readonly code: IssueCode
  readonly message: string
  readonly limit?: string
}

/** Where the text of a query cannot be read. */
export interface Fault {
  /** UTF-16 code units from the start of the text, from 0 */
  readonly position: number
  /** what stands there; empty at the end */
  readonly found: string
  readonly expected: string
  /** the name that was probably meant */
  readonly nearest?: string
}

/** What an error may carry besides its code and message. */
export interface ErrorFacts {
  /** the refused fields, at most `REFUSALS_MAX` */
  readonly issues?: readonly Issue[]
  /** the query parameter or header at fault */
  readonly param?: string
  /** when trying again makes sense, in seconds, at most 60 */
  readonly retryAfterSeconds?: number
  /** where a query cannot be read */
  readonly fault?: Fault
  readonly cause?: unknown
}

/**
 * An error with a stable code. The message is for the person who reads it at night and carries the
 * next step.
 *
 * @example
 * throw new AuditError('organization_not_found', 'No organization "acme". Create it with PUT /v1/organizations/acme.')
 */
export class AuditError extends Error {
  override readonly name = 'AuditError'
  readonly code: ErrorCode
  readonly issues: readonly Issue[]
  readonly param: string | undefined
  readonly retryAfterSeconds: number | undefined
  readonly fault: Fault | undefined

  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.code = code
    this.issues = facts.issues ?? []
    this.param = facts.param
    this.retryAfterSeconds = facts.retryAfterSeconds
    this.fault = facts.fault
  }
}

/** A broken assumption of our own: never the caller's fault. */
export function assert(holds: unknown, what: string): asserts holds {
  if (!holds) throw new Error(`assertion failed: ${what}`)
}
