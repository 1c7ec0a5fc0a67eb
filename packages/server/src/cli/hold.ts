/** `sealedlog hold`: a legal hold, while which nothing of an organization is erased. */
import type { Command } from 'commander'
import type { AddCommand } from './command.js'
import { addConnection, connect, type ConnectionOptions, untilInterrupted } from './connection.js'
import type { Call } from './client.js'
import { formatInstant } from './event-options.js'
import { EXIT } from './exit.js'
import { organizationPath } from './organization.js'
import { jsonLine, print, visible } from './terminal.js'

/** A hold, or that there is none, as the server tells it. */
interface Hold {
  readonly organization: string
  readonly held: boolean
  readonly reason: string | null
  readonly placed_at: string | null
  readonly placed_by: string | null
}

type PlaceOptions = ConnectionOptions & { readonly reason: string }

const TRIES_MAX = 3

export const holdCommand: AddCommand = (program: Command, finish) => {
  const hold = program
    .command('hold')
    .description('A legal hold: while it stands, nothing of an organization is erased. It takes the scope admin.')
  const done = (work: Promise<void>) => work.then(() => finish(EXIT.ok))
  addConnection(hold.command('show').description('Say whether one stands.')).action((options: ConnectionOptions) =>
    done(call(options, {})),
  )
  addConnection(hold.command('place').description('Place one, or give the one that stands another reason.'))
    .requiredOption('--reason <text>', 'why; it stands in the log')
    .action((options: PlaceOptions) =>
      done(call(options, { method: 'PUT', body: JSON.stringify({ reason: options.reason }) })),
    )
  addConnection(hold.command('lift').description('Lift it: what is past its age goes at the next run.')).action(
    (options: ConnectionOptions) => done(call(options, { method: 'DELETE' })),
  )
}

async function call(options: ConnectionOptions, asked: Omit<Call, 'path'>): Promise<void> {
  const client = connect(options, { signal: untilInterrupted() })
  const path = `${await organizationPath(client, options)}/hold`
  const hold = await client.call<Hold>({ ...asked, path, tries: TRIES_MAX })
  await print(options.json ? jsonLine(hold) : formatHold(hold))
}

function formatHold({ organization, reason, placed_at, placed_by }: Hold): string {
  if (reason === null || placed_at === null) return visible(`No hold stands on ${organization}.`) + '\n'
  return (
    visible(`A hold stands on ${organization} since ${formatInstant(placed_at)}, placed by ${placed_by}: ${reason}`) +
    '\n'
  )
}
