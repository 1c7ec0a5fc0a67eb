/** A pattern's tree as instructions of a nondeterministic automaton (Thompson 1968). */
import type { Chars } from './chars.js'
import { type Assertion, type Piece, unusable } from './parse.js'

export type Instruction =
  | { readonly op: 'chars'; readonly chars: Chars; next: number }
  | { readonly op: 'assert'; readonly what: Assertion; next: number }
  | Split
  | { readonly op: 'match' }

interface Split {
  readonly op: 'split'
  next: number
  other: number
}

/** The first instruction is where a match begins. */
export type Program = readonly Instruction[]

/** @throws AuditError `invalid_event_type` when it would have more than `sizeMax` instructions */
export function compileProgram(piece: Piece, sizeMax: number): Program {
  const to = new Emitter(sizeMax)
  to.emit(piece)
  to.add({ op: 'match' })
  return to.program
}

/** A split whose two ways are one. */
function jump(split: Split, to: number): void {
  split.next = to
  split.other = to
}

class Emitter {
  readonly program: Instruction[] = []
  readonly #sizeMax: number

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax
  }

  /** Every piece falls through to what follows it. */
  emit(piece: Piece): void {
    switch (piece.kind) {
      case 'chars':
        this.add({ op: 'chars', chars: piece.chars, next: this.#here + 1 })
        break
      case 'assert':
        this.add({ op: 'assert', what: piece.what, next: this.#here + 1 })
        break
      case 'sequence':
        for (const each of piece.pieces) this.emit(each)
        break
      case 'choice':
        this.#emitChoice(piece.pieces)
        break
      case 'repeat':
        this.#emitRepeat(piece.piece, piece.min, piece.max)
        break
    }
  }

  add<I extends Instruction>(instruction: I): I {
    if (this.program.length >= this.#sizeMax)
      throw unusable(
        `is too large: it takes more than ${this.#sizeMax} states, its repetitions written out (limit SCHEMA_PATTERN_STATES_MAX)`,
      )
    this.program.push(instruction)
    return instruction
  }

  get #here(): number {
    return this.program.length
  }

  #split(): Split {
    return this.add({ op: 'split', next: this.#here + 1, other: this.#here + 1 })
  }

  #emitChoice(pieces: readonly Piece[]): void {
    const ends: Split[] = []
    pieces.forEach((piece, i) => {
      if (i === pieces.length - 1) return this.emit(piece)
      const split = this.#split()
      this.emit(piece)
      ends.push(this.#split())
      split.other = this.#here
    })
    for (const end of ends) jump(end, this.#here)
  }

  #emitRepeat(piece: Piece, min: number, max: number): void {
    for (let count = 0; count < min; count++) {
      const before = this.#here
      this.emit(piece)
      // Nothing, however often, is nothing.
      if (this.#here === before) return
    }
    if (max === Number.POSITIVE_INFINITY) this.#emitLoop(piece)
    else this.#emitOptional(piece, max - min)
  }

  #emitLoop(piece: Piece): void {
    const start = this.#here
    const split = this.#split()
    this.emit(piece)
    jump(this.#split(), start)
    split.other = this.#here
  }

  #emitOptional(piece: Piece, times: number): void {
    const splits: Split[] = []
    for (let count = 0; count < times; count++) {
      const split = this.#split()
      splits.push(split)
      this.emit(piece)
      if (this.#here === split.next) break
    }
    for (const split of splits) split.other = this.#here
  }
}
