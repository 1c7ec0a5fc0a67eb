/** The witness over HTTP: three routes, and limits on everything a stranger may do. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { TEXT_TYPE, type Witness } from './witness.js'

/** A proof has at most 63 hashes, and a note of sixteen post-quantum signatures has about 80 kB. */
export const WITNESS_BODY_BYTES_MAX = 262_144
export const WITNESS_CONNECTIONS_MAX = 1_000
const REQUEST_MS_MAX = 10_000
const KEEP_ALIVE_MS = 72_000
const TIMEOUT_CHECK_MS = 1_000
const HEADER_BYTES_MAX = 8_192

interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
  readonly headers?: { readonly [name: string]: string }
}

/** What went wrong on the witness's own side. */
export type OnFailure = (error: unknown) => void

/** Makes the server; it serves when `listen` is called. */
export function makeWitnessServer(witness: Witness, onFailure: OnFailure): Server {
  const server = createServer(
    {
      requestTimeout: REQUEST_MS_MAX,
      headersTimeout: REQUEST_MS_MAX,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      maxHeaderSize: HEADER_BYTES_MAX,
    },
    (request, response) => void respond(witness, request, response, onFailure),
  )
  server.maxConnections = WITNESS_CONNECTIONS_MAX
  return server
}

async function respond(
  witness: Witness,
  request: IncomingMessage,
  response: ServerResponse,
  onFailure: OnFailure,
): Promise<void> {
  try {
    const { status, type, body, headers } = await answer(witness, request)
    // What was not read of a request cannot be told from the next one.
    if (!request.complete) response.shouldKeepAlive = false
    response.writeHead(status, {
      'content-type': type,
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    })
    response.end(body)
  } catch (error) {
    if (request.destroyed && !request.complete) return
    onFailure(error)
    if (!response.headersSent) response.writeHead(500, { 'content-type': TEXT_TYPE })
    response.end('Something went wrong here. Nothing was cosigned.\n')
  }
}

async function answer(witness: Witness, request: IncomingMessage): Promise<Answer> {
  const [path = ''] = (request.url ?? '').split('?')
  const [, originHash] = /^\/([0-9a-f]{64})\/checkpoint$/.exec(path) ?? []
  const method = request.method === 'HEAD' ? 'GET' : request.method
  if (path === '/add-checkpoint') {
    if (method !== 'POST') return otherMethod('POST')
    const body = await bodyOf(request)
    return body === undefined
      ? text(413, `The body has more than ${WITNESS_BODY_BYTES_MAX} bytes.`)
      : witness.addCheckpoint(body)
  }
  if (originHash === undefined && path !== '/healthz') return text(404, 'There is nothing at this path.')
  if (method !== 'GET') return otherMethod('GET, HEAD')
  return originHash === undefined ? text(200, 'ok') : witness.checkpoint(originHash)
}

const text = (status: number, line: string): Answer => ({ status, type: TEXT_TYPE, body: `${line}\n` })

const otherMethod = (allow: string): Answer => ({ ...text(405, `This path takes ${allow}.`), headers: { allow } })

/** The whole body, or undefined when it is larger than any checkpoint. */
async function bodyOf(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  if (Number(request.headers['content-length'] ?? 0) > WITNESS_BODY_BYTES_MAX) return undefined
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > WITNESS_BODY_BYTES_MAX) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
