/** Calls to a witness over HTTP, with a limit on time and on what is read of the answer. */
import { encodeHex, encodeUtf8, sha256 } from '@sealedlog/sdk/base'

export interface WitnessReply {
  readonly status: number
  readonly type: string
  readonly text: string
}

/** What reaches witnesses: the platform's `fetch`, or something like it. */
export type Fetch = typeof globalThis.fetch

export interface WitnessCall {
  readonly fetch: Fetch
  /** the submission prefix, without a slash at its end */
  readonly url: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** Room for a checkpoint with as many cosignatures as a note may hold. */
const REPLY_BYTES_MAX = 262_144

/** Sends a checkpoint with its proof. @throws what `fetch` throws, or when the answer is too long */
export const addCheckpoint = (call: WitnessCall, body: string): Promise<WitnessReply> =>
  ask(call, '/add-checkpoint', { method: 'POST', body, headers: { 'content-type': 'text/plain; charset=utf-8' } })

/** The newest checkpoint that a witness cosigned of a log. */
export const readCheckpoint = (call: WitnessCall, origin: string): Promise<WitnessReply> =>
  ask(call, `/${encodeHex(sha256(encodeUtf8(origin)))}/checkpoint`, { method: 'GET' })

async function ask(
  { fetch, url, timeoutMs, signal }: WitnessCall,
  path: string,
  init: RequestInit,
): Promise<WitnessReply> {
  const response = await fetch(`${url}${path}`, {
    ...init,
    // Where a checkpoint goes is what the policy says, and nobody else.
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  })
  return {
    status: response.status,
    type: (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
    text: await textOf(response),
  }
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    // Leaving the loop ends the connection.
    if (length > REPLY_BYTES_MAX) throw new Error(`the answer has more than ${REPLY_BYTES_MAX} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
