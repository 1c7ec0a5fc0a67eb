/** A witness: cosigns what can only have grown from what it cosigned before, and remembers it first (c2sp.org/tlog-witness). */
import { AuditError, decodeUtf8, equalBytes } from '@sealedlog/sdk/base'
import {
  type Checkpoint,
  checkConsistency,
  cosignatureSigner,
  type CosignerKey,
  EMPTY_ROOT,
  formatNote,
  type LogGrowth,
  type Note,
  type NoteSignature,
  type NoteSigner,
  openNote,
  parseCheckpoint,
  parseGrowth,
  parseNote,
  signNote,
} from '@sealedlog/sdk/merkle'
import type { KnownLogs } from './known-logs.js'
import type { Kept, Ruling, WitnessStore } from './port.js'

/** An answer over HTTP. */
export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422
  readonly type: string
  readonly body: string
}

export const SIZE_TYPE = 'text/x.tlog.size'
export const TEXT_TYPE = 'text/plain; charset=utf-8'

export interface WitnessOptions {
  readonly key: CosignerKey
  readonly store: WitnessStore
  readonly logs: KnownLogs
  readonly nowMs: () => number
}

/** What was sent, read and verified as far as it can be without what is remembered. */
interface Submission {
  readonly growth: LogGrowth
  readonly checkpoint: Checkpoint
  /** the text, with the log's own signatures that hold */
  readonly note: Note
  readonly request: string
}

export class Witness {
  readonly #key: CosignerKey
  readonly #store: WitnessStore
  readonly #nowMs: () => number
  #logs: KnownLogs

  constructor({ key, store, logs, nowMs }: WitnessOptions) {
    this.#key = key
    this.#store = store
    this.#logs = logs
    this.#nowMs = nowMs
  }

  /** Knows these logs from now on; what was cosigned of others stays remembered. */
  setLogs(logs: KnownLogs): void {
    this.#logs = logs
  }

  /**
   * Takes a checkpoint with the proof that it grew from the one before. What is answered is durable.
   *
   * @throws when the memory cannot be written: then nothing may be answered but that
   */
  addCheckpoint(body: Uint8Array): WitnessAnswer {
    const submission = this.#read(body)
    if ('status' in submission) return submission
    return this.#store.advance(submission.checkpoint.origin, (kept) => this.#judge(submission, kept))
  }

  /** The newest checkpoint that was cosigned, by the hex of its origin's SHA-256. */
  checkpoint(originHash: string): WitnessAnswer {
    const kept = this.#store.find(originHash)
    return kept ? { status: 200, type: TEXT_TYPE, body: kept.note } : refuse(404, 'Nothing was cosigned of such a log.')
  }

  #read(body: Uint8Array): Submission | WitnessAnswer {
    let growth: LogGrowth
    let checkpoint: Checkpoint
    const request = textOf(body)
    if (request === undefined) return refuse(400, 'The body is not UTF-8.')
    try {
      growth = parseGrowth(request)
      checkpoint = parseCheckpoint(parseNote(growth.checkpoint).text)
    } catch (error) {
      return refuse(400, messageOf(error))
    }
    const verifiers = this.#logs.get(checkpoint.origin)
    if (verifiers === undefined) return refuse(404, 'This witness does not know that log.')
    try {
      const { text, verified } = openNote(growth.checkpoint, verifiers)
      return { growth, checkpoint, note: { text, signatures: verified }, request }
    } catch (error) {
      return refuse(403, messageOf(error))
    }
  }

  #judge({ growth, checkpoint, note, request }: Submission, kept: Kept | undefined): Ruling<WitnessAnswer> {
    const { oldSize, hashes } = growth
    const { size, root } = checkpoint
    const keptSize = kept?.size ?? 0
    const atSeconds = Math.max(1, Math.floor(this.#nowMs() / 1000))
    // Without lines that anybody may add: else one checkpoint would be as many misfits as there are lines.
    const misfit = { note: formatNote(note), request, atSeconds }
    if (oldSize > size) return { answer: refuse(400, `The old size ${oldSize} is above the checkpoint’s, ${size}.`) }
    // Two roots over one size are two logs under one name: whoever sent it, the log signed both.
    if (kept !== undefined && size === kept.size && !equalBytes(root, kept.root))
      return { answer: sizeOf(keptSize), misfit, isFork: true }
    if (oldSize !== keptSize) return { answer: sizeOf(keptSize) }
    try {
      checkConsistency({ oldSize, newSize: size, oldRoot: kept?.root ?? EMPTY_ROOT, newRoot: root, proof: hashes })
      if (size === 0 && !equalBytes(root, EMPTY_ROOT)) throw new AuditError('proof_failed', 'No leaf has that root.')
    } catch (error) {
      return { answer: refuse(422, messageOf(error)), misfit }
    }
    return this.#cosign(checkpoint, note, Math.max(atSeconds, kept?.timeSeconds ?? 0))
  }

  /** @param timeSeconds never before that of the cosignature that it follows, whatever the clock says */
  #cosign({ size, root }: Checkpoint, note: Note, timeSeconds: number): Ruling<WitnessAnswer> {
    const cosignature = cosign(note.text, cosignatureSigner(this.#key, timeSeconds))
    const whole = formatNote({ text: note.text, signatures: [...note.signatures, cosignature] })
    return {
      answer: { status: 200, type: TEXT_TYPE, body: whole.slice(formatNote(note).length) },
      keep: { size, root, note: whole, timeSeconds },
    }
  }
}

function cosign(text: string, signer: NoteSigner): NoteSignature {
  const [signature] = parseNote(signNote(text, [signer])).signatures
  if (signature === undefined) throw new Error('assertion failed: what was signed has a signature')
  return signature
}

const sizeOf = (size: number): WitnessAnswer => ({ status: 409, type: SIZE_TYPE, body: `${size}\n` })

const refuse = (status: 400 | 403 | 404 | 422, why: string): WitnessAnswer => ({
  status,
  type: TEXT_TYPE,
  body: `${why}\n`,
})

function textOf(body: Uint8Array): string | undefined {
  try {
    return decodeUtf8(body)
  } catch {
    return undefined
  }
}

function messageOf(error: unknown): string {
  if (error instanceof AuditError) return error.message
  throw error
}
