/** `sealedlog restore`: a backup becomes a data folder, with what was erased since erased again. */
import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { Command } from 'commander'
import { AuditError } from '@sealedlog/sdk/base'
import type { VerifyReport } from '@sealedlog/sdk/verify'
import { findSeed } from '../data-folder.js'
import type { RestoreReport, StartedOver } from '../guard/index.js'
import { ROOT_KEY_FILE, SEED_FILE } from '../places.js'
import { LOG_FILE } from '../store/index.js'
import type { AddCommand } from './command.js'
import { EXIT, type ExitCode, explain } from './exit.js'
import { marksPath } from './marks-path.js'
import { formatCounted, formatSeconds, Progress } from './progress.js'
import { stepsOn } from './steps.js'
import { jsonLine, print, say, visible } from './terminal.js'
import { lookInto, NotVerified, printReports, tellNotVerified, verifyFolder } from './verify-folder.js'

interface RestoreCommandOptions {
  readonly data: string
  readonly marks?: string
  readonly replace?: true
  readonly startOver?: true
  readonly signer?: string
  readonly json?: true
}

export const restoreCommand: AddCommand = (program: Command, finish) => {
  program
    .command('restore')
    .argument('<backup>', 'the folder of the backup')
    .description('Make a data folder of a backup. The server must be stopped.')
    .option('--data <folder>', 'the data folder', './data')
    .option('--marks <file>', 'the high-water marks; beside the data folder unless it is said')
    .option('--replace', 'move the log that is there aside')
    .option('--start-over', 'accept that entries are lost: their logs go on under a new origin, and say so')
    .option('--signer <module>', 'what signs in place of the seed, as `serve` has it')
    .option('--json', 'for programs: JSON in place of sentences')
    .action(async (backup: string, options: RestoreCommandOptions) => finish(await restore(backup, options)))
}

async function restore(backup: string, options: RestoreCommandOptions): Promise<ExitCode> {
  const progress = new Progress(options.json ? false : process.stderr.isTTY)
  const reports: VerifyReport[] = []
  try {
    const report = await restoreAndVerify(backup, options, progress, reports)
    if (options.json) await print(jsonLine(toJson(report, reports)))
    else {
      await print(sentences(report, options.data, progress.seconds()))
      for (const warning of report.warnings) say(visible(warning))
      await printReports(reports)
    }
    return EXIT.ok
  } catch (error) {
    if (!(error instanceof AuditError)) throw error
    return await tellRefused(error, backup, options)
  }
}

async function restoreAndVerify(
  backup: string,
  options: RestoreCommandOptions,
  progress: Progress,
  reports: VerifyReport[],
): Promise<RestoreReport> {
  const guard = await import('../guard/index.js')
  const data = resolve(options.data)
  return await guard
    .restore({
      backup: resolve(backup),
      data,
      replace: options.replace === true,
      startOver: options.startOver === true,
      marks: marksPath(options.marks) ?? guard.marksBeside(data),
      seed: findSeed([data, resolve(backup)], process.env.SEALEDLOG_SIGNING_SEED),
      ...(options.signer === undefined ? {} : { signerModule: options.signer }),
      secrets: [SEED_FILE, ROOT_KEY_FILE],
      async verify(folder) {
        progress.end()
        const restored = { folder, name: options.data, json: options.json === true }
        reports.push(
          ...(await verifyFolder(restored, 'What was restored', 'Take another backup; nothing was changed.')),
        )
      },
      nowMs: Date.now,
      onStep: stepsOn(progress),
    })
    .finally(() => progress.end())
}

/** A backup that does not hold is looked into as it lies: the verifier says where. */
async function tellRefused(error: AuditError, backup: string, { json }: RestoreCommandOptions): Promise<ExitCode> {
  const summary = json && { object: 'restoring' }
  if (error instanceof NotVerified) return await tellNotVerified(error.verified, error, summary)
  if (error.code === 'proof_failed') {
    const folder = resolve(backup)
    const isThere = existsSync(join(folder, LOG_FILE))
    const { reports } = isThere ? await lookInto({ folder, name: backup, json: json === true }) : { reports: [] }
    return await tellNotVerified({ code: EXIT.refused, reports }, error, summary)
  }
  if (error.code !== 'rollback_detected') throw error
  say(`sealedlog: ${explain(error)}`)
  return EXIT.refused
}

const toJson = (report: RestoreReport, verification: readonly VerifyReport[]): object => ({
  object: 'restoring',
  made_at: report.manifest.made_at,
  entries: report.entries,
  organizations: report.organizations,
  started_over: report.startedOver.map(startedOverJson),
  erased_again: report.reapplied.map(({ org, redactions, groups }) => ({ org, redactions, groups })),
  replaced: report.aside ?? null,
  warnings: report.warnings,
  verified: true,
  verification,
})

export const startedOverJson = ({ org, from, origin, kept, had }: StartedOver): object => ({
  org,
  origin,
  continues: from,
  kept,
  lost: Math.max(0, had - kept),
})

export const startedOverSentence = ({ org, origin, kept, had }: StartedOver): string =>
  `${visible(org)} goes on under ${origin}: ${formatCounted(kept, 'entry is', 'entries are')} kept, ${had > kept ? formatCounted(had - kept, 'is', 'are') : 'none is known to be'} lost.`

function sentences(report: RestoreReport, data: string, seconds: number): string {
  const what = `${formatCounted(report.entries, 'entry', 'entries')} of ${formatCounted(report.organizations, 'organization', 'organizations')}`
  const lines = [
    `Restored and verified ${what} to ${data} in ${formatSeconds(seconds)}, as of ${report.manifest.made_at}.`,
    ...report.startedOver.map(startedOverSentence),
    ...report.reapplied.map(
      ({ org, groups }) =>
        `${visible(org)}: ${formatCounted(groups, 'group that was', 'groups that were')} erased since ${groups === 1 ? 'is' : 'are'} erased again.`,
    ),
    ...(report.aside === undefined
      ? []
      : [
          `What was there is in ${relative(process.cwd(), report.aside)}. It holds what it held: delete it when you no longer need it.`,
        ]),
    'The index is built at the next start.',
  ]
  return `${lines.join('\n')}\n`
}
