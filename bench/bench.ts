/** A run under way: the servers, the load generator, and what each server holds by now. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DAY_MS, SPAN_DAYS, START_MS } from './event.ts'
import type { Load, LoadRequest } from './load.ts'
import type { Started, TargetName } from './serve.ts'
import { Child } from './child.ts'
import { cpuOf } from './proc.ts'
import type { Options } from './options.ts'
import type { Postgres } from './postgres.ts'

export const KEY = 'bench-bench-bench-bench'

/** Rounds that follow a fill go on where it ended, so many milliseconds an event. */
const ROUND_STEP_MS = 20

/** A server that is measured. */
export interface Target {
  readonly name: TargetName
  readonly child: Child
  readonly url: string
  readonly startMs: number
}

/** A load, and the CPU it took at the server's side. */
export interface Measured extends Load {
  readonly cpuMicros?: number
}

export class Bench {
  readonly options: Options
  readonly folder: string
  readonly postgres: Postgres | undefined
  readonly say: (text: string) => void
  readonly #load = Child.start('./load.ts')
  readonly #targets = new Map<TargetName, Target>()
  #stream = 0

  constructor(options: Options, folder: string, postgres: Postgres | undefined, say: (text: string) => void) {
    this.options = options
    this.folder = folder
    this.postgres = postgres
    this.say = say
  }

  /** Those that were asked for and can be had. */
  get names(): readonly TargetName[] {
    return [...this.options.targets].filter((name) => this.postgres !== undefined || !needsPostgres(name))
  }

  get dataFolder(): string {
    return join(this.folder, 'data')
  }

  /** Starts a server, in a folder of its own. */
  async start(name: TargetName, fresh: boolean, nodeOptions: readonly string[] = []): Promise<Target> {
    mkdirSync(this.dataFolder, { recursive: true })
    const child = Child.start('./serve.ts', [name], nodeOptions)
    const { url, startMs } = await child.ask<Started>({
      start: name,
      folder: this.dataFolder,
      key: KEY,
      fresh,
      organizations: this.options.organizations,
      ...(this.postgres && { postgresUrl: this.postgres.url }),
    })
    const target = { name, child, url, startMs }
    this.#targets.set(name, target)
    return target
  }

  async stop(name: TargetName): Promise<void> {
    await this.#targets.get(name)?.child.stop()
    this.#targets.delete(name)
  }

  get(name: TargetName): Target | undefined {
    return this.#targets.get(name)
  }

  /** Puts a load on a server. `from` is the number of the first event in time. */
  async load(
    name: TargetName,
    request: Partial<LoadRequest> & Pick<LoadRequest, 'connections' | 'batch'>,
  ): Promise<Measured> {
    const target = this.#targets.get(name)
    if (target === undefined) throw new Error(`${name} was not started`)
    const { seed, randomIds, organizations } = this.options
    const before = this.#cpuOf(target)
    const load = await this.#load.ask<Load>({
      url: target.url,
      key: KEY,
      seed,
      stream: this.#stream++,
      from: 0,
      startMs: START_MS + SPAN_DAYS * DAY_MS,
      stepMs: ROUND_STEP_MS,
      randomIds,
      organizations,
      warmUpMs: 0,
      ...request,
    })
    const after = this.#cpuOf(target)
    const cpuSeconds = before === undefined || after === undefined ? undefined : after - before
    return { ...load, ...(cpuSeconds !== undefined && { cpuMicros: (cpuSeconds / load.sent) * 1e6 }) }
  }

  #cpuOf({ name, child }: Target): number | undefined {
    const behind = needsPostgres(name) ? this.postgres?.pid : undefined
    const own = cpuOf(child.pid)
    if (own === undefined || (needsPostgres(name) && behind === undefined)) return undefined
    return own + (behind === undefined ? 0 : (cpuOf(behind) ?? 0))
  }

  /** Stops everything, whatever state it is in. */
  async close(): Promise<void> {
    await Promise.all([...this.#targets.values()].map(({ child }) => child.stop().catch(() => child.kill())))
    await this.#load.kill()
  }
}

export const needsPostgres = (name: TargetName): boolean => name === 'insert' || name === 'sequence'
