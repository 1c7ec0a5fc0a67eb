/** What stands at a path of an event, each value once: a query may ask the same place hundreds of times. */
import { type Json, parseTime } from '../base/index.js'
import { eachAt } from './paths.js'

export class Values {
  /** whether anything stands there, objects too */
  readonly isAny: boolean
  /** strings, numbers, booleans and null, as they are written */
  readonly texts: ReadonlySet<string>
  readonly numbers: ReadonlySet<number>
  readonly #strings: ReadonlySet<string>
  #timesMs: readonly number[] | undefined

  constructor(event: Json, steps: readonly string[]) {
    const texts = new Set<string>()
    const numbers = new Set<number>()
    const strings = new Set<string>()
    let isAny = false
    eachAt(event, steps, (value) => {
      isAny = true
      if (typeof value === 'object' && value !== null) return
      texts.add(String(value))
      if (typeof value === 'number') numbers.add(value)
      if (typeof value === 'string') strings.add(value)
    })
    this.isAny = isAny
    this.texts = texts
    this.numbers = numbers
    this.#strings = strings
  }

  /** The strings that are times, in Unix milliseconds. */
  get timesMs(): readonly number[] {
    return (this.#timesMs ??= Array.from(this.#strings, parseTime).filter((ms) => ms !== undefined))
  }
}
