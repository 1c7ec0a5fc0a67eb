/** The commands, and what all of them share. A new command is one file and one line in COMMANDS. */
import { Command, CommanderError } from 'commander'
import { Interrupted } from './client.js'
import { backupCommand } from './backup.js'
import type { AddCommand } from './command.js'
import { demoCommand } from './demo.js'
import { eraseCommand } from './erase.js'
import { EXIT, type ExitCode, explain } from './exit.js'
import { exportCommand } from './export.js'
import { holdCommand } from './hold.js'
import { keysCommand } from './keys.js'
import { listCommand } from './list.js'
import { organizationsCommand } from './organizations.js'
import { queriesCommand } from './queries.js'
import { recordCommand } from './record.js'
import { reindexCommand } from './reindex.js'
import { restoreCommand } from './restore.js'
import { retentionCommand } from './retention.js'
import { serveCommand } from './serve.js'
import { startOverCommand } from './start-over.js'
import { statsCommand } from './stats.js'
import { tailCommand } from './tail.js'
import { visible } from './terminal.js'
import { typesCommand } from './types.js'
import { verifyCommand } from './verify.js'
import { VERSION } from './version.js'
import { witnessCommand } from './witness.js'

const COMMANDS: readonly AddCommand[] = [
  serveCommand,
  recordCommand,
  listCommand,
  statsCommand,
  tailCommand,
  exportCommand,
  queriesCommand,
  keysCommand,
  typesCommand,
  eraseCommand,
  retentionCommand,
  holdCommand,
  organizationsCommand,
  demoCommand,
  reindexCommand,
  backupCommand,
  restoreCommand,
  startOverCommand,
  witnessCommand,
  verifyCommand,
]

/** Runs one command line. Resolves with its exit code, when everything it opened is closed. */
export async function run(argv: readonly string[]): Promise<number> {
  let code: ExitCode = EXIT.ok
  const program = new Command('sealedlog')
    .description('The audit log of who did what, when, that anyone can check.')
    .version(VERSION)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(`sealedlog: ${tellMisuse(text)}\n`) })
  for (const add of COMMANDS) add(program, (ended) => (code = ended))
  for (const command of program.commands) command.exitOverride()
  try {
    await program.parseAsync(argv)
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.failed
    if (error instanceof Interrupted) return EXIT.interrupted
    process.stderr.write(`sealedlog: ${explain(error)}\n`)
    return EXIT.failed
  }
}

/**
 * What commander says of wrong usage, as every other error is said.
 *
 * @example
 * tellMisuse("error: unknown command 'lst'\n(Did you mean list?)\n")
 * // "unknown command 'lst' (Did you mean list?). --help shows what there is. [invalid_configuration]"
 */
const tellMisuse = (text: string): string =>
  `${visible(
    text
      .replace(/^error: /, '')
      .trim()
      .replaceAll('\n', ' '),
  ).replace(/\.$/, '')}. --help shows what there is. [invalid_configuration]`
