/** The server as those see it who go on while it is killed and started again; and what they tell one another. */
import { Client } from '../durability/client.js'
import type { Machine } from '../durability/machine.js'

const CONNECTIONS = 64

/** A server that was started, and how to talk to it. */
export class Running {
  readonly machine: Machine
  readonly client: Client
  readonly nowMs: number
  /** it was told to end: what is not answered any more is no fault */
  isEnding = false
  /** says something more as the end comes: whatever is paced, the kill meets something under way */
  lastWord: () => void = () => undefined

  constructor(machine: Machine, nowMs: number) {
    this.machine = machine
    this.client = new Client(machine, CONNECTIONS)
    this.nowMs = nowMs
  }
}

export class Up {
  #current: Running | undefined
  #next = Promise.withResolvers<Running | undefined>()
  #ticked = Promise.withResolvers<void>()
  #hasLeft = false

  /** A server is there. */
  is(running: Running): void {
    this.#current = running
    this.#next.resolve(running)
    this.#next = Promise.withResolvers()
  }

  /** The server, or the next that is there; undefined once everybody is to leave. */
  async running(): Promise<Running | undefined> {
    return this.#hasLeft ? undefined : (this.#current ?? (await this.#next.promise))
  }

  /** Kills it, or has it stop by itself. */
  end(running: Running, signal: NodeJS.Signals): void {
    if (running.isEnding) return
    running.isEnding = true
    this.#current = undefined
    running.lastWord()
    // What was just said is on its way by then.
    setImmediate(() => running.machine.process.kill(signal))
    this.tick()
  }

  /** Nobody follows any more. */
  leave(running: Running): void {
    running.isEnding = true
    this.#hasLeft = true
    this.#next.resolve(undefined)
    this.tick()
  }

  /** Something happened. */
  tick(): void {
    this.#ticked.resolve()
    this.#ticked = Promise.withResolvers()
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await this.#ticked.promise
  }
}
