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
  /** the first of each check, at most FINDINGS_MAX, by index */
  readonly findings: readonly Finding[]
}
