/**
 * Lists at a size, in a process that has the data folder for itself: in process, as the goals are said, pages of twenty of
 * the big organization; then counts for charts, through the server's own HTTP application.
 */
import { answer } from './child.ts'
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
/** not counted: code that runs for the first time */
const WARM_UP = 5
/** a question that is slow is asked no longer than this */
const QUESTION_MS_MAX = 10_000

async function measureLists(request: ListsRequest): Promise<Lists> {
  const rows = await measurePages(request)
  const { startServer } = await import('../packages/server/dist/server.js')
  const begun = performance.now()
  const server = await startServer({ data: request.folder, port: 0, rootKey: request.key })
  const start: StartRow = { size: request.size, after: 'closing', ms: performance.now() - begun }
  try {
    const { histograms, notes } = await measureHistograms(server.url, request)
    return { rows: [...rows, ...histograms], start, notes }
  } finally {
    await server.close()
  }
}

async function measurePages({ folder, size, seed, runs }: ListsRequest): Promise<readonly ListRow[]> {
  const { openData } = await import('../packages/server/dist/server.js')
  const data = await openData({ data: folder, scrubRate: 0 })
  try {
    const rows: ListRow[] = []
    for (const question of QUESTIONS) rows.push(await measurePage(data, question, { size, seed, runs }))
    return rows
  } finally {
    await data.close()
  }
}

type Data = Awaited<ReturnType<typeof import('../packages/server/dist/server.js')['openData']>>

async function measurePage(
  { log, indexes, store }: Data,
  question: ListQuestion,
  { size, seed, runs }: Pick<ListsRequest, 'size' | 'seed' | 'runs'>,
): Promise<ListRow> {
  const { parseQuery, atTime } = await import('../packages/sdk/dist/query/index.js')
  const covering = (await store.head(BIG_ORGANIZATION))?.size ?? 0
  const random = seeded(seed, 1_000_003)
  const asked = Array.from({ length: runs + WARM_UP }, () => question.ask(random, size))
  const ranges = asked.map(({ q, order = 'desc', beforeMs }) => ({
    org: BIG_ORGANIZATION,
    query: atTime(parseQuery(q), Date.now()),
    order,
    limit: PAGE,
    ...(beforeMs !== undefined && { after: { atMs: beforeMs, index: 0 } }),
  }))
  let shown = 0
  const page = await timesOf(ranges, async (range) => void (shown += (await log.list(range)).events.length))
  const again = await timesOf(ranges, (range) => log.list(range))
  const found = await timesOf(ranges, (range) => indexes.current.search({ ...range, covering, limit: PAGE + 1 }))
  return {
    size,
    kind: question.kind,
    about: question.about,
    example: (asked.at(-1) as Asked).q,
    shown: shown / page.asked,
    ...page.times,
    again: again.times,
    index: found.times,
  }
}

async function timesOf<T>(
  values: readonly T[],
  ask: (value: T) => Promise<unknown>,
): Promise<{ readonly times: Times; readonly asked: number }> {
  const durations: number[] = []
  const until = performance.now() + QUESTION_MS_MAX
  for (const value of values) {
    if (performance.now() > until && durations.length > WARM_UP) break
    const begun = performance.now()
    await ask(value)
    durations.push(performance.now() - begun)
  }
  const { p50, p95, p99 } = summary(durations.slice(WARM_UP))
  return { times: { p50, p95, p99 }, asked: durations.length }
}

/** Counts by day and the like; the routes may not be there yet. */
async function measureHistograms(
  url: string,
  { key, size, runs }: ListsRequest,
): Promise<{ readonly histograms: readonly ListRow[]; readonly notes: readonly string[] }> {
  const histograms: ListRow[] = []
  for (const by of ['day', 'hour', 'type', 'actor_id', 'outcome']) {
    const starts = Array.from({ length: runs + WARM_UP }, (_, i) => START_MS + DAY_MS * (i % 60))
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
      const { times, asked } = await timesOf(paths, ask)
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
