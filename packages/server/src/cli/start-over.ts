/** `sealedlog start-over`: says that entries of a log are lost, and lets it go on. */
import { existsSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { findSeed } from '../data-folder.js'
import { INDEX_FILE } from '../places.js'
import type { AddCommand } from './command.js'
import { misused } from './connection.js'
import { EXIT } from './exit.js'
import { marksPath } from './marks-path.js'
import { startedOverJson, startedOverSentence } from './restore.js'
import { jsonLine, print } from './terminal.js'

interface StartOverOptions {
  readonly data: string
  readonly org: string
  readonly marks?: string
  readonly yes?: true
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
    .option('--json', 'for programs: JSON in place of sentences')
    .action(async (options: StartOverOptions) => {
      await startOver(options)
      finish(EXIT.ok)
    })
}

async function startOver(options: StartOverOptions): Promise<void> {
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
    nowMs: Date.now,
  })
  // It may know more than is left of the log. The database first: see `deleteIndexFile`.
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(data, INDEX_FILE) + suffix, { force: true })
  await print(
    options.json
      ? jsonLine({ object: 'starting_over', ...startedOverJson(started) })
      : `${startedOverSentence(started)}\n`,
  )
}
