/** Organizations: /v1/organizations. Each is a log of its own, which is never deleted: an organization is closed. */
import { AuditError, formatTime, isJsonObject, type Json } from '@sealedlog/sdk/base'
import { BOUNDS } from '@sealedlog/sdk/event'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isServersOwn } from '../../log/index.js'
import type { LogHead } from '../../store/index.js'
import { ANY_ORGANIZATION, isOrganizationId, organizationOf, requireUnbound } from '../access.js'
import { readJson } from '../body.js'
import { byOf } from '../by.js'
import type { Services } from '../services.js'
import { queryOf } from './events.js'
import {
  closeOrganizationDoc,
  createOrganizationDoc,
  listOrganizationsDoc,
  organizationDoc,
  putOrganizationDoc,
} from './organizations.doc.js'

type ById = { Params: { org: string } }

export function organizationRoutes(app: FastifyInstance, services: Services): void {
  app.post('/v1/organizations', { config: { access: 'admin' }, schema: createOrganizationDoc }, (request, reply) =>
    create(services, request, reply),
  )
  app.put<ById>(
    '/v1/organizations/:org',
    { config: { access: 'admin' }, schema: putOrganizationDoc },
    (request, reply) => put(services, request, reply, request.params.org),
  )
  app.get('/v1/organizations', { config: { access: 'admin' }, schema: listOrganizationsDoc }, (request) =>
    list(services, request),
  )
  app.get<ById>('/v1/organizations/:org', { config: { access: 'any' }, schema: organizationDoc }, async (request) => {
    queryOf(request).done()
    const org = await organizationOf(request, request.caller, services.organizations, [request.params.org])
    return formatOrganization(services, await services.log.head(org))
  })
  app.delete<ById>('/v1/organizations/:org', { config: { access: 'admin' }, schema: closeOrganizationDoc }, (request) =>
    close(services, request),
  )
}

function formatOrganization({ keeping }: Services, head: LogHead): object {
  const { org, name, createdAtMs, origin, vkey, size } = head
  const closing = keeping.standing.closingOf(org)
  return {
    object: 'organization',
    id: org,
    name,
    created_at: formatTime(createdAtMs),
    origin,
    vkey,
    size,
    ...(closing && { closed_at: closing.closed_at }),
  }
}

async function create(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<object> {
  const { id, name } = readOrganization(await readJson(request), ['id', 'name'])
  return make(services, request, reply, id, name)
}

async function put(services: Services, request: FastifyRequest, reply: FastifyReply, org: string): Promise<object> {
  const body = request.headers['content-length'] === '0' || request.body === undefined ? {} : await readJson(request)
  const { name } = readOrganization(body, ['name'])
  return make(services, request, reply, org, name)
}

/** Creates it, or answers with the one that exists: 201 or 200. */
async function make(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  org: string | undefined,
  name: string | undefined,
): Promise<object> {
  queryOf(request).done()
  requireUnbound(request.caller, 'creates organizations')
  if (org === undefined || !isOrganizationId(org) || isServersOwn(org)) throw invalidId(org)
  const existed = await services.organizations.exists(org)
  const head = await services.organizations.create(org, name ?? org)
  // Also of one that existed: whoever made it may not have come to say so. What is said already is not said again.
  await services.keeping.instance.organizationCreated(head, await byOf(services, request))
  reply.code(existed ? 200 : 201)
  return formatOrganization(services, head)
}

/** Closes it; one that is closed already is answered the same. */
async function close(services: Services, request: FastifyRequest<ById>): Promise<object> {
  queryOf(request).done()
  const org = await organizationOf(request, request.caller, services.organizations, [request.params.org])
  requireUnbound(request.caller, 'closes organizations')
  services.rates.take(request.caller.keyId, org, 1)
  await services.keeping.closings.close(org, await byOf(services, request))
  return formatOrganization(services, await services.log.head(org))
}

async function list(services: Services, request: FastifyRequest): Promise<object> {
  const query = queryOf(request)
  const limit = query.integer('limit', 1, BOUNDS.LIST_LIMIT_MAX, BOUNDS.LIST_LIMIT_DEFAULT)
  const after = query.one('after') ?? ''
  query.done()
  if (request.caller.org !== ANY_ORGANIZATION) {
    const own = await organizationOf(request, request.caller, services.organizations)
    return { object: 'list', data: [formatOrganization(services, await services.log.head(own))], has_more: false }
  }
  // One more tells whether more follow, and the server's own, which is not shown, may be one of them.
  const heads = await services.log.organizations(after, limit + 2)
  const shown = heads.filter((head) => !isServersOwn(head.org))
  const data = shown.slice(0, limit).map((head) => formatOrganization(services, head))
  return { object: 'list', data, has_more: shown.length > limit }
}

function readOrganization(body: Json, members: readonly string[]): { readonly id?: string; readonly name?: string } {
  if (!isJsonObject(body)) throw new AuditError('invalid_organization', 'An organization is a JSON object.')
  for (const [member, value] of Object.entries(body)) {
    if (!members.includes(member))
      throw new AuditError(
        'invalid_organization',
        `An organization has no member ${JSON.stringify(member.slice(0, 60))} here. Known: ${members.join(', ')}.`,
      )
    if (typeof value !== 'string' || value === '' || value.length > BOUNDS.NAME_CHARS_MAX) {
      throw new AuditError(
        'invalid_organization',
        `${member} must be a string of 1 to ${BOUNDS.NAME_CHARS_MAX} characters (limit NAME_CHARS_MAX).`,
      )
    }
  }
  return body
}

const invalidId = (org: string | undefined): AuditError =>
  new AuditError(
    'invalid_organization',
    `${org === undefined ? 'The id is missing' : `${JSON.stringify(org.slice(0, 60))} cannot be an organization’s id`}: 1 to ${BOUNDS.ID_CHARS_MAX} letters, digits and . _ : - and no leading _, which is the server’s own (limit ID_CHARS_MAX).`,
  )
