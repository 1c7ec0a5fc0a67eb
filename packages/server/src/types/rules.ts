/** What a registration demands of an event, compiled: schemas of details and metadata, and kinds of targets. */
import { assert, type Issue, pointTo } from '@sealedlog/sdk/base'
import { BOUNDS, type EventInput, Findings } from '@sealedlog/sdk/event'
import { Fuel } from './fuel.js'
import type { TypeContent } from './registration.js'
import { type CompiledSchema, compileSchema } from './schema/compile.js'
import { oneOf, show } from './schema/words.js'
import { Run } from './schema/run.js'

/** Groups of an event that were lawfully erased, and of which nothing can be demanded any more. */
export type Erased = ReadonlySet<string>
const NOTHING_ERASED: Erased = new Set()

/** A group of checks: a batch, or a walk over recorded events. */
export const batchFuel = (): Fuel => new Fuel(BOUNDS.SCHEMA_BATCH_STEPS_MAX)

export class Rules {
  readonly #details: CompiledSchema | undefined
  readonly #metadata: CompiledSchema | undefined
  readonly #targets: readonly string[] | undefined

  /** @param content of a registration that was parsed, so that its schemas compile */
  constructor({ details, metadata, targets }: TypeContent) {
    const findings = new Findings()
    this.#details = details && compileSchema(details, '/details', findings)
    this.#metadata = metadata && compileSchema(metadata, '/metadata', findings)
    this.#targets = targets
    assert(findings.issues.length === 0, `a registered schema compiles: ${findings.issues[0]?.message}`)
  }

  /** How many bytes it keeps, roughly. */
  get weight(): number {
    return BASE_WEIGHT + (this.#details?.weight ?? 0) + (this.#metadata?.weight ?? 0)
  }

  /**
   * What is wrong with an event, at most EVENT_WARNINGS_MAX issues whose pointers point into it.
   *
   * Details and metadata that are absent are judged as `{}`: what a schema requires is missing then.
   *
   * @param batch what the checks beside it have left
   */
  check(event: EventInput, batch: Fuel, erased: Erased = NOTHING_ERASED): readonly Issue[] {
    const given = Math.min(BOUNDS.SCHEMA_STEPS_MAX, batch.left)
    const fuel = new Fuel(given)
    const issues = [
      ...this.#checkTargets(event, fuel),
      ...(erased.has('details') ? [] : (this.#details?.judge(event.details ?? {}, '/details', fuel) ?? [])),
      ...(erased.has('content') ? [] : (this.#metadata?.judge(event.metadata ?? {}, '/metadata', fuel) ?? [])),
    ]
    batch.trySpend(given - fuel.left)
    return issues.slice(0, BOUNDS.EVENT_WARNINGS_MAX)
  }

  #checkTargets({ targets = [] }: EventInput, fuel: Fuel): readonly Issue[] {
    const allowed = this.#targets
    if (allowed === undefined || targets.every(({ type }) => allowed.includes(type))) return []
    const run = new Run(fuel, false)
    let told = 0
    return targets.flatMap(({ type }, i): readonly Issue[] => {
      if (allowed.includes(type) || ++told > BOUNDS.EVENT_WARNINGS_MAX) return []
      const pointer = pointTo(pointTo('/targets', i), 'type')
      const hint = run.didYouMean(type, allowed)
      return [
        {
          pointer,
          code: 'not_one_of',
          message: `${pointer} is ${show(type)}; expected ${oneOf(allowed)}.${hint}`,
        },
      ]
    })
  }
}

const BASE_WEIGHT = 1_000
