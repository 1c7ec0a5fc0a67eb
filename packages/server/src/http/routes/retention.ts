/** For how long entries are kept, and legal holds: /v1/organizations/{org}/retention and …/hold. */
import { AuditError } from '@sealedlog/sdk/base'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Hold, readHold, readRetention, type RetentionRules } from '../../log/index.js'
import { ANY_ORGANIZATION, organizationOf } from '../access.js'
import { readJson } from '../body.js'
import { byOf } from '../by.js'
import type { Services } from '../services.js'
import { queryOf } from './events.js'
import {
  deleteRetentionDoc,
  getHoldDoc,
  getRetentionDoc,
  liftHoldDoc,
  placeHoldDoc,
  previewRetentionDoc,
  putRetentionDoc,
} from './retention.doc.js'

type ByOrg = { Params: { org: string } }

export function retentionRoutes(app: FastifyInstance, services: Services): void {
  const { keeping } = services
  const asked = (request: FastifyRequest<ByOrg>) => organizationAsked(services, request)
  const at = '/v1/organizations/:org/retention'
  app.get<ByOrg>(at, { config: { access: 'admin' }, schema: getRetentionDoc }, async (request) => {
    const org = await asked(request)
    return formatRetention(org, keeping.retention.get(org))
  })
  app.put<ByOrg>(at, { config: { access: 'admin' }, schema: putRetentionDoc }, async (request) => {
    const org = await asked(request)
    await keeping.retention.set(org, readRetention(await readJson(request)), await byOf(services, request))
    return formatRetention(org, keeping.retention.get(org))
  })
  app.delete<ByOrg>(at, { config: { access: 'admin' }, schema: deleteRetentionDoc }, async (request) => {
    const org = await asked(request)
    await keeping.retention.clear(org, await byOf(services, request))
    return formatRetention(org, keeping.retention.get(org))
  })
  app.get<ByOrg>(`${at}/preview`, { config: { access: 'admin' }, schema: previewRetentionDoc }, async (request) => {
    const org = await asked(request)
    const { rules, acts_from, entries, buckets, ranges, complete } = await keeping.retention.preview(org)
    const found = { acts_from, entries, entries_by_bucket: buckets, ranges, complete }
    return { ...formatRetention(org, rules), object: 'retention_preview', ...found }
  })
}

export function holdRoutes(app: FastifyInstance, services: Services): void {
  const { keeping } = services
  const asked = (request: FastifyRequest<ByOrg>) => organizationAsked(services, request)
  const at = '/v1/organizations/:org/hold'
  app.get<ByOrg>(at, { config: { access: 'admin' }, schema: getHoldDoc }, async (request) => {
    const org = await asked(request)
    return formatHold(org, keeping.holds.get(org))
  })
  app.put<ByOrg>(at, { config: { access: 'admin' }, schema: placeHoldDoc }, async (request) => {
    const org = await asked(request)
    const reason = readHold(await readJson(request))
    await requireReach(services, request, keeping.holds.get(org))
    return formatHold(org, await keeping.holds.place(org, reason, await byOf(services, request)))
  })
  app.delete<ByOrg>(at, { config: { access: 'admin' }, schema: liftHoldDoc }, async (request) => {
    const org = await asked(request)
    await requireReach(services, request, keeping.holds.get(org))
    await keeping.holds.lift(org, await byOf(services, request))
    return formatHold(org, keeping.holds.get(org))
  })
}

/**
 * What the operator holds, only the operator lets go: a hold that an unbound key placed is out of the reach of the keys of the
 * organization that it is about.
 *
 * @throws AuditError `insufficient_scope`
 */
async function requireReach({ keys }: Services, { caller }: FastifyRequest, hold: Hold | undefined): Promise<void> {
  if (hold === undefined || caller.org === ANY_ORGANIZATION) return
  const placer = await keys.getKey(hold.placed_by)
  if (placer !== undefined && placer.org !== ANY_ORGANIZATION) return
  throw new AuditError(
    'insufficient_scope',
    `The hold was placed by ${hold.placed_by}, a key that is bound to no organization: it takes such a key to change or lift it.`,
  )
}

async function organizationAsked(services: Services, request: FastifyRequest<ByOrg>): Promise<string> {
  queryOf(request).done()
  const org = await organizationOf(request, request.caller, services.organizations, [request.params.org])
  services.rates.take(request.caller.keyId, org, 1)
  return org
}

const formatRetention = (organization: string, { default_days, buckets }: RetentionRules): object => ({
  object: 'retention',
  organization,
  default_days,
  buckets,
})

const formatHold = (organization: string, hold: Hold | undefined): object => ({
  object: 'hold',
  organization,
  held: hold !== undefined,
  reason: hold?.reason ?? null,
  placed_at: hold?.placed_at ?? null,
  placed_by: hold?.placed_by ?? null,
})
