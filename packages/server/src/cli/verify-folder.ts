/** How a backup, a restore and a start-over end: with `sealedlog verify` over what they made. */
import { sep } from 'node:path'
import { AuditError } from '@sealedlog/sdk/base'
import type { VerifyExit } from '@sealedlog/sdk/verifier'
import type { VerifyReport } from '@sealedlog/sdk/verify'
import { EXIT, type ExitCode, explain } from './exit.js'
import { jsonLine, print, say } from './terminal.js'
import { VERSION } from './version.js'

export interface FolderToVerify {
  readonly folder: string
  /** what the folder is called: it may have another place in a moment */
  readonly name: string
  /** one organization; all of the folder unless it is said */
  readonly org?: string
  /** for programs: no bar */
  readonly json: boolean
  /** threads beside this one; as many as there are cores unless it is said */
  readonly threads?: number
}

/** What the verifier says of a folder: its exit code, and a report for each log. */
export interface Verified {
  readonly code: VerifyExit
  readonly reports: readonly VerifyReport[]
}

/**
 * Verifies a data folder as `sealedlog verify FOLDER` does, by the same code. Nothing is printed but the bar, and why it
 * could not be checked.
 *
 * The verifier's memory is left alone. It belongs to whoever verifies of their own accord: it says which key and how much of
 * a log somebody saw, and this is a copy that nobody looked at, held to the key that lies inside of it. Nor may the memory
 * judge here: an older backup that is put back knowingly, and a log that starts over, are less than what was seen. What
 * was there before is known by the marks.
 */
export async function lookInto({ folder, name, org, json, threads }: FolderToVerify): Promise<Verified> {
  const { runVerify } = await import('@sealedlog/sdk/verifier')
  const { checkView } = await import('./view/check-view.js')
  const reports: VerifyReport[] = []
  const argv = [
    folder,
    '--no-remember',
    ...(org === undefined ? [] : ['--org', org]),
    ...(json ? ['--json'] : []),
    ...(threads === undefined ? [] : ['--threads', String(threads)]),
  ]
  const code = await runVerify(argv, {
    program: 'sealedlog verify',
    version: VERSION,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    otherCheck: checkView,
    onReport: (report) => void reports.push({ ...report, source: renamed(report.source, folder, name) }),
  })
  return { code, reports }
}

const renamed = (source: string, folder: string, name: string): string =>
  source.startsWith(folder) ? (name.endsWith(sep) ? name.slice(0, -1) : name) + source.slice(folder.length) : source

/** What was made does not verify, or could not be checked. */
export class NotVerified extends AuditError {
  readonly verified: Verified

  constructor(verified: Verified, what: string, next: string) {
    const isWrong = verified.code === EXIT.refused
    super(
      isWrong ? 'proof_failed' : 'storage_failed',
      `${what} ${isWrong ? 'does not verify' : 'could not be verified'}. ${next}`,
    )
    this.verified = verified
  }
}

/**
 * The same, of what must hold.
 *
 * @param what is verified: `The copy`
 * @param next what to do where it does not hold, as a sentence
 * @throws NotVerified
 */
export async function verifyFolder(
  folder: FolderToVerify,
  what: string,
  next: string,
): Promise<readonly VerifyReport[]> {
  const verified = await lookInto(folder)
  if (verified.code !== EXIT.ok) throw new NotVerified(verified, what, next)
  return verified.reports
}

/** The reports, as `verify` prints them. */
export async function printReports(reports: readonly VerifyReport[]): Promise<void> {
  const { formatReport } = await import('@sealedlog/sdk/verifier')
  const { stdout, stderr, env } = process
  for (const report of reports) await print(formatReport(report, { stdout, stderr, env }))
}

/** What did not hold: where on stdout, of these logs alone, and what to do on stderr. */
export async function tellNotVerified(
  { code, reports }: Verified,
  why: AuditError,
  summary: object | undefined,
): Promise<ExitCode> {
  const wrong = reports.filter(({ verdict }) => verdict !== 'verified')
  if (summary) await print(jsonLine({ ...summary, verified: false, verification: reports }))
  else await printReports(wrong.length > 0 ? wrong : reports)
  say(`sealedlog: ${explain(why)}`)
  return code
}
