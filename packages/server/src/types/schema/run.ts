/** One judging of a value: what it may cost, where it stands, and what it found. */
import { type Issue, type IssueCode, type Json, nearestName, pointTo } from '@sealedlog/sdk/base'
import { BOUNDS } from '@sealedlog/sdk/event'
import { Exhausted, type Fuel } from '../fuel.js'

/** A place in the value: written out as a pointer only when something is found there. */
export interface Place {
  readonly up: Place | undefined
  /** the member or item; at the top, the pointer of the whole value */
  readonly step: string | number
}

/** The pointer of a place, or of the nearest place above it whose pointer is no longer than that. */
const POINTER_CHARS_MAX = 512

export function pointerOf(place: Place): string {
  const steps: (string | number)[] = []
  let top = place
  for (; top.up !== undefined; top = top.up) steps.push(top.step)
  let pointer = String(top.step)
  for (const step of steps.toReversed()) {
    // Not even written out: a name may be as long as an event.
    if (typeof step === 'string' && step.length > POINTER_CHARS_MAX) break
    const deeper = pointTo(pointer, step)
    if (deeper.length > POINTER_CHARS_MAX) break
    pointer = deeper
  }
  return pointer
}

/** Schemas inside one another while judging: far above what honest ones reach, far below where the stack ends. */
const JUDGING_DEPTH_MAX = 400

/** Members and items that some schema has spoken of: what `unevaluated…` leaves alone (JSON Schema 2020-12 §11). */
export class Seen {
  readonly members = new Set<string>()
  readonly items = new Set<number>()
  /** all items before this one */
  itemsBefore = 0

  add(other: Seen): void {
    for (const name of other.members) this.members.add(name)
    for (const item of other.items) this.items.add(item)
    this.itemsBefore = Math.max(this.itemsBefore, other.itemsBefore)
  }

  get size(): number {
    return this.members.size + this.items.size
  }
}

/** Thrown when as much was found as is told. */
export class Enough extends Error {
  override readonly name = 'Enough'
}

export class Run {
  readonly fuel: Fuel
  /** undefined while no schema asks */
  seen: Seen | undefined
  #issues: Issue[] = []
  #quiet = 0
  #depth = 0

  constructor(fuel: Fuel, tracks: boolean) {
    this.fuel = fuel
    this.seen = tracks ? new Seen() : undefined
  }

  get issues(): readonly Issue[] {
    return this.#issues
  }

  /** Whether nothing that is found now is told: then the first thing is enough. */
  get isQuiet(): boolean {
    return this.#quiet > 0
  }

  enter(): void {
    this.fuel.spend(1)
    if (++this.#depth > JUDGING_DEPTH_MAX) throw new Exhausted('schemas apply too deep inside one another')
  }

  leave(): void {
    this.#depth--
  }

  /** Says what is wrong at a place; always false. */
  fail(at: Place, code: IssueCode, what: () => string): false {
    if (this.#quiet > 0) return false
    const pointer = pointerOf(at)
    const words = what()
    const message = `${pointer} ${words}${/[.?]$/.test(words) ? '' : '.'}`
    this.#issues.push({ pointer, code, message })
    this.fuel.spend(STEPS_AN_ISSUE)
    if (this.#issues.length >= BOUNDS.EVENT_WARNINGS_MAX) throw new Enough('enough was found')
    return false
  }

  /** Judges without telling what is found. */
  quietly(judge: () => boolean): boolean {
    this.#quiet++
    try {
      return judge()
    } finally {
      this.#quiet--
    }
  }

  /** What a judging finds, told to nobody else. */
  capture(judge: () => boolean): readonly Issue[] {
    const captured: Issue[] = []
    const [issues, depth, seen] = [this.#issues, this.#depth, this.seen]
    this.#issues = captured
    try {
      judge()
    } catch (error) {
      if (!(error instanceof Enough)) throw error
    } finally {
      this.#issues = issues
      this.#depth = depth
      this.seen = seen
    }
    return captured
  }

  tell(issues: readonly Issue[]): false {
    for (const issue of issues) {
      this.#issues.push(issue)
      if (this.#issues.length >= BOUNDS.EVENT_WARNINGS_MAX) throw new Enough('enough was found')
    }
    return false
  }

  /** ` Did you mean "x"?`, or nothing; a courtesy that is left out where it would cost too much. */
  didYouMean(word: string, candidates: readonly string[]): string {
    const length = Math.min(word.length, COMPARED_CHARS_MAX)
    const near = candidates.filter((each) => Math.abs(each.length - length) <= NEAR_EDITS_MAX)
    if (!this.fuel.trySpend(candidates.length + near.length * Math.ceil(length ** 2 / 4))) return ''
    const name = nearestName(word, near)
    return name === undefined ? '' : ` Did you mean ${JSON.stringify(name)}?`
  }
}

const STEPS_AN_ISSUE = 50
/** As `nearestName` compares. */
const COMPARED_CHARS_MAX = 128
const NEAR_EDITS_MAX = 4

/** One thing that a schema demands. */
export type Check = (value: Json, at: Place, run: Run) => boolean
