/** `sealedlog start-over`: says that entries of a log are lost, and lets it go on. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { findSeed } from '../data-folder.js'
import type { StartedOver } from '../guard/index.js'
import { removeIndexes } from '../indexes.js'
import type { AddCommand } from './command.js'
import { misused } from './connection.js'
import { EXIT, type ExitCode } from './exit.js'
import { marksPath } from './marks-path.js'
import { startedOverJson, startedOverSentence } from './restore.js'
import { jsonLine, print } from './terminal.js'
import { NotVerified, printReports, tellNotVerified, verifyFolder } from './verify-folder.js'

interface StartOverOptions {
  readonly data: string
  readonly org: string
  readonly marks?: string
  readonly yes?: true
  readonly signer?: string
  readonly json?: true
}

export const startOverCommand: AddCommand = (program: Command, finish) => {
  program
    .command('start-over')
    .description(
      'Accept that entries of a log are lost: it goes on under a new origin, and says so. The server must be stopped.',
    )
    .requiredOption('--org <id>', 'the organization')
    .option('--data <folder>', 'the data folder', './data')
    .option('--marks <file>', 'the high-water marks; beside the data folder unless it is said')
    .option('--yes', 'do it: it cannot be undone')
    .option('--signer <module>', 'what signs in place of the seed, as `serve` has it')
    .option('--json', 'for programs: JSON in place of sentences')
    .action(async (options: StartOverOptions) => finish(await startOver(options)))
}

async function startOver(options: StartOverOptions): Promise<ExitCode> {
  if (!options.yes)
    throw misused(
      'Starting over is for ever: what is lost stays lost, and the log says so to everyone. Say --yes if no newer copy of the data folder is left.',
    )
  const { confirmLoss, marksBeside } = await import('../guard/index.js')
  const { LOG_FILE } = await import('../store/index.js')
  const data = resolve(options.data)
  // Opening makes what is missing: a folder that holds no log is a mistake, not a new log.
  if (!existsSync(join(data, LOG_FILE))) throw misused(`${options.data} holds no log. Name the data folder by --data.`)
  const started = await confirmLoss({
    data,
    org: options.org,
    marks: marksPath(options.marks) ?? marksBeside(data),
    seed: findSeed([data], process.env.SEALEDLOG_SIGNING_SEED),
    ...(options.signer === undefined ? {} : { signerModule: options.signer }),
    nowMs: Date.now,
  })
  // It may know more than is left of the log.
  removeIndexes(data)
  return await endWithVerify(data, started, options)
}

/** What was done stands, whatever the verifier finds: nothing more is signed under the former origin. */
async function endWithVerify(
  folder: string,
  started: StartedOver,
  { data, org, json }: StartOverOptions,
): Promise<ExitCode> {
  const summary = { object: 'starting_over', ...startedOverJson(started) }
  if (!json) await print(`${startedOverSentence(started)}\n`)
  try {
    const next = `It goes on under its new origin all the same. Keep ${data} as evidence, and restore a backup that verifies.`
    const log = { folder, name: data, org, json: json === true }
    const verification = await verifyFolder(log, `The log of "${org}"`, next)
    await (json ? print(jsonLine({ ...summary, verified: true, verification })) : printReports(verification))
    return EXIT.ok
  } catch (error) {
    if (!(error instanceof NotVerified)) throw error
    return await tellNotVerified(error.verified, error, json && summary)
  }
}
