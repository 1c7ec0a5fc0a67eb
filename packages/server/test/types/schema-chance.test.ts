/** Whatever is sent as a schema is answered: 100,000 of them, random and mutated, and no memory is left behind. */
import { randomInt } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { AuditError, type Json, type JsonObject } from '@sealedlog/sdk/base'
import { BOUNDS } from '@sealedlog/sdk/event'
import { describe, expect, test } from 'vitest'
import { batchFuel, parseRegistration, Rules } from '../../dist/types/index.js'
import { Dice, ORDINARY, VALUES } from './support.js'

const SCALARS: readonly Json[] = JSON.parse(
  '[null, true, false, 0, -1, 1e308, 0.1, "", "#", "#/$defs/line", "#/properties/number", "#node", "#/", "#/%", "x"]',
) as readonly Json[]
const SMALL: readonly Json[] = JSON.parse(
  '["(a+)+$", "^(?:a|b)*a(?:a|b){30}$", "(?=x)", "[", "\\\\p{L}+", "constructor", "object", "date", {"$ref": "#"}, {"not": {}}, [{}], [true, false], {"items": {"$ref": "#"}}, {"allOf": [{"$ref": "#"}]}, []]',
) as readonly Json[]

describe('whatever is sent is answered', () => {
  const seed = Number(process.env.SCHEMA_SEED ?? randomInt(2 ** 31))
  const SCHEMAS = 100_000
  const PIECES: readonly Json[] = [...ORDINARY, ...VALUES, ...SCALARS, ...SMALL]
  const WORDS = [
    ...new Set(JSON.stringify(ORDINARY).match(/(?<=")[$a-zA-Z]+(?=":)/g) ?? []),
    'definitions',
    'x-own',
    '__proto__',
    'toString',
    'a'.repeat(300),
  ]

  /** A copy in which some places hold something else. */
  function mutate(value: Json, dice: Dice, depth = 0): Json {
    if (dice.below(30) === 0 || depth > 12) return dice.of(PIECES)
    if (Array.isArray(value)) return (value as readonly Json[]).map((item) => mutate(item, dice, depth + 1))
    if (typeof value !== 'object' || value === null) return value
    const copy: [string, Json][] = Object.entries(value as JsonObject).flatMap(([name, member]): [string, Json][] => {
      const roll = dice.below(40)
      if (roll === 0) return []
      return [[roll === 1 ? dice.of(WORDS) : name, mutate(member, dice, depth + 1)]]
    })
    if (dice.below(12) === 0) copy.push([dice.of(WORDS), dice.of(PIECES)])
    return Object.fromEntries(copy)
  }

  const random = (dice: Dice, depth: number): Json =>
    depth === 0 || dice.below(5) === 0
      ? dice.of(PIECES)
      : Object.fromEntries(
          Array.from({ length: dice.below(5) }, () => [
            dice.of(WORDS),
            dice.below(4) === 0 ? [random(dice, depth - 1)] : random(dice, depth - 1),
          ]),
        )

  test(`${SCHEMAS} random and mutated schemas: taken or refused with a reason, and judged within the steps`, () => {
    const dice = new Dice(seed)
    const seen = { taken: 0, refused: 0, exhausted: 0, slowestMs: 0 }
    for (let i = 0; i < SCHEMAS; i++) {
      const schema = dice.below(3) === 0 ? random(dice, 4) : mutate(dice.of(ORDINARY), dice)
      const startedMs = performance.now()
      try {
        const rules = new Rules(parseRegistration('a.b', { details: schema, mode: 'enforce' }))
        seen.taken++
        const event = { type: 'a.b', details: dice.of(VALUES) }
        const fuel = batchFuel()
        const before = fuel.left
        const issues = rules.check(event, fuel)
        expect(before - fuel.left).toBeLessThanOrEqual(BOUNDS.SCHEMA_STEPS_MAX)
        expect(issues.length).toBeLessThanOrEqual(BOUNDS.EVENT_WARNINGS_MAX)
        for (const { message, pointer, limit } of issues) {
          expect(message.length + pointer.length).toBeLessThan(4_000)
          if (limit === 'SCHEMA_STEPS_MAX') seen.exhausted++
        }
      } catch (error) {
        if (!(error instanceof AuditError) || error.issues.length === 0)
          throw new Error(`seed ${seed}, schema ${i}: ${JSON.stringify(schema)}`, { cause: error })
        seen.refused++
      }
      seen.slowestMs = Math.max(seen.slowestMs, performance.now() - startedMs)
    }
    console.log(`seed ${seed}: ${JSON.stringify(seen)}`)
    expect(seen.taken).toBeGreaterThan(SCHEMAS / 20)
    expect(seen.refused).toBeGreaterThan(SCHEMAS / 20)
  }, 60_000)

  test('compiling very many leaves nothing behind', () => {
    setFlagsFromString('--expose-gc')
    const collectGarbage = runInNewContext('gc') as () => void
    const usedBytes = (): number => {
      collectGarbage()
      return process.memoryUsage().heapUsed
    }
    const compileMany = (from: number): void => {
      for (let i = from; i < from + 5_000; i++) {
        const rules = new Rules({
          details: { properties: { [`p${i}`]: { enum: [`x${i}`], pattern: `^a${i}[\\p{L}b]*$` } } },
        })
        rules.check({ type: 'a', details: { [`p${i}`]: `a${i}é` } }, batchFuel())
      }
    }
    compileMany(0)
    const before = usedBytes()
    compileMany(5_000)
    const grown = usedBytes() - before
    console.log(`heap after 5,000 more schemas: ${grown} bytes`)
    expect(grown).toBeLessThan(2 * 1024 * 1024)
  }, 60_000)
})
