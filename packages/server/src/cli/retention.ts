/** `sealedlog retention`: for how long entries are kept before what they disclose is erased. */
import type { Command } from 'commander'
import type { AddCommand } from './command.js'
import { addConnection, connect, type ConnectionOptions, misused, untilInterrupted } from './connection.js'
import { formatInstant } from './event-options.js'
import { EXIT } from './exit.js'
import { organizationPath } from './organization.js'
import { formatCounted } from './progress.js'
import { jsonLine, print, visible } from './terminal.js'

type Days = number | null

/** Rules as the server tells them. */
interface Rules {
  readonly organization: string
  readonly default_days: Days
  readonly buckets: { readonly [bucket: string]: Days }
}

interface Preview extends Rules {
  readonly acts_from: string | null
  readonly entries: number
  readonly entries_by_bucket: { readonly [bucket: string]: number }
  readonly ranges: readonly (readonly [number, number])[]
  readonly complete: boolean
}

interface SetOptions extends ConnectionOptions {
  readonly days?: string
  readonly bucket?: readonly string[]
}

const TRIES_MAX = 3
const RANGES_SHOWN = 10

export const retentionCommand: AddCommand = (program: Command, finish) => {
  const retention = program
    .command('retention')
    .description('For how long entries are kept before what they disclose is erased. It takes the scope admin.')
  const collect = (value: string, before: readonly string[] = []) => [...before, value]
  const done = (work: Promise<void>) => work.then(() => finish(EXIT.ok))
  addConnection(retention.command('show').description('Show the rules.')).action((options: ConnectionOptions) =>
    done(show(options)),
  )
  addConnection(retention.command('set').description('Set the rules, in place of those that stood.'))
    .option('--days <number>', 'days after which entries are erased; without it, those of other buckets stay for ever')
    .option('--bucket <name=days>', 'days of one bucket, or forever (repeat it for more)', collect)
    .action((options: SetOptions) => done(set(options)))
  addConnection(retention.command('preview').description('Say what the next run would erase.')).action(
    (options: ConnectionOptions) => done(preview(options)),
  )
  addConnection(
    retention.command('clear').description('Keep everything for ever. What is erased stays erased.'),
  ).action((options: ConnectionOptions) => done(clear(options)))
}

async function show(options: ConnectionOptions): Promise<void> {
  const client = connect(options, { signal: untilInterrupted() })
  const path = `${await organizationPath(client, options)}/retention`
  await tell(await client.call<Rules>({ path, tries: TRIES_MAX }), options)
}

async function set(options: SetOptions): Promise<void> {
  const { days, bucket = [] } = options
  if (days === undefined && bucket.length === 0)
    throw misused('Say for how long: --days NUMBER, or --bucket NAME=DAYS.')
  const buckets = Object.fromEntries(bucket.map(readBucket))
  const body = JSON.stringify({ default_days: days === undefined ? null : readDays('--days', days), buckets })
  const client = connect(options, { signal: untilInterrupted() })
  const path = `${await organizationPath(client, options)}/retention`
  await tell(await client.call<Rules>({ method: 'PUT', path, body, tries: TRIES_MAX }), options)
}

async function clear(options: ConnectionOptions): Promise<void> {
  const client = connect(options, { signal: untilInterrupted() })
  const path = `${await organizationPath(client, options)}/retention`
  await tell(await client.call<Rules>({ method: 'DELETE', path, tries: TRIES_MAX }), options)
}

function readBucket(text: string): readonly [string, Days] {
  const at = text.lastIndexOf('=')
  if (at < 1)
    throw misused(`--bucket is ${JSON.stringify(text.slice(0, 60))}; expected a name and days, as in billing=3650.`)
  return [text.slice(0, at), readDays('--bucket', text.slice(at + 1))]
}

function readDays(option: string, text: string): Days {
  if (text === 'forever') return null
  if (/^\d{1,6}$/.test(text)) return Number(text)
  throw misused(`${option} is ${JSON.stringify(text.slice(0, 60))}; expected a number of days, or forever.`)
}

async function tell(rules: Rules, { json }: ConnectionOptions): Promise<void> {
  await print(json ? jsonLine(rules) : formatRules(rules))
}

function formatRules({ organization, default_days, buckets }: Rules): string {
  const named = Object.entries(buckets).map(([bucket, days]) => `  ${visible(bucket)}: ${formatDays(days)}\n`)
  const others = named.length === 0 ? 'every bucket' : 'all others'
  return `${visible(organization)}\n${named.join('')}  ${others}: ${formatDays(default_days)}\n`
}

const formatDays = (days: Days): string => (days === null ? 'for ever' : days === 1 ? '1 day' : `${days} days`)

async function preview(options: ConnectionOptions): Promise<void> {
  const client = connect(options, { signal: untilInterrupted() })
  const path = `${await organizationPath(client, options)}/retention/preview`
  const found = await client.call<Preview>({ path, tries: TRIES_MAX })
  await print(options.json ? jsonLine(found) : formatPreview(found))
}

function formatPreview(found: Preview): string {
  const { entries, entries_by_bucket, ranges, complete, acts_from } = found
  if (acts_from === null) return 'There are no rules: everything is kept for ever.\n'
  if (entries === 0) return 'Nothing is past its age.\n'
  const buckets = Object.entries(entries_by_bucket)
  const lines = buckets.map(([bucket, count]) => `  ${visible(bucket)}: ${count.toLocaleString('en')}\n`)
  const shown = ranges.slice(0, RANGES_SHOWN).map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`))
  const more = ranges.length > shown.length ? ', …' : ''
  const count = `${complete ? '' : 'at least '}${formatCounted(entries, 'entry', 'entries')}`
  const when = `from ${formatInstant(acts_from)} on, once an hour`
  return `Would be erased: ${count}\n${lines.join('')}at index ${shown.join(', ')}${more}; ${when}\n`
}
