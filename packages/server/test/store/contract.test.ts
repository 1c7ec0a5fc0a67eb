/** Every engine passes the store's contract. */
import { describe, test } from 'vitest'
import { logStoreContract, MemoryStore, SqliteStore } from '../../dist/store/index.js'
import { SEED, temporaryFolder } from './support.js'

const LAW_MS_MAX = 60_000
const hand = (name: string, body: () => Promise<void>) => test(name, body, LAW_MS_MAX)

describe('the memory store', () => {
  logStoreContract(hand, async (clock) => new MemoryStore(() => clock.nowMs))
})

describe('the SQLite store', () => {
  logStoreContract(hand, (clock) =>
    SqliteStore.open({ folder: temporaryFolder(), seed: SEED, nowMs: () => clock.nowMs }),
  )
})
