/** The contract of the store: the laws that every engine passes, as code. Any test runner can be handed in. */
import { randomInt } from 'node:crypto'
import { actLaws } from './contract/act-laws.js'
import { appendLaws } from './contract/append-laws.js'
import { Bench } from './contract/bench.js'
import { clockLaws } from './contract/clock-laws.js'
import { conflictLaws } from './contract/conflict-laws.js'
import { documentLaws } from './contract/document-laws.js'
import { duplicateLaws } from './contract/duplicate-laws.js'
import { keyLaws } from './contract/key-laws.js'
import { logKeyLaws } from './contract/log-key-laws.js'
import { logLaws } from './contract/log-laws.js'
import { readLaws } from './contract/read-laws.js'
import { sizeLaws } from './contract/size-laws.js'
import type { Store } from './port.js'

const SEED_MAX = 2 ** 31

/**
 * Hands each law to a test runner. A law opens a store of its own, and closes it.
 *
 * @param open an empty store whose clock reads `clock.nowMs` each time
 * @param seed of every random choice; a law that fails names it
 * @example
 * logStoreContract(test, async (clock) => new MemoryStore(() => clock.nowMs))
 */
export function logStoreContract(
  test: (name: string, body: () => Promise<void>) => void,
  open: (clock: { nowMs: number }) => Promise<Store>,
  seed: number = randomInt(SEED_MAX),
): void {
  const law = (name: string, body: (bench: Bench) => Promise<void>) =>
    test(name, async () => {
      const clock = { nowMs: Date.UTC(2026, 10, 20, 9, 12, 21, 340) }
      const bench = new Bench(await open(clock), clock, seed)
      try {
        await body(bench)
      } catch (cause) {
        throw new Error(`contract seed ${seed}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
      } finally {
        await bench.store.close()
      }
    })
  const laws = [
    logLaws,
    appendLaws,
    sizeLaws,
    duplicateLaws,
    conflictLaws,
    clockLaws,
    actLaws,
    logKeyLaws,
    readLaws,
    keyLaws,
    documentLaws,
  ]
  for (const hand of laws) hand(law)
}
