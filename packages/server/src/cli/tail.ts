/** `sealedlog tail`: the newest entries in the order of the log, and those to come. */
import type { Command } from 'commander'
import { type CallFailed, type Client, Interrupted } from './client.js'
import { addConnection, connect, type ConnectionOptions, misused, untilInterrupted } from './connection.js'
import { addFilters, type EventOptions, EventPrinter, queryOf } from './event-options.js'
import { EXIT, explain } from './exit.js'
import type { AddCommand } from './command.js'
import { follow, type Page, readPage } from './follow.js'
import { endWithReader, say } from './terminal.js'

type TailOptions = ConnectionOptions & EventOptions & { readonly after?: string; readonly follow?: true }

/** Entries shown where nobody says from where. */
const LAST_ENTRIES = 10
/** How far back a filter is searched for them, in entries. */
const LOOK_BACK_MAX = 10_000
const TRIES_MAX = 3

export const tailCommand: AddCommand = (program: Command, finish) => {
  const command = program
    .command('tail')
    .description('Print entries in the order of the log: the last ten, or those after an index.')
  addConnection(addFilters(command))
    .option('--after <index>', 'print what stands after it: an index, -1 for the start, or latest')
    .option('-f, --follow', 'go on with what comes, until Ctrl-C; a server that restarts is waited for')
    .action(async (options: TailOptions) => finish(await tail(options)))
}

async function tail(options: TailOptions): Promise<(typeof EXIT)['ok' | 'interrupted']> {
  endWithReader()
  const filters = queryOf(options, Date.now())
  const after = readAfter(options.after)
  const signal = untilInterrupted()
  const client = connect(options, { signal, onRetry: sayOnce() })
  const log = new Tail(client, filters)
  const printer = new EventPrinter(options)
  let next: number | undefined
  try {
    const start = await log.start(after)
    await printer.print(start.data)
    next = start.next
    for await (const page of options.follow ? follow(client, filters, next) : log.upTo(next, start.end)) {
      await printer.print(page.data)
      next = page.next
    }
    say(`next ${next}`)
    return EXIT.ok
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    if (next !== undefined) say(`next ${next}`)
    return EXIT.interrupted
  }
}

function readAfter(text: string | undefined): number | 'latest' | undefined {
  if (text === undefined || text === 'latest') return text
  if (/^(?:-1|\d{1,15})$/.test(text)) return Number(text)
  throw misused(`--after is ${JSON.stringify(text.slice(0, 60))}; expected an index, -1 for the start, or latest.`)
}

/** One note for a server that is away, however often it is tried. */
function sayOnce(): (error: CallFailed) => void {
  let said = ''
  return (error) => {
    const line = explain(error)
    if (line !== said) say(`sealedlog: ${line} Trying again until it answers.`)
    said = line
  }
}

class Tail {
  readonly #client: Client
  readonly #filters: URLSearchParams

  constructor(client: Client, filters: URLSearchParams) {
    this.#client = client
    this.#filters = filters
  }

  /** What is printed first, where to go on, and where the log ended when it was asked. */
  async start(after: number | 'latest' | undefined): Promise<Page & { readonly end: number }> {
    const { next: end } = await this.#read('latest')
    if (after === 'latest') return { data: [], next: end, end }
    return { ...(after === undefined ? await this.#last(end) : await this.#read(after)), end }
  }

  /** Page after page, to where the log ended when it was asked. */
  async *upTo(after: number, end: number): AsyncGenerator<Page> {
    for (let next = after; next < end; ) {
      const page = await this.#read(next)
      yield page
      next = page.next
    }
  }

  /** The last entries that pass the filters, searched further back the rarer they are. */
  async #last(end: number): Promise<Page> {
    for (let back = LAST_ENTRIES; ; back *= 10) {
      const from = Math.max(-1, end - back)
      const page = await this.#lastAfter(from, end)
      if (page.data.length === LAST_ENTRIES || from === -1 || back >= LOOK_BACK_MAX) return page
    }
  }

  async #lastAfter(after: number, end: number): Promise<Page> {
    let last: Page = { data: [], next: after }
    while (last.next < end) {
      const { data, next } = await this.#read(last.next)
      last = { data: [...last.data, ...data].slice(-LAST_ENTRIES), next }
    }
    return last
  }

  #read(after: number | 'latest'): Promise<Page> {
    return readPage(this.#client, this.#filters, { after, waitSeconds: 0, tries: TRIES_MAX })
  }
}
