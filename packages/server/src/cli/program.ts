/** The commands, and what all of them share. A new command is one file and one line in COMMANDS. */
import { Command, CommanderError } from 'commander'
import { Interrupted } from './client.js'
import type { AddCommand } from './command.js'
import { EXIT, type ExitCode, explain } from './exit.js'
import { visible } from './terminal.js'
import { VERSION } from './version.js'

/** By name, in the order of the help. Each is loaded when it is called: most need little, and one needs a whole server. */
const COMMANDS: { readonly [name: string]: () => Promise<AddCommand> } = {
  serve: async () => (await import('./serve.js')).serveCommand,
  record: async () => (await import('./record.js')).recordCommand,
  list: async () => (await import('./list.js')).listCommand,
  stats: async () => (await import('./stats.js')).statsCommand,
  tail: async () => (await import('./tail.js')).tailCommand,
  export: async () => (await import('./export.js')).exportCommand,
  queries: async () => (await import('./queries.js')).queriesCommand,
  keys: async () => (await import('./keys.js')).keysCommand,
  types: async () => (await import('./types.js')).typesCommand,
  erase: async () => (await import('./erase.js')).eraseCommand,
  retention: async () => (await import('./retention.js')).retentionCommand,
  hold: async () => (await import('./hold.js')).holdCommand,
  organizations: async () => (await import('./organizations.js')).organizationsCommand,
  demo: async () => (await import('./demo.js')).demoCommand,
  reindex: async () => (await import('./reindex.js')).reindexCommand,
  backup: async () => (await import('./backup.js')).backupCommand,
  restore: async () => (await import('./restore.js')).restoreCommand,
  'start-over': async () => (await import('./start-over.js')).startOverCommand,
  witness: async () => (await import('./witness.js')).witnessCommand,
  verify: async () => (await import('./verify.js')).verifyCommand,
}

/** The command that is called; all of them where none is named that exists: for the help, and for what was meant. */
function calledBy(argv: readonly string[]): Promise<readonly AddCommand[]> {
  const [, , name = ''] = argv
  const called = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  return Promise.all((called ? [called] : Object.values(COMMANDS)).map((load) => load()))
}

/** Runs one command line. Resolves with its exit code, when everything it opened is closed. */
export async function run(argv: readonly string[]): Promise<number> {
  let code: ExitCode = EXIT.ok
  const program = new Command('sealedlog')
    .description('The audit log of who did what, when, that anyone can check.')
    .version(VERSION)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(`sealedlog: ${tellMisuse(text)}\n`) })
  for (const add of await calledBy(argv)) add(program, (ended) => (code = ended))
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
