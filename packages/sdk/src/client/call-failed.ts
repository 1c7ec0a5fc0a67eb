/** The one error of a call: refused, given up, or never answered. */
import type { ErrorCode, Fault, Issue } from '../base/index.js'
import type { Receipt } from './receipt.js'

/** The server's own codes, those of a newer server, and three that only a client can say. */
export type FailureCode = ErrorCode | 'no_answer' | 'unexpected_answer' | 'aborted' | (string & {})

/** What is known of a failure besides its code and message. */
export interface FailureFacts {
  /** the HTTP status; 0 where no answer came */
  readonly status?: number
  readonly issues?: readonly Issue[]
  readonly param?: string
  readonly fault?: Fault
  readonly requestId?: string
  readonly retryAfterMs?: number
  readonly isUncertain?: boolean
  readonly eventIds?: readonly string[]
  readonly receipts?: readonly Receipt[]
  readonly cause?: unknown
}

/**
 * A call that did not succeed. No text of it holds the key.
 *
 * @example
 * try {
 *   await log.record(event)
 * } catch (error) {
 *   if (error instanceof CallFailed && error.isUncertain) keepForLater({ ...event, id: error.eventIds[0] })
 *   else throw error
 * }
 */
export class CallFailed extends Error {
  override readonly name = 'CallFailed'
  readonly code: FailureCode
  /** the HTTP status; 0 where no answer came */
  readonly status: number
  /** the refused fields: pointers into the event, or `/17/actor/id` into the events that `recordAll` was given */
  readonly issues: readonly Issue[]
  /** the parameter or header at fault */
  readonly param: string | undefined
  /** where a query cannot be read */
  readonly fault: Fault | undefined
  /** finds the request in the server's log */
  readonly requestId: string | undefined
  readonly retryAfterMs: number | undefined
  /** whether it may have been done all the same: record the events again under `eventIds`, and it happens once */
  readonly isUncertain: boolean
  /** the ids of the events that the call was to record, made here where the caller had none */
  readonly eventIds: readonly string[]
  /** what `recordAll` had recorded before this call, in order */
  readonly receipts: readonly Receipt[]

  constructor(code: FailureCode, message: string, facts: FailureFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.code = code
    this.status = facts.status ?? 0
    this.issues = facts.issues ?? []
    this.param = facts.param
    this.fault = facts.fault
    this.requestId = facts.requestId
    this.retryAfterMs = facts.retryAfterMs
    this.isUncertain = facts.isUncertain ?? false
    this.eventIds = facts.eventIds ?? []
    this.receipts = facts.receipts ?? []
  }

  /** Whether the same call may succeed later: no answer, too slow, too fast, not now. */
  get isPassing(): boolean {
    return this.code === 'no_answer' || this.status === 408 || this.status === 429 || this.status >= 500
  }
}
