/** Which logs are read and not written, and why: a log that does not hold together must not grow. */
import { AuditError } from '@sealedlog/sdk/base'

/** Finds out whether a log may be written, where that is not known yet; undefined where it is. */
export type Judge = (org: string) => Promise<void> | undefined

export class ReadOnly {
  readonly #reasons = new Map<string, string>()
  #judge: Judge | undefined

  /** Who is asked before anything is written to a log. */
  judgeBy(judge: Judge): void {
    this.#judge = judge
  }

  /** To be awaited before `check` or `has` is asked, where it is a promise: nobody waits who need not. */
  judged(org: string): Promise<void> | undefined {
    return this.#judge?.(org)
  }

  /** @param reason a sentence for whoever is refused, with what to do. The first reason stands: it is nearest the cause. */
  set(org: string, reason: string): void {
    if (!this.#reasons.has(org)) this.#reasons.set(org, reason)
  }

  /** @throws AuditError `log_read_only` */
  check(org: string): void {
    const reason = this.#reasons.get(org)
    if (reason !== undefined) throw new AuditError('log_read_only', `${reason} Nothing was recorded.`)
  }

  has(org: string): boolean {
    return this.#reasons.has(org)
  }

  get size(): number {
    return this.#reasons.size
  }
}
