/** Queries, tails and counts equal the oracle’s while runs are written and merged and the process is killed. */
import { expect, test } from 'vitest'
import { SEED } from '../../../sdk/test/query/support.js'
import { temporaryFolder } from '../durability/machine.js'
import { flux } from './flux.js'

/** Runs of a few dozen entries, merged as soon as there are three. */
const INDEX = { youngEntriesMax: 32, runEntriesMax: 2_000, tierFactor: 3, unmergedMax: 12 }
const KILLS = 12
const TIMEOUT_MS = 300_000

test(
  `${KILLS} kills in the middle of merges: answers are the oracle’s, tails whole (QUERY_SEED=${SEED})`,
  async () => {
    const plan = { seed: SEED, folder: temporaryFolder(), index: INDEX, kills: KILLS }
    const totals = await flux({ ...plan, questions: 250, quietQuestions: 140, reindexes: false })
    console.log(JSON.stringify(totals))
    expect(totals.questions).toBeGreaterThan(1_000)
  },
  TIMEOUT_MS,
)
