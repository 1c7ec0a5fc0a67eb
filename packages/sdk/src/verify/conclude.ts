/** From what was found to the lines of the report. */
import { encodeBase64 } from '../base/index.js'
import { failedCheck } from './failed-check.js'
import type { FindingList } from './finding-list.js'
import { type Head, signersOf } from './head.js'
import type { Accounts } from './missing.js'
import type { VerifyOptions } from './options.js'
import type { Check, CheckState, GroupCounts, Verdict, VerifyReport } from './report.js'
import type { LogStream } from './stream.js'

/** How far a verification came. */
export interface Outcome {
  readonly head: Head | undefined
  readonly stream: LogStream | undefined
  /** undefined until every leaf was read */
  readonly accounts: Accounts | undefined
  readonly resurrected: number
  /** why it ended before its end */
  readonly reason: string | undefined
}

export function conclude(name: string, outcome: Outcome, findings: FindingList, options: VerifyOptions): VerifyReport {
  const { head, stream } = outcome
  const unread = outcome.reason ?? unsupportedIn(stream)
  const checks = CHECKED.map((check) => checkOf(check, outcome, findings, options))
  const files = failedCheck('files', findings)
  if (files) checks.push(files)
  const isFailed = checks.some(({ state }) => state === 'failed')
  const verdict: Verdict = isFailed ? 'not_verified' : unread === undefined ? 'verified' : 'unchecked'
  return {
    object: 'verification',
    source: name,
    verdict,
    ...(stream?.org === undefined ? {} : { org: stream.org }),
    ...(head === undefined
      ? {}
      : { origin: head.checkpoint.origin, size: head.checkpoint.size, root: encodeBase64(head.checkpoint.root) }),
    ...(head !== undefined && verdict === 'verified' ? { checkpoint: head.note } : {}),
    groups: groupsOf(outcome),
    checks,
    ...(unread === undefined ? {} : { reason: unread }),
    findings: findings.all(),
  }
}

const CHECKED = ['signature', 'tree', 'consistency', 'ids', 'times', 'disclosures', 'witnesses'] as const

function unsupportedIn(stream: LogStream | undefined): string | undefined {
  const unsupported = stream?.unsupported
  return unsupported && `Entry ${unsupported.index}: ${unsupported.text} Use a newer verifier.`
}

function checkOf(
  name: (typeof CHECKED)[number],
  outcome: Outcome,
  findings: FindingList,
  options: VerifyOptions,
): Check {
  const failed = failedCheck(name, findings)
  if (failed) return failed
  const { head, stream, accounts } = outcome
  // A signature is known before the leaves are read, but not yet which keys they announce.
  if (head === undefined || stream === undefined || accounts === undefined)
    return { name, state: 'skipped', text: 'Not looked at to the end.' }
  const [state, text] = SAYS[name]({ ...outcome, head, stream, accounts }, options)
  return { name, state, text }
}

type Done = Outcome & { readonly head: Head; readonly stream: LogStream; readonly accounts: Accounts }
type Says = readonly [state: CheckState, text: string]

const SAYS: { readonly [name in (typeof CHECKED)[number]]: (done: Done, options: VerifyOptions) => Says } = {
  signature({ head }) {
    const { history, signed, checkpoint } = head
    const keys = history.hasTrusted ? history.trustedOf(checkpoint.origin) : history.ownOf(checkpoint.origin)
    const vkeys = signed ? signersOf(signed, keys) : []
    if (!history.hasTrusted)
      return [
        'warned',
        `Signed by ${vkeys.join(' and ')}, a key that came from the same place as the log: compare it with what its operator tells you.`,
      ]
    // Whoever trusts a key has it: its id is enough to say which.
    const ids = vkeys.map((vkey) => vkey.split('+', 2)[1])
    return ['passed', `Signed by ${ids.length === 1 ? 'key' : 'keys'} ${ids.join(' and ')} of ${checkpoint.origin}.`]
  },
  tree({ head, stream }) {
    const { size } = head.checkpoint
    if (stream.inside < size)
      return [
        'passed',
        `${count(stream.inside)} of ${leaves(size)} are inside; with the tiles above the others they lead to the root.`,
      ]
    return ['passed', `${leaves(size)} ${size === 1 ? 'leads' : 'lead'} to the root.`]
  },
  consistency({ head }, { old = [] }) {
    if (old.length === 0) return ['skipped', 'No older checkpoint was given to compare with.']
    const sizes = head.old.map(({ size }) => count(size))
    return [
      'passed',
      `The log begins with what it was at ${sizes.length === 1 ? 'size' : 'sizes'} ${sizes.join(', ')}.`,
    ]
  },
  ids({ stream }) {
    const of = stream.org === undefined ? '' : `, all of organization ${stream.org}`
    return ['passed', `${count(stream.read)} ids, each once${of}.`]
  },
  times: () => ['passed', 'recorded_at never runs backwards.'],
  disclosures({ stream, accounts }, { disclosures = true }) {
    if (!disclosures) return ['skipped', 'Only leaves were looked at, nothing behind their commitments.']
    const parts = [
      `${count(stream.disclosed)} disclosed`,
      ...(accounts.redacted > 0 ? [`${count(accounts.redacted)} erased, each with an entry that says so`] : []),
      ...(accounts.withheld > 0 ? [`${count(accounts.withheld)} withheld by this copy`] : []),
    ]
    return ['passed', `Groups: ${parts.join(', ')}.`]
  },
  witnesses({ head }, { policy }) {
    if (policy === undefined) return ['skipped', 'No policy of witnesses was given.']
    const { size } = head.checkpoint
    const { cosigners } = head
    const text = cosigners?.quorum.text ?? ''
    if (cosigners === undefined || cosigners.size === size) return ['passed', text]
    return ['passed', `${text} They have seen ${count(cosigners.size)} of ${count(size)} entries.`]
  },
}

const count = (n: number): string => n.toLocaleString('en-US')
const leaves = (n: number): string => (n === 1 ? '1 leaf' : `${count(n)} leaves`)

function groupsOf({ stream, accounts, resurrected }: Outcome): GroupCounts {
  return {
    disclosed: Math.max(0, (stream?.disclosed ?? 0) - resurrected),
    redacted: accounts?.redacted ?? 0,
    withheld: accounts?.withheld ?? 0,
    missing: accounts?.missing ?? 0,
    mismatch: stream?.mismatch ?? 0,
    resurrected,
  }
}
