/** The load generator, in a process of its own: closed-loop callers, each with one request under way. */
import { answer } from './child.ts'
import { type BodyOptions, bodies } from './data.ts'
import { Caller } from './caller.ts'
import { summary, type Waits } from './times.ts'

export interface LoadRequest extends BodyOptions {
  readonly url: string
  readonly key: string
  readonly connections: number
  readonly batch: number
  /** ends after so long … */
  readonly forMs?: number
  /** … or after so many events */
  readonly events?: number
  /** at first so long is not counted */
  readonly warmUpMs: number
}

/** What callers saw. Times are milliseconds. */
export interface Load extends Waits {
  /** all that was sent, the warm-up too */
  readonly sent: number
  readonly sentBytes: number
  /** acknowledged in the time that counts */
  readonly events: number
  readonly seconds: number
  readonly eventsPerSecond: number
}

/** Runs one load and says what it saw. @throws Error at the first answer that is not 2xx */
async function runLoad(request: LoadRequest): Promise<Load> {
  const { url, key, connections, batch, warmUpMs } = request
  const next = bodies(request)
  const callers = await Promise.all(Array.from({ length: connections }, () => Caller.open(url, key)))
  const path = batch === 1 ? '/v1/events' : '/v1/events/batch'
  const durations: number[] = []
  const limit = request.events ?? Number.POSITIVE_INFINITY
  const begun = performance.now()
  const countFrom = begun + warmUpMs
  const until = request.forMs === undefined ? Number.POSITIVE_INFINITY : countFrom + request.forMs
  let [sent, sentBytes, events, last] = [0, 0, 0, countFrom]

  const call = async (caller: Caller): Promise<void> => {
    while (sent < limit && performance.now() < until) {
      const body = next(Math.min(batch, limit - sent))
      sent += body.events
      sentBytes += body.bytes.length
      const at = performance.now()
      const { status, start } = await caller.post(path, body.bytes)
      const now = performance.now()
      if (status < 200 || status > 299) throw new Error(`answered ${status}: ${start}`)
      if (now < countFrom) continue
      durations.push(now - at)
      events += body.events
      last = now
    }
  }
  try {
    await Promise.all(callers.map(call))
  } finally {
    for (const caller of callers) caller.close()
  }
  const seconds = (last - countFrom) / 1000
  return { sent, sentBytes, events, seconds, eventsPerSecond: events / seconds, ...summary(durations) }
}

answer(runLoad)
