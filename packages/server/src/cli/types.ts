/** `sealedlog types`: an organization's own event types, pushed from a file, pulled into one, listed. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { Client } from './client.js'
import type { AddCommand } from './command.js'
import { addConnection, connect, type ConnectionOptions, untilInterrupted } from './connection.js'
import { formatInstant } from './event-options.js'
import { EXIT, type ExitCode } from './exit.js'
import { type Column, Table } from './table.js'
import { endWithReader, jsonLine, print, say, terminalWidth, visible } from './terminal.js'
import { type EventType, formatTypesFile } from './types-file.js'
import { pushTypes, type PushOptions } from './types-push.js'

type ListOptions = ConnectionOptions & { readonly catalogue?: true }

const TRIES_MAX = 3
const PAGE = '100'

export const typesCommand: AddCommand = (program: Command, finish) => {
  const types = program
    .command('types')
    .description('Push, pull and list the organization’s own event types. Pushing takes the scopes admin and read.')
  addConnection(types.command('push').description('Register the event types of a file, each that differs.'))
    .argument('<file>', 'a JSON file, as pull writes it')
    .option('--dry-run', 'only say what would change')
    .option('--check', 'judge recorded events first, and push nothing if they break a type that is to be enforced')
    .option('--force', 'with --check: push all the same')
    .option('--prune', 'delete the types that the file does not name')
    .action(async (file: string, options: PushOptions) => finish(await push(file, options)))
  addConnection(types.command('pull').description('Write the event types to a file, - for stdout.'))
    .argument('<file>', 'the file; the same types are always the same bytes')
    .action(async (file: string, options: ConnectionOptions) => finish(await pull(file, options).then(() => EXIT.ok)))
  addConnection(types.command('list').description('List the event types.'))
    .option('--catalogue', 'the built-in ones too')
    .action(async (options: ListOptions) => finish(await list(options).then(() => EXIT.ok)))
}

/** Every type of the organization, page by page. */
export async function readTypes(
  client: Client,
  include: { readonly [name: string]: string } = {},
): Promise<readonly EventType[]> {
  const types: EventType[] = []
  for (;;) {
    const query = new URLSearchParams({ limit: PAGE, ...include })
    const last = types.at(-1)
    if (last) query.set('after', last.type)
    const page = await client.call<{ data: readonly EventType[]; has_more: boolean }>({
      path: '/v1/event-types',
      query,
      tries: TRIES_MAX,
    })
    types.push(...page.data)
    if (!page.has_more) return types
  }
}

async function push(file: string, options: PushOptions): Promise<ExitCode> {
  const client = connect(options, { signal: untilInterrupted() })
  return pushTypes(client, file, await readTypes(client), options)
}

async function pull(file: string, options: ConnectionOptions): Promise<void> {
  const types = await readTypes(connect(options, { signal: untilInterrupted() }))
  const text = formatTypesFile(types)
  if (file === '-') return print(text)
  const differs = !existsSync(file) || readFileSync(file, 'utf8') !== text
  if (differs) replaceFile(file, text)
  if (options.json) return print(jsonLine({ object: 'event_types_pull', file, types: types.length, changed: differs }))
  const count = `${types.length} event ${types.length === 1 ? 'type' : 'types'}`
  await print(`${count} in ${visible(file)}${differs ? '' : ', as it was'}.\n`)
}

/** Whole or not at all: a file that is half written would push half. */
function replaceFile(file: string, text: string): void {
  const draft = `${file}.${process.pid}.tmp`
  writeFileSync(draft, text)
  renameSync(draft, file)
}

const COLUMNS: readonly Column[] = [
  { title: 'Type' },
  { title: 'Origin', whole: true },
  { title: 'Mode', whole: true },
  { title: 'Version', whole: true },
  { title: 'Checks' },
  { title: 'Warnings', whole: true },
  { title: 'Changed', whole: true },
]

async function list(options: ListOptions): Promise<void> {
  endWithReader()
  const client = connect(options, { signal: untilInterrupted() })
  const types = await readTypes(client, options.catalogue ? { include: 'catalogue' } : {})
  if (options.json) return print(types.map(jsonLine).join(''))
  if (types.length === 0) return say('No event types of its own. Those of the catalogue: --catalogue.')
  await print(new Table(COLUMNS, terminalWidth()).format(types.map(cellsOf)))
}

const cellsOf = (row: EventType): readonly string[] => [
  row.type,
  row.origin,
  row.mode,
  row.version === undefined ? '' : String(row.version),
  row.origin === 'organization' ? ['details', 'metadata', 'targets'].filter((member) => member in row).join(' ') : '',
  row.warnings ? String(row.warnings) : '',
  row.updated_at === undefined ? '' : formatInstant(row.updated_at),
]
