/** Recording and reading events in the native form: /v1/events. */
import type { Dialect } from '@sealedlog/sdk/dialect'
import { BOUNDS } from '@sealedlog/sdk/event'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import {
  countShown,
  type Evidence,
  formatCursor,
  type PageRequest,
  parseCursor,
  type Receipt,
  type Receipts,
} from '../../log/index.js'
import { organizationOf } from '../access.js'
import { readBatch, readJson } from '../body.js'
import { parsePairs, QueryString } from '../query-string.js'
import { readAsked } from '../saved-queries.js'
import { aboutLoneEvent, readDialect, readEvent, readEvents } from '../say.js'
import type { Services } from '../services.js'
import { recordAs } from '../told.js'
import { batchDoc, eventDoc, listDoc, recordDoc } from './events.doc.js'

export function eventRoutes(app: FastifyInstance, services: Services): void {
  app.post(
    '/v1/events',
    { config: { access: 'write' }, bodyLimit: BOUNDS.BODY_BYTES_MAX, schema: recordDoc },
    (request, reply) => recordOne(services, request, reply),
  )
  app.post(
    '/v1/events/batch',
    { config: { access: 'write' }, bodyLimit: BOUNDS.BATCH_BYTES_MAX, schema: batchDoc },
    (request, reply) => recordBatch(services, request, reply),
  )
  app.get('/v1/events', { config: { access: 'read' }, schema: listDoc }, (request, reply) =>
    list(services, request, reply),
  )
  app.get<{ Params: { id: string } }>('/v1/events/:id', { config: { access: 'read' }, schema: eventDoc }, (request) =>
    getOne(services, request, request.params.id),
  )
}

/** The query of a request, to be read strictly. */
export const queryOf = (request: FastifyRequest): QueryString => new QueryString(parsePairs(request.query as string))

async function recordOne(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<object> {
  const query = queryOf(request)
  const dialect = readDialect(query)
  const include = query.oneOf('include', ['proof'])
  query.done()
  const event = readEvent(dialect, await readJson(request), services.nowMs())
  const org = await organizationOf(
    request,
    request.caller,
    services.organizations,
    event.org === undefined ? [] : [event.org],
  )
  services.rates.take(request.caller.keyId, org, 1)
  const said = recordAs(dialect, services.log, org, [event], request.caller.keyId)
  const receipts = await said.catch((error: unknown) => {
    throw aboutLoneEvent(error)
  })
  const [receipt] = await withProofs(services, receipts, include)
  reply.code(statusOf(services, receipts))
  return { ...receipt, checkpoint: receipts.checkpoint }
}

async function recordBatch(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<object> {
  const query = queryOf(request)
  const dialect = readDialect(query)
  const include = query.oneOf('include', ['proof'])
  query.done()
  const events = readEvents(dialect, await readBatch(request), services.nowMs())
  const named = new Set(events.map((event) => event.org).filter((org) => org !== undefined))
  const org = await organizationOf(request, request.caller, services.organizations, [...named])
  services.rates.take(request.caller.keyId, org, events.length)
  const receipts = await recordAs(dialect, services.log, org, events, request.caller.keyId)
  reply.code(statusOf(services, receipts))
  return { data: await withProofs(services, receipts, include), checkpoint: receipts.checkpoint }
}

/** 201 where anything is new, 200 where all of it was recorded before. */
function statusOf({ metrics }: Services, receipts: Receipts): number {
  let recorded = 0
  for (const { status, warnings } of receipts.data) {
    if (status === 'recorded') recorded++
    if (warnings) metrics.warned(warnings.length)
  }
  const duplicates = receipts.data.length - recorded
  if (recorded > 0) metrics.acknowledged('recorded', recorded)
  if (duplicates > 0) metrics.acknowledged('duplicate', duplicates)
  return recorded > 0 ? 201 : 200
}

async function withProofs(
  { log }: Services,
  receipts: Receipts,
  include: 'proof' | undefined,
): Promise<readonly (Receipt & Partial<Evidence>)[]> {
  if (include === undefined) return receipts.data
  const entries = await log.readAt(
    receipts.org,
    receipts.data.map((receipt) => receipt.index),
  )
  const evidence = await Promise.all(entries.map((entry) => log.evidence(receipts.org, entry, receipts.size)))
  return receipts.data.map((receipt, i) => ({ ...receipt, ...evidence[i] }))
}

async function list(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<object> {
  const { caller } = request
  const org = await organizationOf(request, caller, services.organizations)
  const query = queryOf(request)
  const dialect = readDialect(query)
  const page: PageRequest = {
    org,
    query: await readAsked(services.documents, org, query),
    order: query.oneOf('order', ['desc', 'asc']) ?? 'desc',
    limit: query.integer('limit', 1, BOUNDS.LIST_LIMIT_MAX, BOUNDS.LIST_LIMIT_DEFAULT),
    ...readCursor(services, org, query.one('cursor')),
  }
  query.done()
  services.rates.take(caller.keyId, org, 1)
  const answer = await readList(services, page, dialect, { keyId: caller.keyId, kind: 'list' })
  if (answer.next_cursor !== null) reply.header('link', `<${nextUrl(request, answer.next_cursor)}>; rel="next"`)
  return answer
}

/** The answer of every list: a page may be shorter than its limit, even empty, and still have more behind it. */
export async function readList(
  { log, cursorKey, keeping }: Services,
  page: PageRequest,
  dialect: Dialect,
  reader: Reader,
): Promise<ListAnswer> {
  const { events, next } = await log.list(page)
  keeping.reads.count(page.org, reader.keyId, reader.kind, { entries: countShown(events) })
  const next_cursor = next ? formatCursor(cursorKey, page.org, next) : null
  return { object: 'list', data: events.map((event) => dialect.to(event)), has_more: next !== undefined, next_cursor }
}

/** Who asks for a list, and by which route: what is counted of it. */
interface Reader {
  readonly keyId: string
  readonly kind: 'list' | 'search'
}

export interface ListAnswer {
  readonly object: 'list'
  readonly data: readonly object[]
  readonly has_more: boolean
  readonly next_cursor: string | null
}

export const readCursor = (services: Services, org: string, cursor: string | undefined): Pick<PageRequest, 'after'> =>
  cursor === undefined ? {} : { after: parseCursor(services.cursorKey, org, cursor) }

function nextUrl(request: FastifyRequest, cursor: string): string {
  const pairs = parsePairs(request.query as string).filter(([name]) => name !== 'cursor')
  const query = new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value]))
  query.append('cursor', cursor)
  return `/v1/events?${query.toString()}`
}

async function getOne(services: Services, request: FastifyRequest, id: string): Promise<object> {
  const { caller } = request
  const org = await organizationOf(request, caller, services.organizations)
  const query = queryOf(request)
  const dialect = readDialect(query)
  const include = query.oneOf('include', ['proof'])
  query.done()
  services.rates.take(caller.keyId, org, 1)
  const { event, entry } = await services.log.get(org, id)
  services.keeping.reads.count(org, caller.keyId, 'get', { entries: countShown([event]) })
  if (include === undefined) return dialect.to(event)
  const { checkpoint, size } = await services.log.head(org)
  return { ...dialect.to(event), proof: { ...(await services.log.evidence(org, entry, size)), checkpoint } }
}
