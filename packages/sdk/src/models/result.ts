/** What reading a document gives in Speakeasy's clients: a value, or an error that is returned and not thrown. */
import type { AuditError, Issue } from '../base/index.js'

export type Result<T, E = unknown> = { ok: true; value: T; error?: never } | { ok: false; value?: never; error: E }

/** `Result` under the name that Speakeasy's helpers use. */
export type SafeParseResult<T, E = SDKValidationError> = Result<T, E>

/**
 * A document was refused. The message says what was read, and why; `issues` name each field by its RFC 6901 pointer.
 */
export class SDKValidationError extends Error {
  override readonly name = 'SDKValidationError'
  /** what was to be read */
  readonly rawValue: unknown
  /** the first half of the message: what failed */
  readonly rawMessage: string
  readonly issues: readonly Issue[]

  constructor(message: string, cause: AuditError, rawValue: unknown) {
    super(`${message}: ${cause.message}`, { cause })
    this.rawValue = rawValue
    this.rawMessage = message
    this.issues = cause.issues
  }

  /** The message with a line for each refused field. */
  pretty(): string {
    if (this.issues.length === 0) return this.message
    return [this.rawMessage, ...this.issues.map((issue) => `  ${issue.pointer || '/'}: ${issue.message}`)].join('\n')
  }
}
