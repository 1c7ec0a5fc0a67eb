/** Event types: /v1/event-types. Whoever may read may read them and check events by them; whoever may administer may change them. */
import type { Json } from '@sealedlog/sdk/base'
import { BOUNDS } from '@sealedlog/sdk/event'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { formatCursor, type RecordedCheck } from '../../log/index.js'
import { parseRegistration, Rules } from '../../types/index.js'
import { organizationOf } from '../access.js'
import { readJson } from '../body.js'
import {
  etagOf,
  findType,
  formatOwn,
  namesOf,
  pageOf,
  readExpected,
  REGISTRATION_DEPTH_MAX,
  type RowPage,
} from '../event-types.js'
import { invalidParameter, type QueryString } from '../query-string.js'
import type { Services } from '../services.js'
import { queryOf, readCursor } from './events.js'
import {
  checkTypeDoc,
  deleteTypeDoc,
  getTypeDoc,
  listTypesDoc,
  listTypeVersionsDoc,
  putTypeDoc,
} from './event-types.doc.js'

interface Named {
  readonly Params: { readonly type: string }
}
type TypeRequest = FastifyRequest<Named>

export function eventTypeRoutes(app: FastifyInstance, services: Services): void {
  app.get('/v1/event-types', { config: { access: 'read' }, schema: listTypesDoc }, (request) => list(services, request))
  app.get<Named>('/v1/event-types/:type', { config: { access: 'read' }, schema: getTypeDoc }, (request, reply) =>
    get(services, request, reply),
  )
  app.get<Named>(
    '/v1/event-types/:type/versions',
    { config: { access: 'read' }, schema: listTypeVersionsDoc },
    (request) => listVersions(services, request),
  )
  app.put<Named>('/v1/event-types/:type', { config: { access: 'admin' }, schema: putTypeDoc }, (request, reply) =>
    put(services, request, reply),
  )
  app.delete<Named>('/v1/event-types/:type', { config: { access: 'admin' }, schema: deleteTypeDoc }, (request) =>
    remove(services, request),
  )
  app.post<Named>('/v1/event-types/:type/check', { config: { access: 'read' }, schema: checkTypeDoc }, (request) =>
    check(services, request),
  )
}

/** Compiling a schema takes as long as recording so many events, at worst. */
const REGISTRATION_COST = 1_000

/** The organization of a call, which has paid for so much. */
async function organizationPaid(services: Services, request: FastifyRequest, cost = 1): Promise<string> {
  const org = await organizationOf(request, request.caller, services.organizations)
  services.rates.take(request.caller.keyId, org, cost)
  return org
}

const readLimit = (query: QueryString): number =>
  query.integer('limit', 1, BOUNDS.LIST_LIMIT_MAX, BOUNDS.LIST_LIMIT_DEFAULT)

const readVersion = (query: QueryString): number | undefined =>
  query.integer('version', 1, Number.MAX_SAFE_INTEGER, undefined)

async function list(services: Services, request: FastifyRequest): Promise<RowPage> {
  const query = queryOf(request)
  const limit = readLimit(query)
  const after = query.one('after') ?? ''
  const include = query.oneOf('include', ['catalogue'])
  query.done()
  const org = await organizationPaid(services, request)
  const names = await namesOf(services.types, org, include !== undefined)
  const shown = names.filter((name) => name > after)
  return pageOf(shown, limit, (name) => findType(services.types, org, name))
}

async function get(services: Services, request: TypeRequest, reply: FastifyReply): Promise<object> {
  const query = queryOf(request)
  const version = readVersion(query)
  query.done()
  const { type } = request.params
  const org = await organizationPaid(services, request)
  const found = version === undefined ? await findType(services.types, org, type) : undefined
  // Where nothing was found, asking for the organization's own says what is missing.
  const row = found ?? formatOwn(await services.types.get(org, type, version), services.types.warningsOf(org, type))
  if (row.revision !== undefined) reply.header('etag', etagOf(row.revision))
  return row
}

async function listVersions(services: Services, request: TypeRequest): Promise<RowPage> {
  const query = queryOf(request)
  const limit = readLimit(query)
  const after = query.integer('after', 0, Number.MAX_SAFE_INTEGER, 0)
  query.done()
  const { type } = request.params
  const org = await organizationPaid(services, request)
  const versions = (await services.types.versions(org, type)).filter((version) => version > after)
  return pageOf(versions, limit, async (version) =>
    formatOwn(await services.types.get(org, type, version), services.types.warningsOf(org, type)),
  )
}

async function put(services: Services, request: TypeRequest, reply: FastifyReply): Promise<object> {
  queryOf(request).done()
  const { expected, rest } = readExpected(request, await readJson(request, REGISTRATION_DEPTH_MAX))
  const org = await organizationPaid(services, request, REGISTRATION_COST)
  const registration = parseRegistration(request.params.type, rest)
  const { row, change } = await services.types.put(org, registration, expected)
  reply.code(change === 'created' ? 201 : 200).header('etag', etagOf(row.revision))
  return { ...formatOwn(row, services.types.warningsOf(org, row.type)), change }
}

async function remove(services: Services, request: TypeRequest): Promise<object> {
  queryOf(request).done()
  const { type } = request.params
  const org = await organizationPaid(services, request)
  await services.types.delete(org, type, readExpected(request).expected)
  return { object: 'event_type', type, deleted: true }
}

async function check(services: Services, request: TypeRequest): Promise<object> {
  const query = queryOf(request)
  const limit = query.integer('limit', 1, BOUNDS.LIST_LIMIT_MAX, BOUNDS.LIST_LIMIT_MAX)
  const cursor = query.one('cursor')
  const version = readVersion(query)
  query.done()
  const { type } = request.params
  const body = await readCandidate(request, version)
  const org = await organizationPaid(services, request, limit + REGISTRATION_COST)
  const candidate = body === undefined ? undefined : parseRegistration(type, body)
  const stored = candidate ? undefined : await services.types.get(org, type, version)
  const rules = new Rules(candidate ?? stored ?? {})
  const found = await services.log.checkRecorded({ org, type, rules, limit, ...readCursor(services, org, cursor) })
  return formatCheck(services, org, type, stored?.version ?? null, found)
}

/** A registration that is not stored: what a body holds, where there is one. */
async function readCandidate(request: TypeRequest, version: number | undefined): Promise<Json | undefined> {
  if (request.headers['content-length'] === '0' || request.body === undefined) return undefined
  const candidate = await readJson(request, REGISTRATION_DEPTH_MAX)
  if (version === undefined) return candidate
  throw invalidParameter('version', 'version names a stored version, and the body holds another one. Send one of them.')
}

function formatCheck(
  services: Services,
  org: string,
  type: string,
  version: number | null,
  { checked, failing, examples, next }: RecordedCheck,
): object {
  return {
    object: 'event_type_check',
    type,
    version,
    checked,
    failing,
    examples,
    has_more: next !== undefined,
    next_cursor: next ? formatCursor(services.cursorKey, org, next) : null,
  }
}
