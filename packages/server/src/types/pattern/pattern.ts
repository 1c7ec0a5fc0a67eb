/**
 * Matching in linear time: an automaton that is made deterministic as texts need it (Thompson; RE2's lazy DFA).
 *
 * A text costs a look-up a character where the states are known already, and at most the program's length a character
 * where they are not. Both are paid in fuel. What is kept of states is bounded: past the bound, all are forgotten.
 */
import type { Fuel } from '../fuel.js'
import { isWordChar } from './chars.js'
import { type Assertion, parsePattern } from './parse.js'
import { compileProgram, type Program } from './program.js'

const ASCII = 128
/** Instead of a character, where the text ends. */
const END = -1
const KEPT_STATES_MAX = 64
/** Instructions that kept states stand for, and transitions by characters outside ASCII, all together. */
const KEPT_CELLS_MAX = 8_192
/** Characters that are read for one step where the states are known. */
const CHARS_A_STEP = 4
/** What finding a state takes, beside what it is made of. */
const STEPS_A_WALK = 30

/** What stands before the next character. */
type Before = 'start' | 'word' | 'other'

/** Where the automaton may be, before the assertions at this place are looked at. */
interface State {
  readonly at: readonly number[]
  readonly before: Before
  /** what follows each ASCII character; undefined where it is not yet known */
  readonly next: (State | undefined)[]
  readonly others: Map<number, State>
}

const stateAt = (at: readonly number[], before: Before): State => ({ at, before, next: [], others: new Map() })

/** Two states that are answers. */
const MATCHED = stateAt([], 'other')
const FAILED = stateAt([], 'other')

/**
 * A compiled pattern.
 *
 * @example
 * new Pattern('^(a+)+$', 4_000).matches('aaaa!', new Fuel(1_000)) // false
 */
export class Pattern {
  readonly source: string
  readonly #program: Program
  /** no match begins but at the start of the text */
  readonly #anchored: boolean
  readonly #states = new Map<string, State>()
  #cells = 0
  /** by instruction, the walk that looked at it last */
  readonly #seen: Uint32Array
  #walk = 0
  /** instructions that the last walk looked at */
  #looked = 0

  /** @throws AuditError `invalid_event_type`: it is no pattern, or none that can be matched in linear time */
  constructor(source: string, statesMax: number) {
    this.source = source
    this.#program = compileProgram(parsePattern(source), statesMax)
    this.#seen = new Uint32Array(this.#program.length)
    this.#anchored = (['word', 'other'] as const).every((before) =>
      [END, WORD_CHAR, OTHER_CHAR].every((char) => !this.#leadsOn(before, char)),
    )
  }

  /** How many states it takes: what compiling and keeping it costs. */
  get size(): number {
    return this.#program.length
  }

  /** Whether it matches anywhere in a text. @throws Exhausted */
  matches(text: string, fuel: Fuel): boolean {
    fuel.spend(1 + Math.floor(text.length / CHARS_A_STEP))
    let state = this.#stateOf([0], 'start')
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      const next = unit < ASCII ? state.next[unit] : undefined
      if (next === undefined) {
        const char = text.codePointAt(i) ?? unit
        if (char > 0xffff) i++
        state = state.others.get(char) ?? this.#step(state, char, fuel)
      } else state = next
      if (state === MATCHED) return true
      if (state === FAILED) return false
    }
    return this.#step(state, END, fuel) === MATCHED
  }

  #step(state: State, char: number, fuel: Fuel): State {
    const reached = new Set<number>()
    const matched = this.#follow(state.at, state.before, char, reached)
    fuel.spend(STEPS_A_WALK + 2 * this.#looked)
    if (matched) return this.#keep(state, char, MATCHED)
    if (char === END) return FAILED
    if (!this.#anchored) reached.add(0)
    if (reached.size === 0) return this.#keep(state, char, FAILED)
    const at = [...reached].sort((a, b) => a - b)
    fuel.spend(2 * at.length)
    return this.#keep(state, char, this.#stateOf(at, isWordChar(char) ? 'word' : 'other'))
  }

  /**
   * Follows splits and assertions from some instructions, and then one character.
   *
   * @param reached takes the instructions after the character
   * @returns whether the pattern matches before the character
   */
  #follow(from: readonly number[], before: Before, char: number, reached: Set<number>): boolean {
    this.#walk++
    this.#looked = 0
    const stack = [...from]
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const instruction = this.#program[at]
      if (instruction === undefined || this.#seen[at] === this.#walk) continue
      this.#seen[at] = this.#walk
      this.#looked++
      if (instruction.op === 'match') return true
      if (instruction.op === 'split') stack.push(instruction.next, instruction.other)
      else if (instruction.op === 'assert') {
        if (holds(instruction.what, before, char)) stack.push(instruction.next)
      } else if (char !== END && instruction.chars.has(char)) reached.add(instruction.next)
    }
    return false
  }

  /** Whether a match can begin at such a place: some character would do, or none is needed. */
  #leadsOn(before: Before, char: number): boolean {
    const anything = new Set<number>()
    if (this.#follow([0], before, char, anything) || anything.size > 0) return true
    return this.#program.some((instruction, at) => instruction.op === 'chars' && this.#seen[at] === this.#walk)
  }

  #stateOf(at: readonly number[], before: Before): State {
    const name = `${before}:${at.join()}`
    const known = this.#states.get(name)
    if (known) return known
    if (this.#states.size >= KEPT_STATES_MAX || this.#cells > KEPT_CELLS_MAX) this.#forget()
    const state = stateAt(at, before)
    this.#states.set(name, state)
    this.#cells += at.length
    return state
  }

  #keep(state: State, char: number, next: State): State {
    if (char >= ASCII) {
      this.#cells++
      state.others.set(char, next)
    } else if (char !== END) state.next[char] = next
    return next
  }

  /** They point at one another: each lets go of the others. */
  #forget(): void {
    for (const state of this.#states.values()) {
      state.next.length = 0
      state.others.clear()
    }
    this.#states.clear()
    this.#cells = 0
  }
}

const WORD_CHAR = 97
const OTHER_CHAR = 32

function holds(what: Assertion, before: Before, char: number): boolean {
  if (what === 'start') return before === 'start'
  if (what === 'end') return char === END
  const isEdge = (before === 'word') !== (char !== END && isWordChar(char))
  return isEdge === (what === 'word_edge')
}
