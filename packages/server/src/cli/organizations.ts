/** `sealedlog organizations`: closing one, for ever. */
import { createInterface } from 'node:readline/promises'
import type { Command } from 'commander'
import type { AddCommand } from './command.js'
import { addConnection, connect, type ConnectionOptions, misused, untilInterrupted } from './connection.js'
import { formatInstant } from './event-options.js'
import { EXIT, type ExitCode } from './exit.js'
import { formatCounted } from './progress.js'
import { jsonLine, print, say, visible } from './terminal.js'

interface Organization {
  readonly id: string
  readonly name: string
  readonly size: number
  readonly closed_at?: string
}

type CloseOptions = ConnectionOptions & { readonly yes?: true }

const TRIES_MAX = 3

export const organizationsCommand: AddCommand = (program: Command, finish) => {
  const organizations = program.command('organizations').description('Close organizations.')
  addConnection(
    organizations
      .command('close')
      .description(
        'Close one for ever: what its entries disclose is erased, its keys are revoked; proofs stay. It takes an unbound key of scope admin.',
      ),
  )
    .argument('<id>', 'the organization')
    .option('--yes', 'do not ask first')
    .action(async (id: string, options: CloseOptions) => finish(await close(id, options)))
}

async function close(id: string, options: CloseOptions): Promise<ExitCode> {
  const isAsking = options.yes === undefined
  if (isAsking && !(process.stdin.isTTY && process.stderr.isTTY))
    throw misused('Nobody is there to be asked. If you are sure, say --yes.')
  const client = connect({ ...options, org: id }, { signal: untilInterrupted() })
  const path = `/v1/organizations/${encodeURIComponent(id)}`
  if (isAsking && !(await isSure(await client.call<Organization>({ path, tries: TRIES_MAX })))) {
    say('Nothing was closed.')
    return EXIT.refused
  }
  const closed = await client.call<Organization>({ method: 'DELETE', path, tries: TRIES_MAX })
  await print(options.json ? jsonLine(closed) : formatClosed(closed))
  return EXIT.ok
}

const formatClosed = ({ id, size, closed_at = '' }: Organization): string =>
  visible(
    `${id} is closed since ${formatInstant(closed_at)}. What stays proven: ${formatCounted(size, 'entry', 'entries')}.`,
  ) + '\n'

async function isSure({ id, name, size }: Organization): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const many = formatCounted(size, 'entry', 'entries')
    const what = visible(`Close ${id} (${name}), and erase what its log of ${many} discloses?`)
    const answer = await lines.question(`${what} Nobody can bring it back. [y/N] `)
    return /^y(?:es)?$/i.test(answer.trim())
  } finally {
    lines.close()
  }
}
