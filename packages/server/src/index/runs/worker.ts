/** The index's thread: hands calls to the engine in the order in which they came, and its answers back. */
import { parentPort, workerData } from 'node:worker_threads'
import { assert } from '@sealedlog/sdk/base'
import type { RunsLimits } from './limits.js'
import { type Answer, type Ask, type Call, packError, packFound, unpackEntries, type Value } from './messages.js'
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
  if (call.name === 'put') return runs.put(unpackEntries(call.entries)) as Promise<undefined>
  if (call.name === 'search') return packFound(runs.search(call.request))
  if (call.name === 'count') return runs.count(call.request)
  if (call.name === 'size') return runs.size(call.org)
  if (call.name === 'erase') return runs.erase(call.org, unpackEntries(call.entries)) as Promise<undefined>
  if (call.name === 'finishErasing') return runs.finishErasing()
  if (call.name === 'clear') return runs.clear() as Promise<undefined>
  if (call.name === 'close') return runs.close() as Promise<undefined>
  return undefined
}

function post(message: Answer): void {
  port.postMessage(message, message.value instanceof Float64Array ? [message.value.buffer] : [])
}
