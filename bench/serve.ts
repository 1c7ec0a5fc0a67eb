/**
 * One of the servers that are measured, in a process of its own. All of them are Fastify with the same HTTP options; what
 * they do with a body is what differs.
 */
import './profile-threads.ts'
import fastify, { type FastifyInstance } from 'fastify'
import type { JsonBody, Recorder } from './targets/recorder.ts'
import { answer } from './child.ts'
import { organizations } from './vocabulary.ts'

export type TargetName = 'sealedlog' | 'parse' | 'insert' | 'sequence'

export interface StartRequest {
  readonly start: TargetName
  readonly folder: string
  readonly key: string
  /** without what was recorded before */
  readonly fresh: boolean
  /** small ones, beside the big one */
  readonly organizations: number
  /** of the PostgreSQL server, for those that write to it */
  readonly postgresUrl?: string
}

/** Where the target listens, and what it took to get there. */
export interface Started {
  readonly url: string
  readonly startMs: number
}

interface Running {
  readonly url: string
  close(): Promise<void>
}

const HOST = '127.0.0.1'
const CREATE_AT_ONCE = 64

let running: Running | undefined

async function start(request: StartRequest): Promise<Started> {
  // Reading the code from disk is no part of a start that has much or little to open.
  await import('../packages/server/dist/server.js')
  const begun = performance.now()
  running = request.start === 'sealedlog' ? await startSealedlog(request) : await startOther(request)
  const startMs = performance.now() - begun
  if (request.start === 'sealedlog' && request.fresh) await createOrganizations(running.url, request)
  return { url: running.url, startMs }
}

/** The real server. Rates are for callers who share it; here one caller is to have all of it. */
async function startSealedlog({ folder, key }: StartRequest): Promise<Running> {
  const { startServer } = await import('../packages/server/dist/server.js')
  const { keepYoungGeneration } = await import('../packages/server/dist/cli/runtime.js')
  const server = await startServer({ data: folder, port: 0, rootKey: key, rates: { perKey: 0, perOrganization: 0 } })
  // As `sealedlog serve` does.
  keepYoungGeneration()
  return server
}

/** Its logs: made before anything is measured. */
async function createOrganizations(url: string, { key, organizations: small }: StartRequest): Promise<void> {
  const left = [...organizations(small)]
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const create = async (): Promise<void> => {
    for (let org = left.pop(); org !== undefined; org = left.pop()) {
      const body = JSON.stringify({ name: org })
      const { ok, status } = await fetch(`${url}/v1/organizations/${org}`, { method: 'PUT', headers, body })
      if (!ok) throw new Error(`PUT /v1/organizations/${org} answered ${status}`)
    }
  }
  await Promise.all(Array.from({ length: CREATE_AT_ONCE }, create))
}

/** The same HTTP, and a recorder behind it. */
async function startOther(request: StartRequest): Promise<Running> {
  const { HTTP_OPTIONS } = await import('../packages/server/dist/http/index.js')
  const recorder = await recorderOf(request)
  const app = fastify({
    logger: false,
    bodyLimit: 2 ** 24,
    requestTimeout: HTTP_OPTIONS.requestTimeoutMs,
    keepAliveTimeout: HTTP_OPTIONS.keepAliveTimeoutMs,
  })
  addRoutes(app, recorder)
  const url = await app.listen({ port: 0, host: HOST })
  const close = async (): Promise<void> => {
    await app.close()
    await recorder.close()
  }
  return { url, close }
}

function addRoutes(app: FastifyInstance, recorder: Recorder): void {
  app.post('/v1/events', async ({ body }, reply) => {
    reply.code(201)
    return { recorded: await recorder.record([body as JsonBody]) }
  })
  app.post('/v1/events/batch', async ({ body }, reply) => {
    reply.code(201)
    return { recorded: await recorder.record(body as readonly JsonBody[]) }
  })
}

async function recorderOf({ start, fresh, organizations: small, postgresUrl = '' }: StartRequest): Promise<Recorder> {
  if (start === 'insert') return (await import('./targets/insert.ts')).openInsert(postgresUrl, fresh)
  if (start === 'sequence') return (await import('./targets/sequence.ts')).openSequence(postgresUrl, fresh, small)
  return { record: async (events) => events.length, close: async () => undefined }
}

answer(start, async () => running?.close())
