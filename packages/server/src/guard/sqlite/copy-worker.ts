/** The thread that copies: it takes as long as the disk does, and somebody may be watching a progress bar. */
import { parentPort, workerData } from 'node:worker_threads'
import { copyCompactly } from './copy.js'

const { from, to } = workerData as { readonly from: string; readonly to: string }
copyCompactly(from, to)
parentPort?.postMessage('copied', [])
