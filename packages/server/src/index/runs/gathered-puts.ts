/**
 * Puts on their way to the index's thread: waking it costs more than most puts, so those of a moment go together.
 *
 * The first goes at once, and opens this moment. Another call ends it: it is not to overtake a put, so what is recorded is
 * found at once, and whoever tells and asks by turns, as a catch-up does, waits for each answer.
 */
import type { IndexEntry } from '../port.js'

const GATHER_MS = 25
/** So many, or so large, are worth a message of their own. */
const GATHERED_ENTRIES_MAX = 256
const GATHERED_BYTES_MAX = 262_144

export interface WaitingPut {
  readonly entries: readonly IndexEntry[]
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/**
 * @example
 * const puts = new GatheredPuts((some) => post(some))
 * puts.add({ entries, resolve, reject })
 * puts.flush()
 */
export class GatheredPuts {
  readonly #send: (puts: readonly WaitingPut[]) => void
  #puts: WaitingPut[] = []
  #entries = 0
  #bytes = 0
  /** runs while puts are gathered */
  #timer: NodeJS.Timeout | undefined

  constructor(send: (puts: readonly WaitingPut[]) => void) {
    this.#send = send
  }

  add(put: WaitingPut): void {
    this.#bytes += bytesOf(put)
    this.#entries += put.entries.length
    this.#puts.push(put)
    const isFull = this.#entries >= GATHERED_ENTRIES_MAX || this.#bytes >= GATHERED_BYTES_MAX
    if (isFull || this.#timer === undefined) this.#sendAndGather()
  }

  /** Sends what is there: what is called next must not be before it. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#puts.length > 0) this.#send(this.take())
  }

  /** What was not sent yet: it will not be. */
  take(): readonly WaitingPut[] {
    const puts = this.#puts
    this.#puts = []
    this.#entries = 0
    this.#bytes = 0
    return puts
  }

  #sendAndGather(): void {
    this.flush()
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (this.#puts.length > 0) this.#sendAndGather()
    }, GATHER_MS)
  }
}

const bytesOf = ({ entries }: WaitingPut): number =>
  entries.reduce((sum, { leaf, disclosures }) => sum + leaf.length + disclosures.length, 0)
