/** The writer's thread: takes calls one at a time, in the order in which they were made. */
import { parentPort, workerData } from 'node:worker_threads'
import type { DocumentKey, DocumentToPut, ExpectedRevision, KeyRecord } from '../port.js'
import { loadSigner, SeedSigner, type Signer } from '../signer.js'
import { openForWriting } from './connection.js'
import { unopenable } from './unopenable.js'
import { formatError, packOutcomes, unpackUnits } from './wire.js'
import { SqliteWriter } from './writer.js'

/** What the thread is started with. */
export interface WriterOptions {
  readonly path: string
  readonly seed: Uint8Array
  readonly originBase: string
  /** a module that makes the signer (signer.ts); the seed signs when left out */
  readonly signerModule?: string
}

/** What can be asked of the thread, and what it answers. */
export type WriterCall =
  | { readonly name: 'append'; readonly units: Uint8Array; readonly nowMs: number }
  | {
      readonly name: 'createLog'
      readonly org: string
      readonly orgName: string
      readonly origin: string
      readonly nowMs: number
    }
  | { readonly name: 'addKey'; readonly key: KeyRecord }
  | { readonly name: 'revokeKey'; readonly id: string; readonly atMs: number }
  | { readonly name: 'putDocument'; readonly document: DocumentToPut; readonly expected: ExpectedRevision }
  | { readonly name: 'deleteDocument'; readonly key: DocumentKey; readonly expected: number | undefined }
  | { readonly name: 'nextKey'; readonly org: string }
  | { readonly name: 'finishErasing' }
  | { readonly name: 'close' }

export type WriterAnswer = { readonly value: unknown } | { readonly error: string }

/** The thread's first message: it is ready, or it never will be. */
export type WriterHello = { readonly originBase: string } | { readonly error: string }

const port = parentPort
if (port === null) throw new Error('assertion failed: worker.ts runs in a worker thread')

const writer = await open(workerData as WriterOptions)
if (writer) {
  port.on('message', (call: WriterCall) => {
    const answer = answerTo(writer, call)
    const value = 'value' in answer && answer.value
    port.postMessage(answer, value instanceof Uint8Array ? [value.buffer as ArrayBuffer] : [])
    if (call.name === 'close') port.close()
  })
}

async function open({ path, seed, originBase, signerModule }: WriterOptions): Promise<SqliteWriter | undefined> {
  try {
    const own = new SeedSigner(seed)
    const opened = openWriter(path, signerModule === undefined ? own : await loadSigner(signerModule, own))
    port?.postMessage({ originBase: opened.settleOriginBase(originBase) } satisfies WriterHello)
    return opened
  } catch (error) {
    port?.postMessage({ error: formatError(error) } satisfies WriterHello)
    return undefined
  }
}

function openWriter(path: string, signer: Signer): SqliteWriter {
  try {
    const db = openForWriting(path)
    try {
      return new SqliteWriter(db, signer)
    } catch (error) {
      db.close()
      throw error
    }
  } catch (error) {
    throw unopenable(path, error)
  }
}

function answerTo(to: SqliteWriter, call: WriterCall): WriterAnswer {
  try {
    return { value: carryOut(to, call) }
  } catch (error) {
    return { error: formatError(error) }
  }
}

function carryOut(to: SqliteWriter, call: WriterCall): unknown {
  switch (call.name) {
    case 'append':
      return packOutcomes(to.append(unpackUnits(call.units), call.nowMs))
    case 'createLog':
      return to.createLog(call.org, call.orgName, call.origin, call.nowMs)
    case 'addKey':
      return to.addApiKey(call.key)
    case 'revokeKey':
      return to.revokeKey(call.id, call.atMs)
    case 'putDocument':
      return to.putDocument(call.document, call.expected)
    case 'deleteDocument':
      return to.deleteDocument(call.key, call.expected)
    case 'nextKey':
      return to.nextKey(call.org)
    case 'finishErasing':
      return to.finishErasing()
    case 'close':
      return to.close()
  }
}
