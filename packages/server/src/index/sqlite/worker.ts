/** The index's thread: takes calls in order, and does the puts that queue up behind one another in one commit. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { assert } from '@sealedlog/sdk/base'
import { deleteIndexFile, type IndexFile, openIndexFile, saysBroken } from './index-file.js'
import { type Answer, type Ask, packError, packFound, unpackEntries } from './messages.js'
import { PostingTables } from './posting-tables.js'

/** Puts that become one commit, at most: more would make the search behind them wait. */
const COMMIT_PUTS_MAX = 64
/** Bytes of packed entries that become one commit: reached, it is closed. */
const COMMIT_BYTES_MAX = 4_194_304

assert(parentPort, 'the index worker runs as a thread')
const port = parentPort
const { path } = workerData as { path: string }

let file: IndexFile | undefined
let tables: PostingTables | undefined

port.on('message', (first: Ask) => {
  const asks = [first]
  for (let more = receiveMessageOnPort(port); more; more = receiveMessageOnPort(port)) asks.push(more.message as Ask)
  while (asks.length > 0) {
    const puts = takePuts(asks)
    if (puts.length > 0) answerPuts(puts)
    else answer(asks.shift() as Ask)
  }
})

interface Put {
  readonly number: number
  readonly entries: Uint8Array
}

/** Takes the puts at the front of the queue, up to what one commit should hold. */
function takePuts(asks: Ask[]): Put[] {
  const puts: Put[] = []
  let bytes = 0
  for (let ask = asks[0]; ask?.call.name === 'put'; ask = asks[0]) {
    if (puts.length === COMMIT_PUTS_MAX || bytes >= COMMIT_BYTES_MAX) break
    puts.push({ number: ask.number, entries: ask.call.entries })
    bytes += ask.call.entries.length
    asks.shift()
  }
  return puts
}

function answerPuts(puts: readonly Put[]): void {
  const answers = attempt(() => opened().put(puts.map(({ entries }) => unpackEntries(entries))))
  puts.forEach(({ number }, i) => {
    const error = answers instanceof Error ? answers : answers[i]
    post(error ? { number, fault: packError(error) } : { number })
  })
}

function answer({ number, call }: Ask): void {
  const value = attempt(() => {
    if (call.name === 'search') return opened().search(call.request)
    if (call.name === 'size') return opened().size(call.org)
    if (call.name === 'erase') return opened().erase(call.org, unpackEntries(call.entries))
    if (call.name === 'finishErasing') return opened().finishErasing()
    return call.name === 'clear' ? throwAway() : closeFile()
  })
  if (value instanceof Error) post({ number, fault: packError(value) })
  else post({ number, value: typeof value === 'object' ? packFound(value) : (value ?? undefined) })
  if (call.name === 'close') port.close()
}

/** Does something with the tables. When the file proves broken, it is thrown away and the thing done on an empty one. */
function attempt<T>(body: () => T): T | Error {
  try {
    return body()
  } catch (error) {
    if (!saysBroken(error)) return toError(error)
  }
  try {
    throwAway()
    return body()
  } catch (error) {
    return toError(error)
  }
}

/** The tables, opened when there are none: at the first call, and after the file was thrown away. */
function opened(): PostingTables {
  file ??= openIndexFile(path)
  tables ??= new PostingTables(file)
  return tables
}

function closeFile(): void {
  const closing = file
  file = undefined
  tables = undefined
  closing?.close()
}

function throwAway(): void {
  closeFile()
  deleteIndexFile(path)
}

function post(message: Answer): void {
  port.postMessage(message, message.value instanceof Float64Array ? [message.value.buffer as ArrayBuffer] : [])
}

const toError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
