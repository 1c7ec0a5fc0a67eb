/** A compiled schema: its checks in order, and how it is applied to the same value or to a part of one. */
import type { Json } from '@sealedlog/sdk/base'
import { type Check, type Place, type Run, Seen } from './run.js'

export class SchemaNode {
  readonly checks: Check[] = []
  /** what it applies to the very value that it is applied to itself */
  readonly onSameValue: SchemaNode[] = []

  judge(value: Json, at: Place, run: Run): boolean {
    run.enter()
    let holds = true
    for (const check of this.checks) {
      if (check(value, at, run)) continue
      holds = false
      if (run.isQuiet) break
    }
    run.leave()
    return holds
  }

  /** Judges the value that the schema around it judges: what it has seen counts there, if it holds. */
  judgeSame(value: Json, at: Place, run: Run): boolean {
    const outer = run.seen
    if (outer === undefined) return this.judge(value, at, run)
    const own = new Seen()
    run.seen = own
    const holds = this.judge(value, at, run)
    run.seen = outer
    if (holds) {
      run.fuel.spend(own.size)
      outer.add(own)
    }
    return holds
  }

  /** Judges a member or an item: what is seen in there is nobody else’s business. */
  judgePart(value: Json, at: Place, run: Run): boolean {
    const outer = run.seen
    if (outer !== undefined) run.seen = new Seen()
    const holds = this.judge(value, at, run)
    run.seen = outer
    return holds
  }
}
