/** A CPU profile, read as a table: what a thread spent on each part of the house, for each event. */

/** The file that V8 writes: nodes of a tree of calls, and which of them each sample met. */
export interface CpuProfile {
  /** microseconds of the machine's steady clock */
  readonly startTime: number
  readonly nodes: readonly ProfileNode[]
  readonly samples: readonly number[]
  /** microseconds before each sample */
  readonly timeDeltas: readonly number[]
}

export interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string }
  readonly children?: readonly number[]
}

export interface Spent {
  readonly thread: string
  readonly of: 'rooms' | 'functions'
  readonly part: string
  readonly micros: number
}

/** Parts that take less of a thread are one row together. */
const SHARE_MIN = 0.02
/** so many functions of a thread are named */
const FUNCTIONS_MAX = 12
const REST = 'the rest'
/** No work: the thread waits. */
const IDLE = new Set(['(idle)', '(root)'])

/** What of a profile counts: starting up does not. */
export interface Span {
  readonly fromMicros: number
  readonly toMicros: number
}

/** Self time by room, then by function, the most first. `events` is how many were recorded in the span. */
export function summarize(profile: CpuProfile, span: Span, events: number): readonly Spent[] {
  const thread = threadOf(profile.nodes)
  const rooms = spentIn(profile, span, partsOf(profile.nodes))
  const functions = spentIn(profile, span, new Map(profile.nodes.map((node) => [node.id, functionOf(node)])))
  const total = sumOf(rooms)
  const large = rooms.filter(([, micros]) => micros >= total * SHARE_MIN)
  const row =
    (of: Spent['of']) =>
    ([part, micros]: Part): Spent => ({ thread, of, part, micros: micros / events })
  return [
    ...[...large, [REST, total - sumOf(large)] as const, ['all of it', total] as const].map(row('rooms')),
    ...functions.slice(0, FUNCTIONS_MAX).map(row('functions')),
  ]
}

type Part = readonly [part: string, micros: number]

const sumOf = (parts: readonly Part[]): number => parts.reduce((sum, [, micros]) => sum + micros, 0)

/** Microseconds of a span by what each node counts as. */
function spentIn(
  { startTime, samples, timeDeltas }: CpuProfile,
  span: Span,
  names: ReadonlyMap<number, string>,
): Part[] {
  const spent = new Map<string, number>()
  let atMicros = startTime
  for (const [i, id] of samples.entries()) {
    const micros = timeDeltas[i] ?? 0
    atMicros += micros
    const name = names.get(id) ?? REST
    if (atMicros < span.fromMicros || atMicros > span.toMicros || IDLE.has(name)) continue
    spent.set(name, (spent.get(name) ?? 0) + micros)
  }
  return [...spent].sort(([, a], [, b]) => b - a)
}

function functionOf({ callFrame: { url, functionName } }: ProfileNode): string {
  const file = url.split('/').at(-1) ?? ''
  return [functionName || 'anonymous', ...(file === '' ? [] : [`in ${file}`])].join(' ')
}

/** What the platform does for a caller counts as the platform's, under the room that asked for it. */
function partsOf(nodes: readonly ProfileNode[]): ReadonlyMap<number, string> {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)))
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const roomAbove = (id: number | undefined): string | undefined => {
    for (let at = id; at !== undefined; at = parents.get(at)) {
      const room = roomOf(byId.get(at)?.callFrame.url ?? '')
      if (room !== undefined) return room
    }
    return undefined
  }
  return new Map(nodes.map((node) => [node.id, partOf(node, roomAbove(node.id))]))
}

function partOf({ callFrame: { url, functionName } }: ProfileNode, room: string | undefined): string {
  if (url === '' && functionName.startsWith('(')) return functionName
  const own = roomOf(url)
  if (own !== undefined) return own
  const name = url === '' ? functionName : url.replace(/^node:/, '').replace(/^internal\//, '')
  return room === undefined
    ? `node: ${name.split('/')[0] || 'native'}`
    : `${room} → ${url === '' ? functionName || 'native' : name.split('/')[0]}`
}

/** `sdk/event` of our own files, the name of a package of others'. */
function roomOf(url: string): string | undefined {
  const own = /\/packages\/(sdk|server)\/dist\/(.+)\.js$/.exec(url)
  if (own) {
    const [folder = '', ...deeper] = (own[2] ?? '').split('/')
    return deeper.length === 0 ? `${own[1]}` : `${own[1]}/${folder}`
  }
  return /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1]
}

/** The thread by the file that it was started with; the main one has none. */
function threadOf(nodes: readonly ProfileNode[]): string {
  const files = nodes.map(({ callFrame }) => /\/dist\/(.+)\.js$/.exec(callFrame.url)?.[1] ?? '')
  if (files.some((file) => file.startsWith('http/'))) return 'main'
  return files.find((file) => /worker|thread/.test(file)) ?? files.find((file) => file !== '') ?? 'other'
}
