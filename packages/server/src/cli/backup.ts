/** `sealedlog backup`: a verified copy of a data folder's log, while a server serves it. */
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import type { VerifyReport } from '@sealedlog/sdk/verify'
import type { Command } from 'commander'
import type { BackupReport } from '../guard/index.js'
import { ROOT_KEY_FILE, SEED_FILE } from '../places.js'
import type { AddCommand } from './command.js'
import { EXIT, type ExitCode } from './exit.js'
import { formatCounted, formatSeconds, Progress } from './progress.js'
import { stepsOn } from './steps.js'
import { jsonLine, print, say } from './terminal.js'
import { NotVerified, printReports, tellNotVerified, verifyFolder } from './verify-folder.js'

interface BackupCommandOptions {
  readonly data: string
  readonly out: string
  readonly withSecrets?: true
  readonly json?: true
}

export const backupCommand: AddCommand = (program: Command, finish) => {
  program
    .command('backup')
    .description('Copy the log of a data folder, while a server serves it, and verify the copy.')
    .option('--data <folder>', 'the data folder', './data')
    .requiredOption('--out <folder>', 'the folder of the backup: a new or an empty one')
    .option('--with-secrets', `copy ${SEED_FILE} and ${ROOT_KEY_FILE} too: keep such a backup as you keep keys`)
    .option('--json', 'for programs: JSON in place of sentences')
    .action(async (options: BackupCommandOptions) => finish(await backup(options)))
}

async function backup(options: BackupCommandOptions): Promise<ExitCode> {
  const progress = new Progress(options.json ? false : process.stderr.isTTY)
  const reports: VerifyReport[] = []
  try {
    const report = await copyAndVerify(options, progress, reports)
    await print(options.json ? jsonLine(toJson(report, options, reports)) : sentences(report, options, progress))
    if (!options.json) await printReports(reports)
    return EXIT.ok
  } catch (error) {
    if (!(error instanceof NotVerified)) throw error
    const summary = options.json && { object: 'backup', out: resolve(options.out) }
    return await tellNotVerified(error.verified, error, summary)
  }
}

async function copyAndVerify(
  { data, out, withSecrets, json }: BackupCommandOptions,
  progress: Progress,
  reports: VerifyReport[],
): Promise<BackupReport> {
  const { backUp } = await import('../guard/index.js')
  const next = `It was not kept. \`sealedlog verify ${data}\` says how the log itself stands: keep it as it is, and older backups too.`
  let stopListening = (): void => undefined
  return await backUp({
    data: resolve(data),
    out: resolve(out),
    secrets: withSecrets ? [SEED_FILE, ROOT_KEY_FILE] : [],
    async verify(folder) {
      progress.end()
      // A server may be at work beside: it keeps half of the machine.
      const threads = Math.ceil(availableParallelism() / 2)
      reports.push(...(await verifyFolder({ folder, name: out, json: json === true, threads }, 'The copy', next)))
    },
    onBegun: (remove) => (stopListening = onInterrupt(remove, progress)),
    nowMs: Date.now,
    onStep: stepsOn(progress),
  }).finally(() => {
    stopListening()
    progress.end()
  })
}

/**
 * Takes away what is unfinished, and ends by the signal itself: the thread that copies is inside of SQLite, where nothing
 * stops it, and whoever waited for it would wait for the whole copy.
 */
function onInterrupt(remove: () => void, progress: Progress): () => void {
  const end = (signal: NodeJS.Signals): void => {
    try {
      progress.end()
      remove()
      say('Stopped. Nothing of the backup is left.')
    } finally {
      process.kill(process.pid, signal)
    }
  }
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const signal of signals) process.once(signal, end)
  return () => {
    for (const signal of signals) process.off(signal, end)
  }
}

function toJson(
  { manifest, entries }: BackupReport,
  { out }: BackupCommandOptions,
  verification: readonly VerifyReport[],
): object {
  const { file, organizations, made_at, secrets } = manifest
  const { bytes, sha256 } = file
  return {
    object: 'backup',
    out: resolve(out),
    made_at,
    bytes,
    sha256,
    entries,
    organizations: organizations.length,
    secrets,
    verified: true,
    verification,
  }
}

function sentences({ manifest, entries }: BackupReport, { out }: BackupCommandOptions, progress: Progress): string {
  const { organizations, secrets } = manifest
  const what = `${formatCounted(entries, 'entry', 'entries')} of ${formatCounted(organizations.length, 'organization', 'organizations')}`
  return `Backed up and verified ${what} to ${out} in ${formatSeconds(progress.seconds())}.\n${secrets ? WITH_SECRETS : WITHOUT_SECRETS}\n`
}

const WITH_SECRETS = `The secrets are in it: whoever has this backup can sign as this log. Lock it away.`
const WITHOUT_SECRETS = `It holds no secrets. Keep ${SEED_FILE} apart from it: without that key, a restored log cannot go on.`
