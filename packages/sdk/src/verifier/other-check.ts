/** Checks besides those of the log itself: of where it lies, and of what only the caller can look at. */
import type { Check, Finding } from '../verify/index.js'

/** A check besides those of the log itself, and what it found. */
export interface OtherCheck {
  readonly check: Check
  readonly findings: readonly Finding[]
}

/** The line `files` of a report. */
export const filesCheck = (state: Check['state'], text: string, findings: readonly Finding[] = []): OtherCheck => ({
  check: { name: 'files', state, text },
  findings,
})
