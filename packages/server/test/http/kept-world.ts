/** A server whose clock and timer are handed in: what is done now and then is done when a test says so. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { Every } from '../../dist/log/index.js'
import { type RunningServer, type ServerOptions, startServer } from '../../dist/server.js'
import { as, type Asks, type Body } from './support.js'

export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

/** A clock that stands, and timers that ring as it is put forward. */
export class World {
  nowMs = Date.UTC(2026, 10, 20, 9, 12, 21, 340)
  readonly folder = mkdtempSync(join(tmpdir(), 'sealedlog-kept-'))
  readonly lines: string[] = []
  #timers: { readonly ms: number; readonly run: () => void; dueMs: number }[] = []
  #server: RunningServer | undefined

  readonly every: Every = (ms, run) => {
    const timer = { ms, run, dueMs: this.nowMs + ms }
    this.#timers.push(timer)
    return () => (this.#timers = this.#timers.filter((each) => each !== timer))
  }

  async start(options: Partial<ServerOptions> = {}): Promise<RunningServer> {
    this.#server = await startServer({
      data: join(this.folder, 'data'),
      port: 0,
      drainMs: 0,
      marks: false,
      originBase: 'log.example.com',
      nowMs: () => this.nowMs,
      every: this.every,
      logger: { level: 'info', stream: { write: (line: string) => void this.lines.push(line) } },
      ...options,
    })
    return this.#server
  }

  get server(): RunningServer {
    if (this.#server === undefined) throw new Error('no server was started')
    return this.#server
  }

  get root(): Asks {
    return as(this.server, this.server.rootKey.value)
  }

  /** Puts the clock forward; timers that are due ring once, and what they began is waited for. */
  async pass(ms: number): Promise<void> {
    this.nowMs += ms
    for (const timer of this.#timers) {
      if (timer.dueMs > this.nowMs) continue
      timer.dueMs = this.nowMs + timer.ms
      timer.run()
    }
    await this.server.keeping.idle()
  }

  /** Stops the server as a signal does, and starts it on the same folder. */
  async restart(): Promise<void> {
    await this.close()
    await this.start()
  }

  async close(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    this.#timers = []
    await server?.close()
  }

  /** All entries of an organization, those of the server's own too, in the order of the log. */
  async entries(org: string): Promise<readonly Body[]> {
    const found: Body[] = []
    for (const bucket of ['', '&bucket=sealedlog']) {
      const { json } = await this.root(`GET /v1/events/tail?limit=1000${bucket}`, undefined, {
        'sealedlog-organization': org,
      })
      found.push(...json.data)
    }
    return found.sort((a, b) => a.index - b.index)
  }

  /** The files under the folder that hold a text. */
  filesWith(text: string): readonly string[] {
    const files = readdirSync(this.folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
    return files
      .map(({ parentPath, name }) => join(parentPath, name))
      .filter((path) => readFileSync(path).includes(text))
  }
}

const worlds: World[] = []
afterAll(async () => {
  for (const world of worlds.splice(0)) {
    await world.close()
    rmSync(world.folder, { recursive: true, force: true })
  }
})

/** A world with a server, gone when the test file ends. */
export async function startWorld(): Promise<World> {
  const world = new World()
  worlds.push(world)
  await world.start()
  return world
}
