/** Findings as they come in: of each check the first by index, and how many there were. */
import { type CheckName, CHECKS, type Finding, FINDINGS_MAX } from './report.js'

export class FindingList {
  readonly #kept = new Map<CheckName, Finding[]>()

  add(finding: Finding): void {
    const kept = this.#kept.get(finding.check) ?? []
    if (kept.length === 0) this.#kept.set(finding.check, kept)
    kept.push(finding)
    // Twice as many are let in before the list is cut, or a log that is wrong throughout would be sorted at each entry.
    if (kept.length >= 2 * FINDINGS_MAX) kept.sort(byIndex).splice(FINDINGS_MAX)
  }

  has(check: CheckName): boolean {
    return this.#kept.has(check)
  }

  first(check: CheckName): Finding | undefined {
    return this.#kept.get(check)?.toSorted(byIndex)[0]
  }

  all(): readonly Finding[] {
    return CHECKS.flatMap((check) => (this.#kept.get(check) ?? []).sort(byIndex).slice(0, FINDINGS_MAX)).sort(byIndex)
  }
}

/** What is about no entry stands last. */
const byIndex = (a: Finding, b: Finding): number =>
  (a.index ?? Number.MAX_SAFE_INTEGER) - (b.index ?? Number.MAX_SAFE_INTEGER)
