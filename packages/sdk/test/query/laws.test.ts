/** One query, three forms: whatever way it is said, it is the same tree. */
import { expect, test } from 'vitest'
import { formatQuery, parseQuery, parseQueryJson, type Query } from '../../dist/query/index.js'
import type { Json } from '../../dist/base/index.js'
import { randomEvent } from './random-events.js'
import { randomSaid, type Said } from './random-trees.js'
import { sayText } from './say.js'
import { random, SEED, times } from './support.js'

const RUNS = 5_000
const rnd = random(SEED)
const EVENTS = times(300, (i) => randomEvent(rnd, i))
const json = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json

const eachSaid = (check: (said: Said, tree: Query) => void): void => {
  for (let i = 0; i < RUNS; i++) {
    const said = randomSaid(rnd, EVENTS)
    try {
      check(said, parseQueryJson(json(said)))
    } catch (error) {
      throw new Error(`seed ${SEED}, tree ${i}: ${JSON.stringify(said)}`, { cause: error })
    }
  }
}

test(`a tree is read back from its text, and the text is written again (seed ${SEED})`, () => {
  eachSaid((_, tree) => {
    const text = formatQuery(tree)
    expect(parseQuery(text)).toEqual(tree)
    expect(formatQuery(parseQuery(text))).toBe(text)
  })
})

test(`a tree is its own JSON form (seed ${SEED})`, () => {
  eachSaid((_, tree) => expect(parseQueryJson(json(tree))).toEqual(tree))
})

test(`however a query is said as text, it is the tree that is said in JSON (seed ${SEED})`, () => {
  eachSaid((said, tree) => {
    const text = sayText(rnd, said)
    expect(parseQuery(text), text).toEqual(tree)
  })
})
