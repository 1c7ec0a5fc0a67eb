/**
 * The algebra of ordinals: walks that are joined and leapt through. Pure: it knows no storage.
 *
 * A walk keeps its head in a member, and nothing is allocated for a step: joining two lists of millions is a loop over
 * integers.
 */
import { STEPS_MAX } from './port.js'
import { END, type Ordinals } from './segment.js'

/** A call would take more steps than it may. */
export class TooLong extends Error {
  override readonly name = 'TooLong'
}

/** What one call has done so far, in steps of its walks: the others wait for it. */
export class Effort {
  #left: number

  constructor(steps = STEPS_MAX) {
    this.#left = steps
  }

  /** @throws TooLong */
  step(): void {
    if (--this.#left < 0) throw new TooLong('a call has taken as many steps as it may')
  }

  /** @throws TooLong */
  spend(steps: number): void {
    this.#left -= steps
    if (this.#left < 0) throw new TooLong('a call has taken as many steps as it may')
  }
}

/** What joined walks share: where they end (exclusive), whatever their parts hold beyond, and what they may take. */
export interface Scope {
  readonly end: number
  readonly effort: Effort
}

/** All ordinals from … to (exclusive). */
export class Stretch implements Ordinals {
  head: number
  readonly #to: number

  constructor(from: number, to: number) {
    this.head = from < to ? from : END
    this.#to = to
  }

  next(): void {
    this.head = this.head + 1 < this.#to ? this.head + 1 : END
  }

  seek(target: number): void {
    if (target > this.head) this.head = target < this.#to ? target : END
  }
}

/** Nothing at all. */
export const nothing = (): Ordinals => new Stretch(0, 0)

/** What stands in any of the walks: pairs of pairs, so that a step costs the depth of the tree. */
export function union(walks: readonly Ordinals[], { effort }: Scope): Ordinals {
  let level = walks
  while (level.length > 1) {
    const pairs: Ordinals[] = []
    for (let at = 0; at < level.length; at += 2) {
      const [one, other] = [level[at] as Ordinals, level[at + 1]]
      pairs.push(other === undefined ? one : new Either(one, other, effort))
    }
    level = pairs
  }
  return level[0] ?? nothing()
}

class Either implements Ordinals {
  head: number
  readonly #one: Ordinals
  readonly #other: Ordinals
  readonly #effort: Effort

  constructor(one: Ordinals, other: Ordinals, effort: Effort) {
    this.#one = one
    this.#other = other
    this.#effort = effort
    this.head = Math.min(one.head, other.head)
  }

  next(): void {
    const { head } = this
    this.#effort.step()
    if (this.#one.head === head) this.#one.next()
    if (this.#other.head === head) this.#other.next()
    this.head = Math.min(this.#one.head, this.#other.head)
  }

  seek(target: number): void {
    if (this.head >= target) return
    this.#effort.step()
    if (this.#one.head < target) this.#one.seek(target)
    if (this.#other.head < target) this.#other.seek(target)
    this.head = Math.min(this.#one.head, this.#other.head)
  }
}

/** What stands in all of the walks, the shortest first: they leap to one another's heads, so that what only some hold is skipped. */
export function intersect(walks: readonly Ordinals[], scope: Scope): Ordinals {
  const [lead, ...others] = walks
  if (lead === undefined) return nothing()
  return others.length === 0 ? lead : new Both(lead, others, scope)
}

class Both implements Ordinals {
  head = END
  readonly #lead: Ordinals
  readonly #others: readonly Ordinals[]
  readonly #scope: Scope

  constructor(lead: Ordinals, others: readonly Ordinals[], scope: Scope) {
    this.#lead = lead
    this.#others = others
    this.#scope = scope
    this.#leap()
  }

  next(): void {
    this.#lead.next()
    this.#leap()
  }

  seek(target: number): void {
    if (this.head >= target) return
    this.#lead.seek(target)
    this.#leap()
  }

  #leap(): void {
    const { end, effort } = this.#scope
    const lead = this.#lead
    const others = this.#others
    let target = lead.head
    for (let agreeing = 0; agreeing < others.length && target < end; ) {
      const other = others[agreeing] as Ordinals
      effort.step()
      if (other.head < target) other.seek(target)
      if (other.head === target) agreeing += 1
      else {
        lead.seek(other.head)
        target = lead.head
        agreeing = 0
      }
    }
    this.head = target < end ? target : END
  }
}

/** What stands in one walk and not in the other. */
export const without = (kept: Ordinals, dropped: Ordinals, scope: Scope): Ordinals => new Without(kept, dropped, scope)

class Without implements Ordinals {
  head = END
  readonly #kept: Ordinals
  readonly #dropped: Ordinals
  readonly #scope: Scope

  constructor(kept: Ordinals, dropped: Ordinals, scope: Scope) {
    this.#kept = kept
    this.#dropped = dropped
    this.#scope = scope
    this.#settle()
  }

  next(): void {
    this.#kept.next()
    this.#settle()
  }

  seek(target: number): void {
    if (this.head >= target) return
    this.#kept.seek(target)
    this.#settle()
  }

  #settle(): void {
    const { end, effort } = this.#scope
    const kept = this.#kept
    const dropped = this.#dropped
    for (; kept.head < end; kept.next()) {
      effort.step()
      if (dropped.head < kept.head) dropped.seek(kept.head)
      if (dropped.head !== kept.head) break
    }
    this.head = kept.head < end ? kept.head : END
  }
}
