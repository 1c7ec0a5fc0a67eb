/** What a verification found: one line a check, and where the first thing stands that is wrong. */

export const CHECKS = [
  'signature',
  'tree',
  'consistency',
  'ids',
  'times',
  'disclosures',
  'view',
  'witnesses',
  'files',
] as const
/** Of each check, at most so many findings are kept. */
export const FINDINGS_MAX = 20

export type CheckName = (typeof CHECKS)[number]

/** `warned`: it holds, as far as what it leans on is to be trusted. `skipped`: there was nothing to check it with. */
export type CheckState = 'passed' | 'failed' | 'warned' | 'skipped'

export interface Check {
  readonly name: CheckName
  readonly state: CheckState
  /** one sentence for people */
  readonly text: string
}

/** What is wrong, and where. */
export interface Finding {
  readonly check: CheckName
  /** the entry's index, where it is about one */
  readonly index?: number
  readonly group?: string
  /** the tile, file or part, where it is about one */
  readonly where?: string
  readonly expected: string
  readonly found: string
}

/** How each group that a leaf commits to stands (design §4). */
export interface GroupCounts {
  readonly disclosed: number
  readonly redacted: number
  readonly withheld: number
  readonly missing: number
  readonly mismatch: number
  readonly resurrected: number
}

/** `unchecked`: the bytes could not be read, or are of a version from the future: neither verified nor tampered. */
export type Verdict = 'verified' | 'not_verified' | 'unchecked'

export interface VerifyReport {
  readonly object: 'verification'
  readonly source: string
  readonly verdict: Verdict
  readonly org?: string
  readonly origin?: string
  readonly size?: number
  /** base64 */
  readonly root?: string
  /** the newest note that was verified: what to remember for the next time */
  readonly checkpoint?: string
  readonly groups: GroupCounts
  readonly checks: readonly Check[]
  /** of an unchecked one: why it could not be checked */
  readonly reason?: string
  /** the first of each check, at most FINDINGS_MAX of each, by index */
  readonly findings: readonly Finding[]
}

/**
 * A report with a check that somebody else made: of the files of a bundle, or of the view of a server. It replaces one
 * of the same name, and what it found counts for the verdict.
 *
 * @example
 * withCheck(report, { name: 'files', state: 'passed', text: '81 files are those of the manifest.' })
 */
export function withCheck(report: VerifyReport, check: Check, findings: readonly Finding[] = []): VerifyReport {
  const checks = [...report.checks.filter(({ name }) => name !== check.name), check]
  const isFailed = check.state === 'failed' || findings.length > 0
  return {
    ...report,
    verdict: isFailed ? 'not_verified' : report.verdict,
    checks: checks.sort((a, b) => CHECKS.indexOf(a.name) - CHECKS.indexOf(b.name)),
    findings: [...report.findings, ...findings.slice(0, FINDINGS_MAX)],
  }
}
