/** Readers of the tail who go on whatever happens to the server, and see every index once. */
import { pick, type Random } from '../../../sdk/test/query/support.js'
import { type Client, NoAnswer } from '../durability/client.js'
import { Subscriber } from '../http/sse.js'
import type { Shelf, Shown } from './shelf.js'
import type { Up } from './up.js'

/** All entries, the server's own too. */
const EVERYTHING = 'q=bucket%3A*'
const LIMITS = [1, 7, 100, 1_000]

/** Takes one document after another, each at the next index. */
export class Next {
  readonly shelf: Shelf
  #after = -1

  constructor(shelf: Shelf) {
    this.shelf = shelf
  }

  get after(): number {
    return this.#after
  }

  take(document: Shown, how: string): void {
    if (document.index !== this.#after + 1)
      throw new Error(`${this.shelf.org}: after ${this.#after} the ${how} shows ${document.index}`)
    this.shelf.see(document)
    this.#after++
  }
}

/** By long poll. */
export class Poller {
  readonly #next: Next
  readonly #up: Up
  readonly #rnd: Random

  constructor(shelf: Shelf, up: Up, rnd: Random) {
    this.#next = new Next(shelf)
    this.#up = up
    this.#rnd = rnd
  }

  get shelf(): Shelf {
    return this.#next.shelf
  }

  get seen(): number {
    return this.#next.after + 1
  }

  /** Goes on until everybody leaves. */
  async follow(): Promise<void> {
    for (let server = await this.#up.running(); server; server = await this.#up.running()) {
      try {
        while (!server.isEnding) await this.#poll(server.client)
      } catch (error) {
        if (!(error instanceof NoAnswer && server.isEnding)) throw error
      }
    }
  }

  async #poll(client: Client): Promise<void> {
    const { shelf, after } = this.#next
    const limit = pick(this.#rnd, LIMITS)
    const path = `/v1/events/tail?${EVERYTHING}&limit=${limit}&wait=5${after < 0 ? '' : `&after=${after}`}`
    const { data, next } = await client.json<{ data: readonly Shown[]; next: number }>({ path, org: shelf.org })
    for (const document of data) this.#next.take(document, 'tail')
    if (next !== this.#next.after)
      throw new Error(`${shelf.org}: after ${this.#next.after} the tail goes on at ${next}`)
    this.#up.tick()
  }
}

/** By server-sent events, saying what was seen last as the standard has it. */
export class Listener {
  readonly #next: Next
  readonly #up: Up
  #stream: Subscriber | undefined
  connections = 0

  constructor(shelf: Shelf, up: Up) {
    this.#next = new Next(shelf)
    this.#up = up
  }

  get shelf(): Shelf {
    return this.#next.shelf
  }

  get seen(): number {
    return this.#next.after + 1
  }

  async follow(): Promise<void> {
    for (let server = await this.#up.running(); server; server = await this.#up.running()) {
      const { url, rootKey } = server.machine
      const { after, shelf } = this.#next
      const stream = new Subscriber(
        { url },
        {
          key: rootKey,
          query: `?${EVERYTHING}`,
          headers: { 'sealedlog-organization': shelf.org },
          ...(after < 0 ? {} : { lastEventId: `${after}` }),
        },
      )
      this.#stream = stream
      this.connections++
      await stream.ended
      if (!server.isEnding) throw new Error(`${shelf.org}: the stream ended, and nobody ended the server`)
      this.#take(stream)
    }
  }

  #take({ status, parser }: Subscriber): void {
    if (status !== 0 && status !== 200) throw new Error(`the stream answered ${status}`)
    for (const { type, data, lastEventId } of parser.dispatched) {
      if (type === 'end') continue
      const document = JSON.parse(data) as Shown
      if (Number(lastEventId) !== document.index)
        throw new Error(`the stream says ${lastEventId} of the entry ${document.index}`)
      this.#next.take(document, 'stream')
    }
  }

  /** Hears everything up to a size, and no more. */
  async hearAll(size: number): Promise<void> {
    await this.#stream?.until(({ lastEventId }) => Number(lastEventId) >= size - 1)
    this.#stream?.cut()
  }
}
