/** `sealedlog queries`: the queries that an organization keeps by name. */
import type { Command } from 'commander'
import { addConnection, connect, type ConnectionOptions, untilInterrupted } from './connection.js'
import { formatInstant } from './event-options.js'
import { EXIT } from './exit.js'
import type { AddCommand } from './command.js'
import { readQueryText } from './query-text.js'
import { type Column, Table } from './table.js'
import { endWithReader, jsonLine, print, say, terminalWidth, visible } from './terminal.js'

/** A saved query as the server tells it. */
interface SavedQuery {
  readonly name: string
  readonly q: string
  readonly description?: string
  readonly saved_at: string
}

type SaveOptions = ConnectionOptions & { readonly description?: string }

const TRIES_MAX = 3

export const queriesCommand: AddCommand = (program: Command, finish) => {
  const queries = program.command('queries').description('Keep queries by name: ask them by list --saved NAME.')
  addConnection(queries.command('save').description('Save a query. It takes the scope admin.'))
    .argument('<name>', 'letters, digits and _ . : -')
    .argument('<query>', 'in words, as for list -q')
    .option('--description <text>', 'what it is for')
    .action(async (name: string, text: string, options: SaveOptions) =>
      finish(await save(name, text, options).then(() => EXIT.ok)),
    )
  addConnection(queries.command('list').description('List the saved queries.')).action(
    async (options: ConnectionOptions) => finish(await list(options).then(() => EXIT.ok)),
  )
  addConnection(queries.command('delete').description('Forget a saved query. It takes the scope admin.'))
    .argument('<name>')
    .action(async (name: string, options: ConnectionOptions) => finish(await forget(name, options).then(() => EXIT.ok)))
}

const pathOf = (name: string): string => `/v1/saved-queries/${encodeURIComponent(name)}`

async function save(name: string, text: string, options: SaveOptions): Promise<void> {
  const { description } = options
  const body = JSON.stringify({ q: readQueryText(text), ...(description === undefined ? {} : { description }) })
  const client = connect(options, { signal: untilInterrupted() })
  const saved = await client.call<SavedQuery>({ method: 'PUT', path: pathOf(name), body, tries: TRIES_MAX })
  await print(options.json ? jsonLine(saved) : `${visible(`${saved.name}: ${saved.q}`)}\n`)
}

const COLUMNS: readonly Column[] = [
  { title: 'Name' },
  { title: 'Query' },
  { title: 'Description' },
  { title: 'Saved', whole: true },
]

async function list(options: ConnectionOptions): Promise<void> {
  endWithReader()
  const client = connect(options, { signal: untilInterrupted() })
  const { data } = await client.call<{ data: readonly SavedQuery[] }>({ path: '/v1/saved-queries', tries: TRIES_MAX })
  if (options.json) return print(data.map(jsonLine).join(''))
  if (data.length === 0) return say('No saved queries.')
  const rows = data.map(({ name, q, description = '', saved_at }) => [name, q, description, formatInstant(saved_at)])
  await print(new Table(COLUMNS, terminalWidth()).format(rows))
}

async function forget(name: string, options: ConnectionOptions): Promise<void> {
  const client = connect(options, { signal: untilInterrupted() })
  const gone = await client.call<{ readonly name: string }>({ method: 'DELETE', path: pathOf(name) })
  await print(options.json ? jsonLine(gone) : `${visible(gone.name)} is forgotten.\n`)
}
