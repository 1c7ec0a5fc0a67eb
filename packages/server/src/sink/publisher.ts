/** Offers the newest checkpoint of every log to every sink: when it changed, and again after a while. */
import type { CheckpointSink, OfferedCheckpoint, SinkEvents } from './port.js'

export interface PublishedSink {
  readonly sink: CheckpointSink
  /** how often logs are looked at */
  readonly everyMs: number
  /** a checkpoint that did not change is offered again after this long; Infinity for never */
  readonly refreshMs: number
}

export interface PublisherOptions {
  readonly sinks: readonly PublishedSink[]
  /** Heads by organization id, ascending, from strictly after `after`. */
  readonly heads: (after: string, limit: number) => Promise<readonly OfferedCheckpoint[]>
  readonly events: SinkEvents
  readonly nowMs: () => number
  /** Resolves after so many milliseconds; rejects when the signal aborts. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<unknown>
}

const HEADS_CHUNK = 500
/** Logs that are offered to one sink at once. */
const OFFERS_AT_ONCE = 4

/** What a sink took of a log, whole. */
interface Taken {
  readonly note: string
  readonly atMs: number
}

export class Publisher {
  readonly #options: PublisherOptions
  readonly #taken = new Map<CheckpointSink, Map<string, Taken>>()
  readonly #rounds = new Map<CheckpointSink, Promise<void>>()
  readonly #stop = new AbortController()
  #loops: readonly Promise<void>[] = []

  constructor(options: PublisherOptions) {
    this.#options = options
    for (const { sink } of options.sinks) this.#taken.set(sink, new Map())
  }

  /** A loop for each sink: one that hangs keeps no other waiting. */
  start(): void {
    this.#loops = this.#options.sinks.map((published) => this.#loop(published))
  }

  /** Ends what is under way, and resolves when nothing is. */
  async close(): Promise<void> {
    this.#stop.abort()
    await Promise.all([...this.#loops, ...this.#rounds.values()])
  }

  /** Looks at every log once for each sink. Does not throw. */
  async round(): Promise<void> {
    await Promise.all(this.#options.sinks.map((published) => this.#roundOf(published)))
  }

  async #loop(published: PublishedSink): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      await this.#roundOf(published)
      await this.#options.wait(published.everyMs, signal).catch(() => undefined)
    }
  }

  /** One round of a sink after the other: offers for one log never overlap. */
  #roundOf(published: PublishedSink): Promise<void> {
    const before = this.#rounds.get(published.sink) ?? Promise.resolve()
    const round = before.then(() => this.#lookAtAll(published))
    this.#rounds.set(published.sink, round)
    return round
  }

  async #lookAtAll(published: PublishedSink): Promise<void> {
    const { sink } = published
    const { heads, events } = this.#options
    try {
      for (let after = ''; !this.#stop.signal.aborted; ) {
        const chunk = await heads(after, HEADS_CHUNK)
        await this.#offerAll(published, chunk)
        if (chunk.length < HEADS_CHUNK) return
        after = chunk.at(-1)?.org ?? ''
      }
    } catch (error) {
      events.failed(sink.name, '', `the logs could not be read: ${messageOf(error)}`, 1)
    }
  }

  async #offerAll(published: PublishedSink, chunk: readonly OfferedCheckpoint[]): Promise<void> {
    const due = chunk.filter((checkpoint) => this.#isDue(published, checkpoint)).values()
    const worker = async (): Promise<void> => {
      for (const checkpoint of due) await this.#offer(published.sink, checkpoint)
    }
    await Promise.all(Array.from({ length: OFFERS_AT_ONCE }, worker))
  }

  /** An empty log has nothing that could be taken back. */
  #isDue({ sink, refreshMs }: PublishedSink, { origin, size, note }: OfferedCheckpoint): boolean {
    if (size === 0) return false
    const taken = this.#taken.get(sink)?.get(origin)
    return taken?.note !== note || this.#options.nowMs() - taken.atMs >= refreshMs
  }

  async #offer(sink: CheckpointSink, checkpoint: OfferedCheckpoint): Promise<void> {
    const { signal } = this.#stop
    if (signal.aborted) return
    try {
      if (await sink.offer(checkpoint, signal))
        this.#taken.get(sink)?.set(checkpoint.origin, { note: checkpoint.note, atMs: this.#options.nowMs() })
    } catch (error) {
      if (!signal.aborted) this.#options.events.failed(sink.name, checkpoint.org, messageOf(error), 1)
    }
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
