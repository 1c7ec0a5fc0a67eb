/** What a command is to the program. */
import type { Command } from 'commander'
import type { ExitCode } from './exit.js'

/** Adds a command to the program; its action answers with the exit code. */
export type AddCommand = (program: Command, finish: (code: ExitCode) => void) => void
