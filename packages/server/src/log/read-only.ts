/** Which logs are read and not written, and why: a log that does not hold together must not grow. */
import { AuditError } from '@sealedlog/sdk/base'

export class ReadOnly {
  readonly #reasons = new Map<string, string>()

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
