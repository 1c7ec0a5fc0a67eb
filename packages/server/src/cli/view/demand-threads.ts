/** A pass over many events, by several threads: each reads a stretch of them. */
import { Worker } from 'node:worker_threads'
import { unpackFailure } from '@sealedlog/sdk/verifier'
import { PostingSums } from '../../index/index.js'
import type { Demanded, DemandRequest } from './demand-pass.js'
import type { DemandedWords, DemandThreadData, FromDemandThread } from './demand-thread.js'

/** What a thread makes and drops: more of it is no faster. */
const YOUNG_MB_MAX = 16
/** So many entries are read sooner than a thread starts. */
export const THREAD_ENTRIES_MIN = 20_000

/**
 * Adds up what events demand.
 *
 * @param onEntries is told how many more were read
 * @throws AuditError `storage_failed`, or what else went wrong in a thread
 */
export async function demandByThreads(
  data: DemandThreadData,
  threads: number,
  onEntries: (count: number) => void,
): Promise<Demanded> {
  const { range, from, to } = data.request
  const share = Math.ceil((to - from) / threads)
  const requests: DemandRequest[] = []
  for (let first = from; first < to; first += share)
    requests.push({ range, from: first, to: Math.min(to, first + share) })
  const workers = requests.map((request) => start({ ...data, request }))
  try {
    const found = await Promise.all(workers.map((worker) => answerOf(worker, onEntries)))
    const sums = new PostingSums(range)
    for (const { words } of found) sums.addAll(words)
    return { sums, misnamed: found.find(({ misnamed }) => misnamed)?.misnamed }
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}

const start = (workerData: DemandThreadData): Worker =>
  new Worker(new URL('./demand-thread.js', import.meta.url), {
    workerData,
    name: 'sealedlog-view',
    // On Node 22 each thread says anew that node:sqlite is experimental.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB_MAX },
  })

function answerOf(worker: Worker, onEntries: (count: number) => void): Promise<DemandedWords> {
  return new Promise((resolve, reject) => {
    worker.on('message', (said: FromDemandThread) => {
      if (typeof said === 'number') onEntries(said)
      else if ('failure' in said) reject(unpackFailure(said.failure))
      else resolve(said)
    })
    worker.on('error', reject)
    worker.on('exit', (code) => reject(new Error(`a thread that reads the view ended with code ${code}`)))
  })
}
