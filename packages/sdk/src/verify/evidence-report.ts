/** From what was found in an evidence file to the lines of its report. */
import { encodeBase64 } from '../base/index.js'
import type { Checkpoint, Quorum } from '../merkle/index.js'
import type { EvidenceFile } from './evidence.js'
import { failedCheck } from './failed-check.js'
import type { FindingList } from './finding-list.js'
import type { Check, CheckName, CheckState, GroupCounts, Verdict, VerifyReport } from './report.js'
import type { Trust } from './trust.js'

/** How far the verification came, filled in on the way. */
export interface EvidenceFacts {
  file?: EvidenceFile
  checkpoint?: Checkpoint
  note?: string
  index?: number
  groups: GroupCounts
  quorum: Quorum | undefined
  /** whose policy was asked */
  policyFrom: 'caller' | 'file' | undefined
  /** why it ended before its end */
  reason?: string
}

const CHECKED = ['signature', 'tree', 'consistency', 'ids', 'times', 'disclosures', 'witnesses'] as const

export function concludeEvidence(
  facts: EvidenceFacts,
  findings: FindingList,
  trust: Trust,
  { old = [] }: { readonly old?: readonly string[] },
): VerifyReport {
  const { file, checkpoint, note, groups, reason } = facts
  const checks = CHECKED.map((name) => checkOf(name, facts, findings, trust, old.length > 0))
  const isFailed = checks.some(({ state }) => state === 'failed')
  const verdict: Verdict = isFailed ? 'not_verified' : reason === undefined ? 'verified' : 'unchecked'
  return {
    object: 'verification',
    source: file === undefined ? 'evidence' : `evidence of ${file.id}`,
    verdict,
    ...(file === undefined ? {} : { org: file.org }),
    ...(checkpoint === undefined
      ? {}
      : { origin: checkpoint.origin, size: checkpoint.size, root: encodeBase64(checkpoint.root) }),
    ...(note !== undefined && verdict === 'verified' ? { checkpoint: note } : {}),
    groups,
    checks,
    ...(reason === undefined ? {} : { reason }),
    findings: findings.all(),
  }
}

function checkOf(name: CheckName, facts: EvidenceFacts, findings: FindingList, trust: Trust, hasOld: boolean): Check {
  const failed = failedCheck(name, findings)
  if (failed) return failed
  const [state, text] = facts.index === undefined ? NOT_DONE : says(name, facts, trust, hasOld)
  return { name, state, text }
}

const NOT_DONE = ['skipped', 'Not looked at to the end.'] as const

function says(name: CheckName, facts: EvidenceFacts, trust: Trust, hasOld: boolean): readonly [CheckState, string] {
  const { checkpoint, index, file, groups } = facts
  switch (name) {
    case 'signature':
      return trust.keys.length > 0
        ? ['passed', `The checkpoint is signed by a trusted key of ${checkpoint?.origin}.`]
        : ['warned', 'The key came with the file: compare it with what the log’s operator tells you.']
    case 'tree':
      return ['passed', `Entry ${index} stands in the log of ${checkpoint?.size} entries.`]
    case 'consistency':
      return hasOld
        ? ['passed', 'No older checkpoint contradicts it. Whether the log grew from them, only the log can show.']
        : ['skipped', 'No older checkpoint was given to compare with.']
    case 'ids':
      return ['passed', `It is ${file?.id} of organization ${file?.org}.`]
    case 'times':
      return ['passed', 'Its times are in UTC.']
    case 'witnesses':
      return witnessed(facts)
    default:
      return [
        'passed',
        `Groups: ${groups.disclosed} disclosed, ${groups.redacted} erased, ${groups.withheld} withheld.`,
      ]
  }
}

function witnessed({ policyFrom, quorum }: EvidenceFacts): readonly [CheckState, string] {
  if (quorum === undefined) return ['skipped', 'No policy of witnesses was given.']
  if (policyFrom === 'caller') return ['passed', quorum.text]
  return ['warned', `${quorum.text} The policy came with the file: hand in one of your own.`]
}
