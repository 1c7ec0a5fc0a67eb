/** Lists, searches, counts and tails equal the oracle’s while runs are written and merged and the process is killed. */
import { expect, test } from 'vitest'
import { SEED } from '../../../sdk/test/query/support.js'
import { temporaryFolder } from '../durability/machine.js'
import { flux } from './flux.js'

/** Runs of a few dozen entries, merged as soon as there are three. */
const INDEX = { youngEntriesMax: 32, runEntriesMax: 2_000, tierFactor: 3, unmergedMax: 12 }
const KILLS = 12
const QUESTIONS = 5_000
const QUIET_QUESTIONS = 140
const TIMEOUT_MS = 600_000

test(
  `${QUESTIONS} questions over ${KILLS} kills in the middle of merges (QUERY_SEED=${SEED})`,
  async () => {
    const plan = { seed: SEED, folder: temporaryFolder(), index: INDEX, kills: KILLS, reindexes: false }
    const totals = await flux({ ...plan, questions: QUESTIONS, quietQuestions: QUIET_QUESTIONS })
    console.log(JSON.stringify(totals))
    expect(totals.questions).toBeGreaterThanOrEqual(QUESTIONS)
    for (const did of ['exact', 'counts', 'erased', 'again'] as const) expect(totals[did], did).toBeGreaterThan(0)
  },
  TIMEOUT_MS,
)
