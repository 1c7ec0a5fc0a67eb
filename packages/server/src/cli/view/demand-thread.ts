/** A thread that adds up what events demand: it reads the data folder by itself. */
import { parentPort, workerData } from 'node:worker_threads'
import { assert } from '@sealedlog/sdk/base'
import { DataFolder, DataFolderSource, type Failure, packFailure } from '@sealedlog/sdk/verifier'
import { PostingNumbers } from '../../index/index.js'
import { type Demanded, DemandPass, type DemandRequest } from './demand-pass.js'

/** What a thread is started with. */
export interface DemandThreadData {
  readonly folder: string
  readonly org: string
  readonly seed: string
  readonly unlisted: ReadonlySet<number>
  readonly request: DemandRequest
}

/** How many more entries were read; in the end, what they demand, or why that is not known. */
export type FromDemandThread = number | DemandedWords | { readonly failure: Failure }

/** What entries demand, as it travels: the words of the sums. */
export interface DemandedWords extends Pick<Demanded, 'misnamed'> {
  readonly words: Int32Array<ArrayBuffer>
}

assert(parentPort, 'this file runs as a thread')
const port = parentPort
const { folder, org, seed, unlisted, request } = workerData as DemandThreadData

try {
  const { sums, misnamed } = await demand()
  port.postMessage({ words: sums.words, misnamed } satisfies FromDemandThread, [sums.words.buffer])
} catch (error) {
  port.postMessage({ failure: packFailure(error) } satisfies FromDemandThread)
}

async function demand(): Promise<Demanded> {
  const data = await DataFolder.open(folder)
  try {
    const pass = new DemandPass(new DataFolderSource(data, org), new PostingNumbers(seed), unlisted)
    return pass.add(request, (count) => port.postMessage(count satisfies FromDemandThread))
  } finally {
    data.close()
  }
}
