/** Following a log: /v1/events/tail, by long poll or as an event stream. */
import { BOUNDS } from '@sealedlog/sdk/event'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { BEFORE_FIRST, countShown } from '../../log/index.js'
import { organizationOf } from '../access.js'
import { asksForStream, STREAM_HEADERS } from '../event-stream.js'
import { invalidParameter, type QueryString } from '../query-string.js'
import { readAsked } from '../saved-queries.js'
import { readDialect } from '../say.js'
import type { Services } from '../services.js'
import { runStream } from '../tail-stream.js'
import { queryOf } from './events.js'
import { tailDoc } from './events.doc.js'

export function tailRoutes(app: FastifyInstance, services: Services): void {
  app.get('/v1/events/tail', { config: { access: 'read' }, schema: tailDoc }, (request, reply) => {
    reply.header('vary', 'Accept')
    return asksForStream(request.headers.accept) ? stream(services, request, reply) : poll(services, request, reply)
  })
}

async function poll(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<object> {
  const { caller } = request
  const org = await organizationOf(request, caller, services.organizations)
  const query = queryOf(request)
  const dialect = readDialect(query)
  const asked = {
    org,
    query: await readAsked(services.documents, org, query),
    after: readAfter('after', query.one('after')),
    limit: query.integer('limit', 1, BOUNDS.LIST_LIMIT_MAX, BOUNDS.LIST_LIMIT_DEFAULT),
    waitMs: query.integer('wait', 0, BOUNDS.TAIL_WAIT_SECONDS_MAX, 0) * 1000,
    signal: goneOf(reply),
  }
  query.done()
  services.rates.take(caller.keyId, org, 1)
  const page = await services.log.tail(asked)
  services.keeping.reads.count(org, caller.keyId, 'tail', { entries: countShown(page.events) })
  return { object: 'list', data: page.events.map((event) => dialect.to(event)), next: page.next }
}

/** Everything that can be refused is refused before the stream begins: then by a status, not by an event. */
async function stream(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { caller } = request
  const org = await organizationOf(request, caller, services.organizations)
  const query = queryOf(request)
  const [dialect, filters, after] = [
    readDialect(query),
    await readAsked(services.documents, org, query),
    readStart(request, query),
  ]
  for (const name of ['limit', 'wait'] as const) refuseInStream(query, name)
  query.done()
  services.rates.take(caller.keyId, org, 1)
  const asked = { org, query: filters, dialect, after: await services.log.startOf(org, after) }
  if (request.method === 'HEAD') return reply.headers(STREAM_HEADERS).send()
  const open = services.streams.open([`key ${caller.keyId}`, `organization ${org}`], reply.raw)
  services.keeping.reads.count(org, caller.keyId, 'stream', { entries: 0 })
  await runStream(services, request, reply, open, asked)
  return reply
}

/** A client that lost its connection says what it saw last, by the same address as before: that wins. */
function readStart(request: FastifyRequest, query: QueryString): number | 'latest' {
  const after = readAfter('after', query.one('after'))
  const last = request.headers['last-event-id']
  return last === undefined ? after : readAfter('Last-Event-ID', String(last))
}

function refuseInStream(query: QueryString, name: string): void {
  if (query.one(name) === undefined) return
  throw invalidParameter(name, `${name} is for the long poll: an event stream goes on by itself. Leave it out.`)
}

/** Aborted when the connection closes before the answer is sent: nobody is waiting any more. */
function goneOf(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => controller.abort())
  return controller.signal
}

/** Nothing said is from the start: after −1, the index before the first. */
function readAfter(name: 'after' | 'Last-Event-ID', text: string | undefined): number | 'latest' {
  if (text === undefined) return BEFORE_FIRST
  if (text === 'latest' && name === 'after') return text
  const after = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(after) && after >= BEFORE_FIRST) return after
  throw invalidParameter(
    name,
    `${name} is ${JSON.stringify(text.slice(0, 60))}; expected an index${name === 'after' ? ', -1 for the start, or latest' : ', as the ids of events are'}.`,
  )
}
