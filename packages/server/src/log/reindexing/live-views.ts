/** The index that answers, and while it is made anew the one beside it: both are told of what is recorded and erased. */
import type { CountRequest, Counts, Found, IndexEntry, SearchRequest } from '../../index/index.js'
import type { OnProgress, Pause, Views } from '../views.js'

/** An index in the making. */
interface Next {
  readonly views: Views
  /** organizations whose logs it has come to the end of: of these it is told at once */
  readonly ready: Set<string>
  /** it could not be rid of what was erased: nothing of it is kept */
  readonly spoilt: (cause: unknown) => Promise<void>
}

export class LiveViews {
  #now: Views
  #next: Next | undefined

  constructor(views: Views) {
    this.#now = views
  }

  /** From now on a second index is told too. @param spoilt gives it up, and resolves when its files are gone */
  begin(views: Views, spoilt: (cause: unknown) => Promise<void>): void {
    this.#next = { views, ready: new Set(), spoilt }
  }

  /** The second one has come to the end of this organization's log. */
  ready(org: string): void {
    this.#next?.ready.add(org)
  }

  /** The second one answers from now on. Whoever asks the first is asked again of the second, should that fail. */
  swap(): void {
    if (this.#next) this.#now = this.#next.views
    this.#next = undefined
  }

  /** The second one is told no more. */
  giveUp(): void {
    this.#next = undefined
  }

  add(recorded: readonly IndexEntry[]): void {
    this.#now.add(recorded)
    const next = this.#next
    if (next) next.views.add(recorded.filter(({ org }) => next.ready.has(org)))
  }

  async keepUp(): Promise<void> {
    await this.#now.keepUp()
    await this.#next?.views.keepUp()
  }

  search(request: SearchRequest): Promise<Found> {
    return this.#ask((views) => views.search(request))
  }

  count(request: CountRequest): Promise<Counts> {
    return this.#ask((views) => views.count(request))
  }

  hold(org: string, index: number): void {
    this.#now.hold(org, index)
    this.#next?.views.hold(org, index)
  }

  /** See `Views.reach`; of what is erased, nothing is left in the second index either. */
  async reach(org: string, size: number): Promise<void> {
    await this.#ask((views) => views.reach(org, size))
    const next = this.#next
    if (next === undefined) return
    try {
      await (next.ready.has(org) ? next.views.reach(org, size) : next.views.strike(org, size))
    } catch (error) {
      await next.spoilt(error)
    }
  }

  async finishErasing(): Promise<boolean> {
    const isDone = await this.#ask((views) => views.finishErasing())
    const next = this.#next
    return (
      (await next?.views.finishErasing().catch((error: unknown) => next.spoilt(error).then(() => true))) !== false &&
      isDone
    )
  }

  catchUp(org: string, onProgress?: OnProgress, pause?: Pause): Promise<void> {
    return this.#ask((views) => views.catchUp(org, onProgress, pause))
  }

  size(org: string): Promise<number> {
    return this.#ask((views) => views.size(org))
  }

  /** What an index was asked that is closed by now, because another took its place, is asked of that one. */
  async #ask<T>(ask: (views: Views) => Promise<T>): Promise<T> {
    for (;;) {
      const asked = this.#now
      try {
        return await ask(asked)
      } catch (error) {
        if (asked === this.#now) throw error
      }
    }
  }
}
