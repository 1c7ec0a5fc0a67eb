/** The query that a person typed: read before anything is sent, and where it cannot be read, shown with the place. */
import { AuditError } from '@sealedlog/sdk/base'
import { parseQuery } from '@sealedlog/sdk/query'
import { visible, widthOf } from './terminal.js'

/** A query that cannot be read. Its message is the error's, the query, and a caret under the place. */
export class UnreadableQuery extends Error {
  override readonly name = 'UnreadableQuery'

  constructor(text: string, { code, message, fault }: AuditError) {
    const before = widthOf(visible(text.slice(0, fault?.position ?? 0)))
    super(`${visible(message)} [${code}]\n  ${visible(text)}\n  ${' '.repeat(before)}^`)
  }
}

/** The text itself. @throws UnreadableQuery */
export function readQueryText(text: string): string {
  try {
    parseQuery(text)
    return text
  } catch (error) {
    throw error instanceof AuditError && error.fault !== undefined ? new UnreadableQuery(text, error) : error
  }
}
