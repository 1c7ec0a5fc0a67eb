/** The thread that writes marks: they may lie on a slow disk or on another machine, for which no request shall wait. */
import { parentPort, workerData } from 'node:worker_threads'
import { AuditError } from '@sealedlog/sdk/base'
import { type MarksToWrite, unusableMarks } from '../marks.js'
import { MarksFile } from './marks-file.js'

export interface MarksWorkerOptions {
  readonly path: string
  /** fingerprint */
  readonly seed: string
}

export type MarksCall =
  | { readonly name: 'read' }
  | { readonly name: 'write'; readonly what: MarksToWrite; readonly nowMs: number }
  | { readonly name: 'close' }

export type MarksAnswer = { readonly value: unknown } | { readonly error: string }

const port = parentPort
if (port === null) throw new Error('assertion failed: marks-worker.ts runs in a worker thread')

const { path, seed } = workerData as MarksWorkerOptions
let file: MarksFile | undefined

port.on('message', (call: MarksCall) => {
  port.postMessage(answerTo(call), [])
  if (call.name === 'close') port.close()
})

/** Opened by the first call that needs it, and again after a failure: a drive that was away may be back. */
function answerTo(call: MarksCall): MarksAnswer {
  try {
    if (call.name === 'close') return { value: file?.close() }
    file ??= new MarksFile(path, seed)
    return { value: call.name === 'read' ? file.read() : file.write(call.what, call.nowMs) }
  } catch (error) {
    letGo()
    return { error: (error instanceof AuditError ? error : unusableMarks(path, String(error))).message }
  }
}

function letGo(): void {
  try {
    file?.close()
  } catch {
    // It is let go of because it failed; that it fails here too is no news.
  }
  file = undefined
}
