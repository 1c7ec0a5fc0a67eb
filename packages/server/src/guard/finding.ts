/** What is wrong with a log, in the words of whoever has to do something about it. */

/**
 * - `checkpoint`: the newest checkpoint is not signed by us, or not of this head
 * - `tree`: leaves and tiles do not give the signed root
 * - `entries`: entries are missing, or stand beyond the end
 * - `disclosures`: a disclosure is not what was committed to, gone without an entry that says so, or back again
 * - `rollback`: the log is shorter than it was
 * - `fork`: the log is long enough, and another one
 * - `origin`: the log that was there is gone, and another one stands in its place, or none
 * - `elsewhere`: somebody else signs with our key under the same origin
 * - `unreadable`: the log could not be read at all
 */
export const FINDING_KINDS = [
  'checkpoint',
  'tree',
  'entries',
  'disclosures',
  'rollback',
  'fork',
  'origin',
  'elsewhere',
  'unreadable',
] as const
export type FindingKind = (typeof FINDING_KINDS)[number]

export interface LogFinding {
  readonly org: string
  readonly kind: FindingKind
  /** what was found, in one sentence without names of people */
  readonly what: string
  /** of `rollback`, `fork` and `origin`: what is known to have been there */
  readonly lost?: LostState
}

/** A state that a log is known to have had. */
export interface LostState {
  readonly origin: string
  readonly size: number
}

/** What speaks against a log from outside of it, while it holds together by itself: it can be gone on with. */
const CAN_START_OVER: ReadonlySet<FindingKind> = new Set(['rollback', 'fork', 'origin', 'elsewhere'])

export const canStartOver = ({ kind }: LogFinding): boolean => CAN_START_OVER.has(kind)

/** What was found, and what to do. */
export const explainFinding = (finding: LogFinding): string =>
  `The log of "${finding.org}" is read-only: ${finding.what} ${canStartOver(finding) ? startOverAdvice(finding.org) : RESTORE_ADVICE}`

const RESTORE_ADVICE = 'Keep the data folder as evidence, and restore a backup (sealedlog restore).'

const startOverAdvice = (org: string): string =>
  `Put the newest data folder or backup back. If what is missing is lost, stop the server and confirm it: sealedlog start-over --org ${org}.`
