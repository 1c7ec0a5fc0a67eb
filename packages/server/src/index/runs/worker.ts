/** The index's thread: hands calls to the engine in the order in which they came, and its answers back. */
import { parentPort, workerData } from 'node:worker_threads'
import { assert } from '@sealedlog/sdk/base'
import type { IndexEntry } from '../port.js'
import type { RunsLimits } from './limits.js'
import {
  type Answer,
  type Ask,
  type Call,
  type Fault,
  packError,
  packFound,
  unpackEntries,
  type Value,
} from './messages.js'
import { Runs } from './runs.js'

assert(parentPort, 'the index worker runs as a thread')
const port = parentPort
const { folder, limits } = workerData as { folder: string; limits: RunsLimits }

let runs: Runs | undefined

port.on('message', ({ number, call }: Ask) => void answer(number, call))

/** What a call changes is changed before this gives way: so the next one sees it. */
async function answer(number: number, call: Call): Promise<void> {
  try {
    post({ number, value: await carryOut(call) })
  } catch (error) {
    post({ number, fault: packError(error) })
  }
  if (call.name === 'close') port.close()
}

function carryOut(call: Call): Promise<Value> | Value {
  if (call.name === 'open') runs = new Runs(folder, limits)
  if (call.name === 'close' && runs === undefined) return undefined
  assert(runs, 'the first call opens the index')
  if (call.name === 'put') return putAll(runs, unpackEntries(call.entries), call.sizes)
  if (call.name === 'search') return packFound(runs.search(call.request))
  if (call.name === 'count') return runs.count(call.request)
  if (call.name === 'size') return runs.size(call.org)
  if (call.name === 'erase') return runs.erase(call.org, unpackEntries(call.entries)) as Promise<undefined>
  if (call.name === 'finishErasing') return runs.finishErasing()
  if (call.name === 'clear') return runs.clear() as Promise<undefined>
  if (call.name === 'close') return runs.close() as Promise<undefined>
  return undefined
}

/** One after the other, each for itself: one that is refused is told so, and the others are taken. */
async function putAll(
  to: Runs,
  entries: readonly IndexEntry[],
  sizes: readonly number[],
): Promise<readonly (Fault | undefined)[] | undefined> {
  let end = 0
  const puts = sizes.map((size) => to.put(entries.slice(end, (end += size))))
  const outcomes = await Promise.allSettled(puts)
  if (outcomes.every(({ status }) => status === 'fulfilled')) return undefined
  return outcomes.map((outcome) => (outcome.status === 'rejected' ? packError(outcome.reason) : undefined))
}

function post(message: Answer): void {
  port.postMessage(message, message.value instanceof Float64Array ? [message.value.buffer] : [])
}
