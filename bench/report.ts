/** Results as tables: for the terminal and, being Markdown, for the page. */
import { type Goal, goalsOf, verdictOf } from './goals.ts'
import type { About, Case, Results } from './results.ts'
import type { TargetName } from './serve.ts'

/** What each server is called where people read. */
export const TITLES: { readonly [name in TargetName]: string } = {
  parse: 'only parses',
  sealedlog: 'Sealedlog',
  insert: 'PostgreSQL, one INSERT',
  sequence: 'PostgreSQL, gap-free',
}

type Cell = string | number | undefined

/** A Markdown table whose columns line up; numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = rows.map((row) => row.map((cell) => (cell === undefined ? '–' : String(cell))))
  const widths = head.map((title, i) => Math.max(title.length, 3, ...cells.map((row) => row[i]?.length ?? 0)))
  const isNumber = head.map((_, i) => i > 0 && cells.every((row) => /^[–\d]/.test(row[i] ?? '')))
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => (isNumber[i] ? cell.padStart(widths[i] as number) : cell.padEnd(widths[i] as number))).join(' | ')} |`
  const rule = widths.map((width, i) => (isNumber[i] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)))
  return [line(head), line(rule), ...cells.map(line)].join('\n')
}

export const whole = (value: number | undefined): string | undefined =>
  value === undefined || Number.isNaN(value) ? undefined : Math.round(value).toLocaleString('en')

/** Three digits that say something, and no more. */
export function short(value: number | undefined): string | undefined {
  if (value === undefined || Number.isNaN(value)) return undefined
  if (value >= 100) return whole(value)
  return value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

const GB = 1e9

export function formatAbout(about: About): string {
  const memory = `${(about.memoryBytes / GB).toFixed(0)} GB`
  return [
    `${about.command}, ${about.at}, ${Math.round(about.tookSeconds)} s`,
    `${about.size.toLocaleString('en')} events (the goals are said for 5,000,000)`,
    `commit ${about.commit}, seed ${about.seed}${about.randomIds ? ', random ids' : ''}`,
    `node ${about.node}, ${about.os}, ${about.cpus} × ${about.cpu}, ${memory}`,
    `PostgreSQL ${about.postgres}`,
  ].join('\n')
}

/** Every table by its name: what `page.ts` puts between the marks of that name. */
export function tablesOf(results: Results): { readonly [name: string]: string } {
  return {
    goals: goalsTable(results),
    throughput: roundsTable(results, (row) => whole(row.eventsPerSecond)),
    latency: roundsTable(results, (row) => `${short(row.p50)} / ${short(row.p95)} / ${short(row.p99)}`),
    cpu: roundsTable(results, (row) => short(row.cpuMicros)),
    fill: fillTable(results),
    lists: listsTable(results),
    disk: diskTable(results),
    profile: profileTable(results, 'rooms'),
    functions: profileTable(results, 'functions'),
  }
}

const SAID: { readonly [name: string]: string } = {
  goals: 'Goals (ratios within this run)',
  throughput: 'Events a second',
  latency: 'Milliseconds a request: p50 / p95 / p99',
  cpu: 'Microseconds of CPU an event, PostgreSQL included',
  fill: 'Filling, 100 events a request, 8 connections: events a second',
  lists: 'Lists of twenty, big organization, milliseconds',
  disk: 'On disk, and starting',
  profile: 'Where an event’s microseconds go, by room',
  functions: 'The same, by function',
}

/** The whole report for a terminal. */
export function formatReport(results: Results): string {
  const tables = Object.entries(tablesOf(results))
    .filter(([, text]) => text !== '')
    .map(([name, text]) => `${SAID[name]}\n\n${text}`)
  return [formatAbout(results.about), ...tables, ...results.notes].join('\n\n')
}

const goalsTable = (results: Results): string =>
  results.rounds.length + results.fill.length + results.lists.length === 0
    ? ''
    : table(
        ['what', 'this run', 'goal', 'beyond', 'verdict'],
        goalsOf(results).map((goal) => [
          goal.about,
          inUnit(goal, goal.value),
          bound(goal, goal.goal),
          bound(goal, goal.beyond),
          verdictOf(goal),
        ]),
      )

const UNITS = { ratio: '', times: 'x', ms: ' ms', MB: ' MB' }

function inUnit({ unit }: Goal, value: number | undefined): string | undefined {
  const text = short(value)
  return text === undefined ? undefined : `${text}${UNITS[unit]}`
}

const bound = (goal: Goal, value: number): string => `${goal.more ? '≥' : '≤'} ${value}${UNITS[goal.unit]}`

export function caseText({ connections, batch }: Case): string {
  const callers = connections === 1 ? '1 connection' : `${connections} connections`
  return `${batch === 1 ? '1 event' : `${batch.toLocaleString('en')} events`}, ${callers}`
}

type RoundCell = (row: Results['rounds'][number]) => string | undefined

function roundsTable({ rounds }: Results, cell: RoundCell): string {
  if (!rounds.some((row) => cell(row) !== undefined)) return ''
  const targets = [...new Set(rounds.map((row) => row.target))]
  const cases = new Map(rounds.map((row) => [`${row.size} ${caseText(row)}`, row]))
  return table(
    ['a request, at so many events', ...targets.map((target) => TITLES[target])],
    [...cases.values()].map((one) => [
      `${caseText(one)}, at ${one.size === 0 ? 'none' : one.size.toLocaleString('en')}`,
      ...targets.map((target) => {
        const row = rounds.find(
          (row) => row.target === target && row.size === one.size && caseText(row) === caseText(one),
        )
        return row && cell(row)
      }),
    ]),
  )
}

function fillTable({ fill }: Results): string {
  if (fill.length === 0) return ''
  const of = (target: TargetName, to: number) => fill.find((row) => row.target === target && row.to === to)
  return table(
    ['up to', 'Sealedlog', 'of only parsing', 'p99 ms', 'RSS MB', 'CPU µs an event', TITLES.insert],
    [...new Set(fill.map((row) => row.to))].map((to) => {
      const ours = of('sealedlog', to)
      const share = ours && ours.eventsPerSecond / ours.parseEventsPerSecond
      const rss = ours?.rssMax === undefined ? undefined : ours.rssMax / 1e6
      const insert = of('insert', to)
      return [
        to.toLocaleString('en'),
        whole(ours?.eventsPerSecond),
        short(share),
        short(ours?.p99),
        whole(rss),
        short(ours?.cpuMicros),
        whole(insert?.eventsPerSecond),
      ]
    }),
  )
}

const listsTable = ({ lists }: Results): string =>
  lists.length === 0
    ? ''
    : table(
        ['question', 'at', 'p50', 'p95', 'p99', 'from disk: p50', 'p95', 'the index alone: p50', 'p95', 'shown'],
        lists.map((row) => [
          row.about,
          row.size.toLocaleString('en'),
          short(row.p50),
          short(row.p95),
          short(row.p99),
          short(row.disk?.p50),
          short(row.disk?.p95),
          short(row.index?.p50),
          short(row.index?.p95),
          short(row.shown),
        ]),
      )

function diskTable({ disk, starts }: Results): string {
  const rows = disk.flatMap((row): readonly (readonly Cell[])[] => {
    const at = `at ${row.size.toLocaleString('en')}`
    const of = (bytes: number): Cell[] => [(bytes / 1e6).toFixed(1), short(bytes / row.jsonBytes)]
    return [
      [`the events as JSON, ${at}`, ...of(row.jsonBytes)],
      [`log, ${at}`, ...of(row.logBytes)],
      [`index, ${at}`, ...of(row.indexBytes)],
      ...(row.postgresBytes === undefined ? [] : [[`PostgreSQL table and indexes, ${at}`, ...of(row.postgresBytes)]]),
    ]
  })
  const began = starts.map((row) => `Start after ${row.after}, at ${whole(row.size)}: ${whole(row.ms)} ms.`).join('\n')
  return [rows.length === 0 ? '' : table(['what', 'MB', 'of the JSON'], rows), began].filter(Boolean).join('\n\n')
}

const profileTable = ({ profile = [] }: Results, of: 'rooms' | 'functions'): string =>
  profile.every((row) => row.of !== of)
    ? ''
    : table(
        ['load', 'thread', of === 'rooms' ? 'room' : 'function', 'µs an event'],
        profile.filter((row) => row.of === of).map((row) => [row.load, row.thread, row.part, short(row.micros)]),
      )
