/** What is being erased: by organization, what of it somebody waits for, and the veils that hide it meanwhile. */
import type { Segment } from '../segment.js'
import type { Survivors } from './survivors.js'
import type { ViewEntry } from '../view-entry.js'
import { veiled } from './veil.js'

interface Waiter {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** Erasures of one organization that are carried out together. */
export class Erasure {
  readonly org: string
  readonly survivors = new Map<number, ViewEntry>()
  #waiting: Waiter[] = []

  constructor(org: string) {
    this.org = org
  }

  /** Resolves when it is carried out. */
  wait(): Promise<void> {
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  end(error?: Error): void {
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      if (error) reject(error)
      else resolve()
    }
  }

  /** Takes up what another was to do, where nothing newer is known, and those who wait for that. */
  take(other: Erasure): void {
    for (const [index, survivor] of other.survivors) if (!this.survivors.has(index)) this.survivors.set(index, survivor)
    this.#waiting.push(...other.#waiting.splice(0))
  }
}

export class Erasures {
  /** not begun */
  readonly #pending = new Map<string, Erasure>()
  #current: Erasure | undefined
  /** what survives of entries that are being erased, by organization */
  readonly #survivors = new Map<string, Map<number, ViewEntry>>()
  readonly #veils = new Map<Segment, Segment>()

  /** Takes up an erasure: from now on searches do not see what goes. */
  add(org: string, survivors: Survivors): Promise<void> {
    let erasure = this.#pending.get(org)
    if (erasure === undefined) this.#pending.set(org, (erasure = new Erasure(org)))
    let all = this.#survivors.get(org)
    if (all === undefined) this.#survivors.set(org, (all = new Map()))
    for (const [index, survivor] of survivors) {
      erasure.survivors.set(index, survivor)
      all.set(index, survivor)
    }
    this.#veils.clear()
    return erasure.wait()
  }

  get isEmpty(): boolean {
    return this.#pending.size === 0 && this.#current === undefined
  }

  /** The next to be carried out. */
  begin(): Erasure | undefined {
    const [erasure] = this.#pending.values()
    if (erasure === undefined) return undefined
    this.#pending.delete(erasure.org)
    this.#current = erasure
    return erasure
  }

  get isWaiting(): boolean {
    return this.#pending.size > 0
  }

  /** The files say it no more: the veil is lifted, but where more has been erased of an entry since. */
  lift({ org, survivors }: Erasure): void {
    const all = this.#survivors.get(org)
    for (const [index, survivor] of survivors) if (all?.get(index) === survivor) all.delete(index)
    if (all?.size === 0) this.#survivors.delete(org)
    this.#veils.clear()
  }

  /** It is carried out, or what is left of it is known elsewhere. */
  end(erasure: Erasure): void {
    this.#current = undefined
    erasure.end()
  }

  /** Nothing can be erased now: whoever waits is told, and it is still to be done. */
  tellAll(error: Error): void {
    for (const erasure of this.#pending.values()) erasure.end(error)
  }

  /** It is to be begun again, and who waits for it waits on. */
  putBack(erasure: Erasure): void {
    this.#current = undefined
    const { org } = erasure
    let later = this.#pending.get(org)
    if (later === undefined) this.#pending.set(org, (later = new Erasure(org)))
    later.take(erasure)
  }

  /** Resolves when all that is to be erased now has been, with whether that went well. */
  async settle(): Promise<boolean> {
    const all = [...this.#pending.values(), ...(this.#current ? [this.#current] : [])]
    const settled = await Promise.allSettled(all.map((erasure) => erasure.wait()))
    return settled.every(({ status }) => status === 'fulfilled')
  }

  /** There is nothing left that it could be erased from. */
  clear(): void {
    const pending = [...this.#pending.values()]
    this.#pending.clear()
    this.#survivors.clear()
    this.#veils.clear()
    for (const erasure of pending) erasure.end()
  }

  /** A segment as it is to be searched. */
  veil(org: string, segment: Segment): Segment {
    const survivors = this.#survivors.get(org)
    if (survivors === undefined) return segment
    let over = this.#veils.get(segment)
    if (over === undefined) this.#veils.set(segment, (over = veiled(segment, survivors)))
    return over
  }
}
