/** `sealedlog stats`: how many events there are, by hour, by day, or by the values of a field. */
import { formatTime, parseTime } from '@sealedlog/sdk/base'
import { FIELDS } from '@sealedlog/sdk/event'
import { type Command, Option } from 'commander'
import { addConnection, connect, type ConnectionOptions, untilInterrupted } from './connection.js'
import { addNarrowing, type EventOptions, queryOf } from './event-options.js'
import { EXIT } from './exit.js'
import type { AddCommand } from './command.js'
import { readCount } from './list.js'
import { formatCount, formatCounted } from './progress.js'
import { type Column, Table } from './table.js'
import { endWithReader, jsonLine, print, say, terminalWidth } from './terminal.js'

type StatsOptions = ConnectionOptions & EventOptions & { readonly by: string; readonly limit?: string }

/** The counts as the server tells them. */
interface Stats {
  readonly by: string
  readonly total: number
  readonly data: readonly Group[]
  readonly has_more: boolean
}

interface Group {
  readonly key: string
  readonly count: number
}

const TRIES_MAX = 3
const BY = ['hour', 'day', ...Object.keys(FIELDS).filter((field) => field !== 'tenant')]
/** A bar of a table on a screen of any width. */
const BAR_COLUMNS = 32
/** Empty hours or days that are shown one by one, so that a chart has no gaps; a longer silence is one line. */
const EMPTY_SHOWN_MAX = 24
const SILENCE = '…'
const HOUR_MS = 3_600_000

export const statsCommand: AddCommand = (program: Command, finish) => {
  const command = program
    .command('stats')
    .description('Count events. The filters are those of list; repeated options mean "or", different ones "and".')
  addConnection(addNarrowing(command))
    .addOption(new Option('--by <what>', 'what to count by: time in UTC, or a field').choices(BY).default('day'))
    .option('--limit <number>', 'how many groups: the newest hours or days, the values with most events')
    .action(async (options: StatsOptions) => {
      await stats(options)
      finish(EXIT.ok)
    })
}

async function stats(options: StatsOptions): Promise<void> {
  endWithReader()
  const query = queryOf(options, Date.now())
  query.set('by', options.by)
  if (options.limit !== undefined) query.set('limit', String(readCount('--limit', options.limit)))
  const client = connect(options, { signal: untilInterrupted() })
  const counts = await client.call<Stats>({ path: '/v1/events/stats', query, tries: TRIES_MAX })
  if (options.json) return print(jsonLine(counts))
  await print(formatStats(counts))
  if (counts.has_more) say('There are more: narrow the list, or raise --limit.')
  say(`${formatCounted(counts.total, 'event', 'events')}.`)
}

function columnsFor(by: string): readonly Column[] {
  const title = by.charAt(0).toUpperCase() + by.slice(1).replaceAll('_', ' ')
  return [
    isByTime(by) ? { title, whole: true } : { title },
    { title: 'Events', whole: true },
    { title: '', whole: true },
  ]
}

const isByTime = (by: string): boolean => by === 'hour' || by === 'day'

function formatStats({ by, data }: Stats): string {
  if (data.length === 0) return ''
  const rows = isByTime(by) ? withEmpty(data, by === 'hour' ? HOUR_MS : 24 * HOUR_MS) : data
  const most = data.reduce((max, { count }) => Math.max(max, count), 0)
  const cells = rows.map(({ key, count }) => [
    isByTime(by) ? formatKey(by, key) : key,
    formatCount(count).padStart(formatCount(most).length),
    formatShare(count, most),
  ])
  return new Table(columnsFor(by), terminalWidth()).format(cells).replaceAll(/ +$/gm, '')
}

/** `2026-11-20`, `2026-11-20 09:00Z` */
const formatKey = (by: string, key: string): string =>
  by === 'day' || key === SILENCE ? key.slice(0, 10) : `${key.slice(0, 16).replace('T', ' ')}Z`

/**
 * The length of a count beside the greatest; the least is seen.
 *
 * @example
 * formatShare(1, 2) // '████████████████'
 */
const formatShare = (count: number, most: number): string =>
  '█'.repeat(count === 0 ? 0 : Math.max(1, Math.round((count / most) * BAR_COLUMNS)))

/** With the hours or days in between that hold none: a chart's axis has no gaps. */
function withEmpty(data: readonly Group[], widthMs: number): readonly Group[] {
  return data.flatMap((group, i) => {
    const before = data[i - 1]
    if (before === undefined) return [group]
    const [fromMs, toMs] = [parseTime(before.key) ?? 0, parseTime(group.key) ?? 0]
    const empty = (toMs - fromMs) / widthMs - 1
    const keys =
      empty > EMPTY_SHOWN_MAX
        ? [SILENCE]
        : Array.from({ length: empty }, (_, n) => formatTime(fromMs + (n + 1) * widthMs))
    return [...keys.map((key) => ({ key, count: 0 })), group]
  })
}
