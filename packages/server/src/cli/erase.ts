/** `sealedlog erase`: erasing what the law asks for, after saying what would go. */
import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'
import type { Command } from 'commander'
import { type Client, Interrupted } from './client.js'
import type { AddCommand } from './command.js'
import { addConnection, connect, type ConnectionOptions, misused, untilInterrupted } from './connection.js'
import { EXIT, type ExitCode } from './exit.js'
import { type Column, Table } from './table.js'
import { endWithReader, jsonLine, print, say, terminalWidth, visible } from './terminal.js'

/** What was erased, or would be, as the server tells it. */
interface Redaction {
  readonly dry_run: boolean
  readonly redactions: readonly { readonly id: string; readonly index: number }[]
  readonly scanned: number
  readonly events: number
  readonly groups: number
  readonly by_group: { readonly [group: string]: number }
  readonly in_clear: readonly { readonly index: number; readonly members: readonly string[] }[]
  readonly in_clear_count: number
  readonly entries?: readonly { readonly index: number; readonly id: string; readonly groups: readonly string[] }[]
}

interface EraseOptions extends ConnectionOptions {
  readonly event?: readonly string[]
  readonly group?: readonly string[]
  readonly person?: readonly string[]
  readonly substring?: true
  readonly basis: string
  readonly requestId?: string
  readonly dryRun?: true
  readonly yes?: true
}

export const eraseCommand: AddCommand = (program: Command, finish) => {
  const collect = (value: string, before: readonly string[] = []) => [...before, value]
  addConnection(
    program
      .command('erase')
      .description(
        'Erase what the law asks for, by event or by person. Every proof stays valid. It takes the scope admin.',
      ),
  )
    .option('--event <id>', 'an event of which groups go (repeat it for more)', collect)
    .option('--group <name>', 'with --event: only this group, such as actor or targets/0 (repeat it for more)', collect)
    .option('--person <identifier>', 'whatever says this id, address or name, anywhere (repeat it for more)', collect)
    .option('--substring', 'with --person: also inside longer words')
    .requiredOption('--basis <text>', 'why the law or a contract asks for it; it stands in the log')
    .option('--request-id <id>', 'the request that is granted; it stands in the log')
    .option('--dry-run', 'only say what would go')
    .option('--yes', 'do not ask first')
    .action(async (options: EraseOptions) => finish(await erase(options)))
}

async function erase(options: EraseOptions): Promise<ExitCode> {
  endWithReader()
  const body = bodyOf(options)
  const isAsking = options.yes === undefined && options.dryRun === undefined
  if (isAsking && !(process.stdin.isTTY && process.stderr.isTTY))
    throw misused('Nobody is there to be asked. Look with --dry-run at what would go, then say --yes.')
  const signal = untilInterrupted()
  const client = connect(options, { signal })
  if (options.dryRun || isAsking) {
    const planned = await post(client, { ...body, dry_run: true })
    if (options.dryRun || planned.groups === 0) return tell(planned, options)
    if (!(await isSure(planned, signal))) {
      say('Nothing was erased.')
      return EXIT.refused
    }
  }
  return tell(await post(client, body), options)
}

function bodyOf({ event, group, person, substring, basis, requestId }: EraseOptions): object {
  if (event === undefined && person === undefined)
    throw misused('Say what is to be erased: --event ID or --person TEXT.')
  if (group !== undefined && event === undefined)
    throw misused('--group is for --event: of a person, every group goes.')
  if (substring !== undefined && person === undefined) throw misused('--substring is for --person.')
  return {
    ...(event && { events: event.map((id) => ({ id, ...(group && { groups: group }) })) }),
    ...(person && { person: { identifiers: person, match: substring ? 'substring' : 'word' } }),
    basis,
    ...(requestId === undefined ? {} : { request_id: requestId }),
  }
}

/** Not tried again by itself: the answer to the second would not say what the first one erased. */
const post = (client: Client, body: object): Promise<Redaction> =>
  client.call<Redaction>({ method: 'POST', path: '/v1/redactions', body: JSON.stringify(body) })

/** @throws Interrupted */
async function isSure(planned: Redaction, signal: AbortSignal): Promise<boolean> {
  for (const [group, count] of Object.entries(planned.by_group)) say(visible(`${String(count).padStart(9)} ${group}`))
  tellClear(planned)
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const asked = lines.question(`Erase ${amountOf(planned)}? Nobody can bring them back. [y/N] `, { signal })
    // An input that ends is no answer.
    const answer = await Promise.race([asked, once(lines, 'close').then(() => '')])
    return /^y(?:es)?$/i.test(answer.trim())
  } catch {
    throw new Interrupted('interrupted')
  } finally {
    lines.close()
  }
}

const amountOf = ({ groups, events }: Redaction): string => `${counted(groups, 'group')} of ${counted(events, 'event')}`

const counted = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`

const COLUMNS: readonly Column[] = [{ title: 'Index', whole: true }, { title: 'Id', whole: true }, { title: 'Groups' }]

async function tell(redaction: Redaction, { json }: EraseOptions): Promise<ExitCode> {
  if (json) {
    await print(jsonLine(redaction))
    return EXIT.ok
  }
  const { dry_run: isDry, groups, redactions, entries = [], events } = redaction
  if (groups === 0) say('Nothing is there to erase.')
  else if (isDry) {
    const rows = entries.map((entry) => [String(entry.index), entry.id, entry.groups.join(' ')])
    await print(new Table(COLUMNS, terminalWidth()).format(rows))
    if (entries.length < events) say(`and ${counted(events - entries.length, 'event')} more`)
    say(`${amountOf(redaction)} would go.`)
  } else {
    const where = redactions.map(({ index }) => index).join(', ')
    await print(`Erased: ${amountOf(redaction)}. What accounts for it stands at index ${where}.\n`)
  }
  tellClear(redaction)
  return EXIT.ok
}

const CLEAR_SHOWN = 10

/** What nobody can erase, so that whoever asked knows. */
function tellClear({ in_clear: found, in_clear_count: count }: Redaction): void {
  if (count === 0) return
  const shown = found.slice(0, CLEAR_SHOWN).map(({ index, members }) => `${index} (${members.join(', ')})`)
  const more = count > shown.length ? ', …' : ''
  say(
    visible(
      `In clear for ever, in ${counted(count, 'entry').replace(/entrys$/, 'entries')}: index ${shown.join(', ')}${more}`,
    ),
  )
}
