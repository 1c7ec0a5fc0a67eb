/** `sealedlog backup`: a verified copy of a data folder's log, while a server serves it. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { ROOT_KEY_FILE, SEED_FILE } from '../places.js'
import type { AddCommand } from './command.js'
import { EXIT } from './exit.js'
import { formatCounted, formatSeconds, Progress } from './progress.js'
import { stepsOn } from './steps.js'
import { jsonLine, print } from './terminal.js'

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
    .action(async (options: BackupCommandOptions) => {
      await backup(options)
      finish(EXIT.ok)
    })
}

async function backup({ data, out, withSecrets, json }: BackupCommandOptions): Promise<void> {
  const { backUp } = await import('../guard/index.js')
  const progress = new Progress(json ? false : process.stderr.isTTY)
  const secrets = withSecrets ? [SEED_FILE, ROOT_KEY_FILE] : []
  const { manifest, entries } = await backUp({
    data: resolve(data),
    out: resolve(out),
    secrets,
    nowMs: Date.now,
    onStep: stepsOn(progress),
  }).finally(() => progress.end())
  const { file, organizations } = manifest
  if (json) {
    const { bytes, sha256 } = file
    const summary = { object: 'backup', out: resolve(out), made_at: manifest.made_at, bytes, sha256, entries }
    return print(
      jsonLine({ ...summary, organizations: organizations.length, secrets: manifest.secrets, verified: true }),
    )
  }
  const what = `${formatCounted(entries, 'entry', 'entries')} of ${formatCounted(organizations.length, 'organization', 'organizations')}`
  await print(
    `Backed up and verified ${what} to ${out} in ${formatSeconds(progress.seconds())}.\n${manifest.secrets ? WITH_SECRETS : WITHOUT_SECRETS}\n`,
  )
}

const WITH_SECRETS = `The secrets are in it: whoever has this backup can sign as this log. Lock it away.`
const WITHOUT_SECRETS = `It holds no secrets. Keep ${SEED_FILE} apart from it: without that key, a restored log cannot go on.`
