/** Keys: /v1/keys. A key is shown once, when it is made; what is stored is its hash. */
import {
  AuditError,
  didYouMean,
  formatTime,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  newEventId,
  parseTime,
  TIME_MS_MAX,
} from '@sealedlog/sdk/base'
import { BOUNDS } from '@sealedlog/sdk/event'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type KeyRecord, SCOPES, type Scope } from '../../store/index.js'
import { ANY_ORGANIZATION, type Caller, hashKey, isOrganizationId, mintKey, organizationOf } from '../access.js'
import { readJson } from '../body.js'
import { byOf } from '../by.js'
import type { Services } from '../services.js'
import { queryOf } from './events.js'
import { createKeyDoc, listKeysDoc, revokeKeyDoc } from './keys.doc.js'

export function keyRoutes(app: FastifyInstance, services: Services): void {
  app.post('/v1/keys', { config: { access: 'admin' }, schema: createKeyDoc }, (request, reply) =>
    create(services, request, reply),
  )
  app.get('/v1/keys', { config: { access: 'admin' }, schema: listKeysDoc }, (request) => list(services, request))
  app.delete<{ Params: { id: string } }>(
    '/v1/keys/:id',
    { config: { access: 'admin' }, schema: revokeKeyDoc },
    (request) => revoke(services, request, request.params.id),
  )
}

const formatKey = ({ id, org, name, scopes, createdAtMs, expiresAtMs, revokedAtMs }: KeyRecord): object => ({
  object: 'key',
  id,
  organization: org,
  name,
  scopes,
  created_at: formatTime(createdAtMs),
  expires_at: expiresAtMs === null ? null : formatTime(expiresAtMs),
  revoked_at: revokedAtMs === null ? null : formatTime(revokedAtMs),
})

async function create(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<object> {
  queryOf(request).done()
  const asked = readKey(await readJson(request), services.nowMs())
  const org = await organizationFor(services, request, asked.organization)
  services.keeping.standing.checkOpen(org)
  const key = mintKey(services.random)
  const record: KeyRecord = {
    id: newEventId(services.nowMs(), services.random).replace('evt_', 'key_'),
    hash: hashKey(key),
    org,
    name: asked.name,
    scopes: asked.scopes,
    createdAtMs: services.nowMs(),
    expiresAtMs: asked.expiresAtMs,
    revokedAtMs: null,
  }
  await services.keys.addKey(record)
  await services.keeping.instance.keyCreated(record, await byOf(services, request))
  reply.code(201).header('cache-control', 'no-store')
  return { ...formatKey(record), key }
}

/** An unbound key is the root key's to give: whoever has one reaches every organization. */
async function organizationFor(
  services: Services,
  request: FastifyRequest,
  asked: string | undefined,
): Promise<string> {
  if (asked !== ANY_ORGANIZATION)
    return organizationOf(request, request.caller, services.organizations, asked === undefined ? [] : [asked])
  if (request.caller.root) return ANY_ORGANIZATION
  throw new AuditError('insufficient_scope', 'Only the root key makes keys that are bound to no organization.')
}

async function list(services: Services, request: FastifyRequest): Promise<object> {
  const query = queryOf(request)
  const asked = query.one('organization')
  query.done()
  const everywhere = asked === undefined && request.caller.org === ANY_ORGANIZATION
  const org = everywhere ? undefined : await visibleOrganization(services, request, asked)
  const keys = await services.keys.listKeys(org)
  return { object: 'list', data: keys.map(formatKey), has_more: false }
}

const visibleOrganization = async (
  services: Services,
  request: FastifyRequest,
  asked: string | undefined,
): Promise<string> =>
  asked === ANY_ORGANIZATION && request.caller.org === ANY_ORGANIZATION
    ? ANY_ORGANIZATION
    : organizationOf(request, request.caller, services.organizations, asked === undefined ? [] : [asked])

async function revoke(services: Services, request: FastifyRequest, id: string): Promise<object> {
  queryOf(request).done()
  const key = await services.keys.getKey(id)
  if (key === undefined || !reaches(request.caller, key))
    throw new AuditError('key_not_found', `There is no key with the id ${JSON.stringify(id.slice(0, 60))} here.`)
  if (key.org !== ANY_ORGANIZATION) await organizationOf(request, request.caller, services.organizations, [key.org])
  await services.keys.revokeKey(id, services.nowMs())
  await services.keeping.instance.keyRevoked(key, await byOf(services, request))
  return formatKey((await services.keys.getKey(id)) ?? key)
}

const reaches = (caller: Caller, key: KeyRecord): boolean =>
  caller.root || key.org === caller.org || (caller.org === ANY_ORGANIZATION && key.org !== ANY_ORGANIZATION)

interface AskedKey {
  readonly organization: string | undefined
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly expiresAtMs: number | null
}

const MEMBERS = ['organization', 'name', 'scopes', 'expires_at']

function readKey(body: Json, nowMs: number): AskedKey {
  if (!isJsonObject(body)) throw refused('A key request is a JSON object.')
  const unknown = Object.keys(body).find((member) => !MEMBERS.includes(member))
  if (unknown !== undefined)
    throw refused(
      `A key has no member ${JSON.stringify(unknown.slice(0, 60))}.${didYouMean(unknown, MEMBERS) || ` Known: ${MEMBERS.join(', ')}.`}`,
    )
  const { organization, name } = body
  if (organization !== undefined && !isOrganization(organization))
    throw refused('organization must be an organization’s id, or * for none.')
  if (typeof name !== 'string' || name === '' || name.length > BOUNDS.NAME_CHARS_MAX)
    throw refused(`name must be a string of 1 to ${BOUNDS.NAME_CHARS_MAX} characters (limit NAME_CHARS_MAX).`)
  return { organization, name, scopes: readScopes(body), expiresAtMs: readExpiry(body, nowMs) }
}

const isOrganization = (value: Json): value is string =>
  typeof value === 'string' && (value === ANY_ORGANIZATION || isOrganizationId(value))

function readScopes({ scopes }: JsonObject): readonly Scope[] {
  const known = isJsonArray(scopes) ? SCOPES.filter((scope) => scopes.includes(scope)) : []
  if (isJsonArray(scopes) && known.length > 0 && known.length === scopes.length) return known
  throw refused(`scopes must be a list of ${SCOPES.join(', ')}, each at most once.`)
}

function readExpiry({ expires_at: text }: JsonObject, nowMs: number): number | null {
  if (text === undefined || text === null) return null
  const expiresAtMs = typeof text === 'string' ? parseTime(text) : undefined
  if (expiresAtMs === undefined || expiresAtMs <= nowMs || expiresAtMs > TIME_MS_MAX)
    throw refused('expires_at must be an RFC 3339 date-time that is still to come.')
  return expiresAtMs
}

const refused = (message: string): AuditError => new AuditError('invalid_key_request', message)
