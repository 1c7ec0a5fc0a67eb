/** `sealedlog list`: events, newest first. */
import { type Command, Option } from 'commander'
import { BOUNDS } from '@sealedlog/sdk/event'
import type { Client } from './client.js'
import { addConnection, connect, type ConnectionOptions, misused, untilInterrupted } from './connection.js'
import { addFilters, type EventOptions, EventPrinter, queryOf } from './event-options.js'
import { EXIT } from './exit.js'
import type { AddCommand } from './command.js'
import { endWithReader, say } from './terminal.js'

type ListOptions = ConnectionOptions &
  EventOptions & { readonly order: string; readonly limit: string; readonly all?: true }

const TRIES_MAX = 3

export const listCommand: AddCommand = (program: Command, finish) => {
  const command = program.command('list').description('List events. Repeated options mean "or", different ones "and".')
  addConnection(addFilters(command))
    .addOption(new Option('--order <order>', 'newest or oldest first').choices(['desc', 'asc']).default('desc'))
    .option('--limit <number>', 'how many', '50')
    .option('--all', 'all of them, however many')
    .action(async (options: ListOptions) => {
      await list(options)
      finish(EXIT.ok)
    })
}

async function list(options: ListOptions): Promise<void> {
  endWithReader()
  const query = queryOf(options, Date.now())
  query.set('order', options.order)
  const wanted = options.all ? Number.POSITIVE_INFINITY : readCount('--limit', options.limit)
  const client = connect(options, { signal: untilInterrupted() })
  const printer = new EventPrinter(options)
  let printed = 0
  for await (const { data, has_more } of pagesOf(client, query, wanted)) {
    await printer.print(data)
    printed += data.length
    if (printed >= wanted && has_more && !options.json)
      say('There are more: narrow the list, raise --limit, or take --all.')
  }
  if (printed === 0 && !options.json) say('No events.')
}

interface Page {
  readonly data: readonly object[]
  readonly has_more: boolean
  readonly next_cursor: string | null
}

/** Pages until so many events were read, or there are no more. */
async function* pagesOf(client: Client, query: URLSearchParams, wanted: number): AsyncGenerator<Page> {
  for (let missing = wanted; missing > 0; ) {
    query.set('limit', String(Math.min(missing, BOUNDS.LIST_LIMIT_MAX)))
    const page = await client.call<Page>({ path: '/v1/events', query, tries: TRIES_MAX })
    yield page
    if (!page.has_more || page.next_cursor === null) return
    missing -= page.data.length
    query.set('cursor', page.next_cursor)
  }
}

/** A whole number from 1 on. @throws AuditError `invalid_configuration` */
export function readCount(option: string, text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw misused(`${option} is ${JSON.stringify(text.slice(0, 60))}; expected a whole number from 1 on.`)
}
