/** The commands, and what all of them share. A new command is one file and one line in COMMANDS. */
import { Command, CommanderError } from 'commander'
import { Interrupted } from './client.js'
import type { AddCommand } from './command.js'
import { demoCommand } from './demo.js'
import { EXIT, type ExitCode, explain } from './exit.js'
import { keysCommand } from './keys.js'
import { listCommand } from './list.js'
import { queriesCommand } from './queries.js'
import { recordCommand } from './record.js'
import { reindexCommand } from './reindex.js'
import { serveCommand } from './serve.js'
import { tailCommand } from './tail.js'
import { typesCommand } from './types.js'
import { VERSION } from './version.js'

const COMMANDS: readonly AddCommand[] = [
  serveCommand,
  recordCommand,
  listCommand,
  tailCommand,
  queriesCommand,
  keysCommand,
  typesCommand,
  demoCommand,
  reindexCommand,
]

/** Runs one command line. Resolves with its exit code, when everything it opened is closed. */
export async function run(argv: readonly string[]): Promise<number> {
  let code: ExitCode = EXIT.ok
  const program = new Command('sealedlog')
    .description('The audit log of who did what, when, that anyone can check.')
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError('(--help shows what there is)')
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
