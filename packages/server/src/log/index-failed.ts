/** What a reader is told while the index cannot follow the log, such as on a full disk: nothing that was recorded is lost by it. */
import { AuditError } from '@sealedlog/sdk/base'
import { IndexBehind } from '../index/index.js'

/**
 * What the index failed with, as a reader hears of it. Ours are passed on as they are.
 *
 * @example
 * throw indexFailed(new Error('database or disk is full'))
 * // AuditError storage_failed: The index cannot follow the log (database or disk is full), so lists cannot be given; …
 */
export function indexFailed(error: unknown): unknown {
  if (error instanceof AuditError || !(error instanceof Error)) return error
  const why = error instanceof IndexBehind ? 'it is behind, and does not come to its end' : error.message
  return new AuditError(
    'storage_failed',
    `The index cannot follow the log (${why}), so lists cannot be given; recording, tails and proofs do not need it. Check the disk, then ask again: the index is brought to the log’s end by itself.`,
    { retryAfterSeconds: 5, cause: error },
  )
}
