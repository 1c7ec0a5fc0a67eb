/** `sealedlog keys`: making, listing and revoking keys, and rotating that of a log. A key is shown once, when it is made. */
import type { Command } from 'commander'
import { addConnection, connect, type ConnectionOptions, untilInterrupted } from './connection.js'
import { formatInstant } from './event-options.js'
import { EXIT } from './exit.js'
import type { AddCommand } from './command.js'
import { addRotate } from './rotate.js'
import { type Column, Table } from './table.js'
import { endWithReader, jsonLine, print, say, terminalWidth, visible } from './terminal.js'
import { readInstant } from './times.js'

/** A key as the server tells it. */
interface Key {
  readonly id: string
  readonly organization: string
  readonly name: string
  readonly scopes: readonly string[]
  readonly created_at: string
  readonly expires_at: string | null
  readonly revoked_at: string | null
}

interface CreateOptions extends ConnectionOptions {
  readonly organization?: string
  readonly name: string
  readonly scope: readonly string[]
  readonly expires?: string
}

type ListOptions = ConnectionOptions & { readonly organization?: string }

const TRIES_MAX = 3

export const keysCommand: AddCommand = (program: Command, finish) => {
  const keys = program
    .command('keys')
    .description('Make, list and revoke keys; rotate the key of a log. It takes the scope admin.')
  const collect = (value: string, before: readonly string[] = []) => [...before, value]
  addConnection(keys.command('create').description('Make a key. It is shown once: nobody can read it again.'))
    .option('--organization <id>', 'the organization it is bound to, or * for none, which takes the root key')
    .requiredOption('--name <name>', 'what it is for')
    .requiredOption('--scope <scope>', 'write, read or admin (repeat it for more)', collect)
    .option('--expires <time>', 'until when it works: RFC 3339, a day, or a span from now such as 30d')
    .action(async (options: CreateOptions) => finish(await create(options).then(() => EXIT.ok)))
  addConnection(keys.command('list').description('List the keys, those that no longer work too.'))
    .option('--organization <id>', 'only those bound to it, or * for those bound to none')
    .action(async (options: ListOptions) => finish(await list(options).then(() => EXIT.ok)))
  addConnection(keys.command('revoke').description('Revoke a key. It works no longer, at once and for ever.'))
    .argument('<id>', 'the key’s id, as keys list shows it: not the key')
    .action(async (id: string, options: ConnectionOptions) => finish(await revoke(id, options).then(() => EXIT.ok)))
  addRotate(keys, async (work) => finish(await work.then(() => EXIT.ok)))
}

async function create(options: CreateOptions): Promise<void> {
  const { organization, name, scope: scopes, expires } = options
  const client = connect(options, { signal: untilInterrupted() })
  const body = JSON.stringify({
    ...(organization === undefined ? {} : { organization }),
    name,
    scopes,
    ...(expires === undefined ? {} : { expires_at: readInstant('--expires', expires, Date.now(), 1) }),
  })
  // Never tried again: a key whose answer was lost exists, and a second one would too.
  const made = await client.call<Key & { readonly key: string }>({ method: 'POST', path: '/v1/keys', body })
  if (options.json) return print(jsonLine(made))
  await print(`${visible(made.key)}\n`)
  say(`${describeKey(made)}. This is the only time it is shown.`)
}

const describeKey = ({ id, organization, scopes, expires_at }: Key): string => {
  const bound = organization === '*' ? 'bound to no organization' : `bound to ${organization}`
  const until = expires_at === null ? '' : `, until ${formatInstant(expires_at)}`
  return visible(`${id}: ${scopes.join(', ')}, ${bound}${until}`)
}

const COLUMNS: readonly Column[] = [
  { title: 'Id', whole: true },
  { title: 'Name' },
  { title: 'Organization' },
  { title: 'Scopes' },
  { title: 'Created', whole: true },
  { title: 'State', whole: true, style: (text) => (text.startsWith('works') ? undefined : 'dim') },
]

async function list(options: ListOptions): Promise<void> {
  endWithReader()
  const client = connect(options, { signal: untilInterrupted() })
  const { organization } = options
  const query = new URLSearchParams(organization === undefined ? {} : { organization })
  const { data } = await client.call<{ data: readonly Key[] }>({ path: '/v1/keys', query, tries: TRIES_MAX })
  if (options.json) return print(data.map(jsonLine).join(''))
  if (data.length === 0) return say('No keys, besides the root key.')
  const rows = data.map((key) => [
    key.id,
    key.name,
    key.organization,
    key.scopes.join(' '),
    formatInstant(key.created_at),
    stateOf(key, Date.now()),
  ])
  await print(new Table(COLUMNS, terminalWidth()).format(rows))
}

function stateOf({ expires_at, revoked_at }: Key, nowMs: number): string {
  if (revoked_at !== null) return `revoked ${formatInstant(revoked_at)}`
  if (expires_at === null) return 'works'
  return Date.parse(expires_at) <= nowMs
    ? `expired ${formatInstant(expires_at)}`
    : `works until ${formatInstant(expires_at)}`
}

async function revoke(id: string, options: ConnectionOptions): Promise<void> {
  const client = connect(options, { signal: untilInterrupted() })
  const path = `/v1/keys/${encodeURIComponent(id)}`
  const key = await client.call<Key>({ method: 'DELETE', path, tries: TRIES_MAX })
  await print(options.json ? jsonLine(key) : `${visible(key.id)} is revoked.\n`)
}
