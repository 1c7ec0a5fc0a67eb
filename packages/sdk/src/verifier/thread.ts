/** A thread of the verifier: checks one segment after another, from a source of its own. */
import { parentPort, workerData } from 'node:worker_threads'
import { assert } from '../base/index.js'
import type { TileName } from '../merkle/index.js'
import { readSegment, type SegmentSource } from '../verify/index.js'
import { BundleSource } from './bundle-source.js'
import {
  type Answer,
  type FromThread,
  packFailure,
  type ThreadSource,
  type ToThread,
  unpackFailure,
} from './thread-messages.js'

assert(parentPort, 'this file runs as a thread')
const port = parentPort
const post = (message: FromThread): void => port.postMessage(message)

const waiting = new Map<number, (answer: Answer) => void>()
let asked = 0

async function ask(what: number | TileName): Promise<Uint8Array | undefined> {
  const number = (asked += 1)
  const answered = new Promise<Answer>((resolve) => waiting.set(number, resolve))
  post({ ask: what, number })
  const answer = await answered
  if ('failure' in answer) throw unpackFailure(answer.failure)
  return answer.bytes
}

async function openSource(from: ThreadSource): Promise<SegmentSource> {
  if (from.kind === 'bundle') return new BundleSource(from.folder)
  if (from.kind === 'asked')
    return { tile: ask, disclosures: async (bundle) => (await ask(bundle)) ?? new Uint8Array(0) }
  const { DataFolder, DataFolderSource } = await import('./sqlite/data-folder-source.js')
  return new DataFolderSource(await DataFolder.open(from.folder), from.org)
}

let opened: Promise<SegmentSource> | undefined

port.on('message', (message: ToThread) => {
  if (!('request' in message)) {
    waiting.get(message.number)?.(message)
    waiting.delete(message.number)
    return
  }
  opened ??= openSource(workerData as ThreadSource)
  opened
    .then((source) => readSegment(source, message.request))
    .then(
      (result) => post({ result }),
      (error: unknown) => post({ failure: packFailure(error) }),
    )
})
