/**
 * Lists at a size, in a process that has the data folder for itself: in process, as the goals are said, pages of twenty of
 * the big organization; then counts for charts, through the server's own HTTP application.
 *
 * They are asked as of a server that has run for a while: its code has been compiled, and its files are in the machine's
 * memory, from which the servers beside it may have pushed them. Then from disk, with none of them in memory.
 */
import { answer } from './child.ts'
import { dropFromMemory, readIntoMemory } from './memory.ts'
import { BIG_ORGANIZATION } from './vocabulary.ts'
import { DAY_MS, START_MS } from './event.ts'
import { type Asked, type ListQuestion, QUESTIONS } from './questions.ts'
import { seeded } from './random.ts'
import { summary } from './times.ts'
import type { ListRow, StartRow, Times } from './results.ts'

export interface ListsRequest {
  readonly folder: string
  readonly key: string
  readonly size: number
  readonly seed: number
  readonly runs: number
}

export interface Lists {
  readonly rows: readonly ListRow[]
  readonly start: StartRow
  readonly notes: readonly string[]
}

const PAGE = 20
/** not counted: code that has not run so often is slower by half */
const WARM_UP = 200
const WARM_UP_CHARTS = 5
/** from disk, each question is asked so much less often */
const DISK_SHARE = 4
/** a question that is slow is asked no longer than this */
const QUESTION_MS_MAX = 10_000

async function measureLists(request: ListsRequest): Promise<Lists> {
  const { rows, notes: pageNotes } = await measurePages(request)
  const { startServer } = await import('../packages/server/dist/server.js')
  const begun = performance.now()
  const server = await startServer({ data: request.folder, port: 0, rootKey: request.key })
  const start: StartRow = { size: request.size, after: 'closing', ms: performance.now() - begun }
  try {
    const { histograms, notes } = await measureHistograms(server.url, request)
    return { rows: [...rows, ...histograms], start, notes: [...pageNotes, ...notes] }
  } finally {
    await server.close()
  }
}

async function measurePages(request: ListsRequest): Promise<Pick<Lists, 'rows' | 'notes'>> {
  const { openData } = await import('../packages/server/dist/server.js')
  const data = await openData({ data: request.folder, scrubRate: 0 })
  try {
    const rows: ListRow[] = []
    readIntoMemory(request.folder)
    for (const question of QUESTIONS) rows.push(await measurePage(data, question, request))
    const fromDisk: (Times | undefined)[] = []
    for (const question of QUESTIONS) fromDisk.push(await measureFromDisk(data, question, request))
    const isMeasured = fromDisk.every((times) => times !== undefined)
    return {
      rows: rows.map((row, i) => ({ ...row, ...(fromDisk[i] && { disk: fromDisk[i] }) })),
      notes: isMeasured ? [] : ['Lists from disk were left out: only GNU dd can have this machine let go of files.'],
    }
  } finally {
    await data.close()
  }
}

type Data = Awaited<ReturnType<typeof import('../packages/server/dist/server.js')['openData']>>

async function measurePage(data: Data, question: ListQuestion, { size, seed, runs }: ListsRequest): Promise<ListRow> {
  const { log, indexes, store } = data
  const covering = (await store.head(BIG_ORGANIZATION))?.size ?? 0
  const asked = askedOf(question, { size, seed }, WARM_UP + runs)
  const ranges = await rangesOf(asked)
  let shown = 0
  for (const range of ranges.slice(0, WARM_UP)) await log.list(range)
  const counted = ranges.slice(WARM_UP)
  const page = await timesOf(counted, async (range) => void (shown += (await log.list(range)).events.length))
  const found = await timesOf(counted, (range) => indexes.current.search({ ...range, covering, limit: PAGE + 1 }))
  return {
    size,
    kind: question.kind,
    about: question.about,
    example: (asked.at(-1) as Asked).q,
    shown: shown / page.asked,
    ...page.times,
    index: found.times,
  }
}

/** With other values, of which nothing is in the server's own memory either; undefined where that cannot be had. */
async function measureFromDisk(
  { log }: Data,
  question: ListQuestion,
  { folder, size, seed, runs }: ListsRequest,
): Promise<Times | undefined> {
  const ranges = await rangesOf(askedOf(question, { size, seed: seed + 1 }, Math.ceil(runs / DISK_SHARE)))
  if (!dropFromMemory(folder)) return undefined
  return (await timesOf(ranges, (range) => log.list(range))).times
}

function askedOf(
  question: ListQuestion,
  { size, seed }: Pick<ListsRequest, 'size' | 'seed'>,
  count: number,
): readonly Asked[] {
  const random = seeded(seed, 1_000_003)
  return Array.from({ length: count }, () => question.ask(random, size))
}

async function rangesOf(asked: readonly Asked[]) {
  const { parseQuery, atTime } = await import('../packages/sdk/dist/query/index.js')
  return asked.map(({ q, order = 'desc', beforeMs }) => ({
    org: BIG_ORGANIZATION,
    query: atTime(parseQuery(q), Date.now()),
    order,
    limit: PAGE,
    ...(beforeMs !== undefined && { after: { atMs: beforeMs, index: 0 } }),
  }))
}

async function timesOf<T>(
  values: readonly T[],
  ask: (value: T) => Promise<unknown>,
): Promise<{ readonly times: Times; readonly asked: number }> {
  const durations: number[] = []
  const until = performance.now() + QUESTION_MS_MAX
  for (const value of values) {
    if (performance.now() > until && durations.length > 0) break
    const begun = performance.now()
    await ask(value)
    durations.push(performance.now() - begun)
  }
  const { p50, p95, p99 } = summary(durations)
  return { times: { p50, p95, p99 }, asked: durations.length }
}

/** Counts by day and the like; the routes may not be there yet. */
async function measureHistograms(
  url: string,
  { key, size, runs }: ListsRequest,
): Promise<{ readonly histograms: readonly ListRow[]; readonly notes: readonly string[] }> {
  const histograms: ListRow[] = []
  for (const by of ['day', 'hour', 'type', 'actor_id', 'outcome']) {
    const starts = Array.from({ length: runs + WARM_UP_CHARTS }, (_, i) => START_MS + DAY_MS * (i % 60))
    const paths = starts.map((since) => `/v1/events/stats?${monthOf(since, by)}`)
    let groups = 0
    const ask = async (path: string): Promise<void> => {
      const headers = { authorization: `Bearer ${key}`, 'openai-organization': BIG_ORGANIZATION }
      const response = await fetch(`${url}${path}`, { headers })
      const said = (await response.json()) as { readonly data?: readonly unknown[]; readonly code?: string }
      if (!response.ok) throw new Refused(`GET ${path} answered ${response.status} ${said.code ?? ''}`)
      groups += said.data?.length ?? 0
    }
    try {
      for (const path of paths.slice(0, WARM_UP_CHARTS)) await ask(path)
      groups = 0
      const { times, asked } = await timesOf(paths.slice(WARM_UP_CHARTS), ask)
      const about = `a month by ${by}, over HTTP`
      histograms.push({ size, kind: 'histogram', about, example: paths.at(-1) ?? '', shown: groups / asked, ...times })
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return { histograms, notes: [`Counts were left out: ${error.message}.`] }
    }
  }
  return { histograms, notes: [] }
}

const monthOf = (sinceMs: number, by: string): string =>
  new URLSearchParams({
    by,
    since: new Date(sinceMs).toISOString(),
    until: new Date(sinceMs + 30 * DAY_MS).toISOString(),
  }).toString()

class Refused extends Error {}

answer(measureLists)
