/** Exit codes, documented in docs/cli.md, and how an error is told to a person. */
import { AuditError } from '@sealedlog/sdk/base'
import { CallFailed } from './client.js'
import { UnreadableQuery } from './query-text.js'
import { visible } from './terminal.js'

export const EXIT = {
  ok: 0,
  /** the command ran, and something was refused */
  refused: 1,
  /** the command could not run: bad usage, no server, no access */
  failed: 2,
  /** stopped by Ctrl-C */
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** One line for people, and under it a query that cannot be read; the stack only of what is our own fault. */
export function explain(error: unknown): string {
  if (error instanceof AuditError || error instanceof CallFailed) return visible(`${error.message} [${error.code}]`)
  if (error instanceof UnreadableQuery) return error.message
  if (isOfSystem(error))
    return visible(
      `${error.message}. Is the path right, is there room, and may this user write there? [storage_failed]`,
    )
  if (error instanceof Error) return error.stack ?? error.message
  return String(error)
}

/** What the system refused (EACCES, ENOSPC, EROFS, …): no fault of ours, and the path stands in the message. */
const isOfSystem = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error && 'path' in error
