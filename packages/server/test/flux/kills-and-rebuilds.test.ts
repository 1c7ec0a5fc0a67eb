/** Lists, searches, counts and tails equal the oracle’s while the index is built again beside itself and the process is killed. */
import { expect, test } from 'vitest'
import { SEED } from '../../../sdk/test/query/support.js'
import { temporaryFolder } from '../durability/machine.js'
import { flux } from './flux.js'

/** Runs that differ in size, merged two by two; and much of what there is in memory, and gone with each kill. */
const INDEX = { youngEntriesMax: 150, runEntriesMax: 1_000, tierFactor: 2 }
const KILLS = 10
const QUESTIONS = 5_000
const QUIET_QUESTIONS = 140
const TIMEOUT_MS = 600_000

test(
  `${QUESTIONS} questions over ${KILLS} kills in the middle of rebuilding (QUERY_SEED=${SEED})`,
  async () => {
    const plan = { seed: SEED + 1, folder: temporaryFolder(), index: INDEX, kills: KILLS, reindexes: true }
    const totals = await flux({ ...plan, questions: QUESTIONS, quietQuestions: QUIET_QUESTIONS })
    console.log(JSON.stringify(totals))
    expect(totals.questions).toBeGreaterThanOrEqual(QUESTIONS)
    for (const did of ['exact', 'counts', 'erased', 'again'] as const) expect(totals[did], did).toBeGreaterThan(0)
  },
  TIMEOUT_MS,
)
