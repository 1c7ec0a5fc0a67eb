/** OpenAI's route, exactly as its clients use it: GET /v1/organization/audit_logs. */
import { AuditError } from '@sealedlog/sdk/base'
import { DIALECTS } from '@sealedlog/sdk/dialect'
import { type ListPosition, positionOf } from '@sealedlog/sdk/event'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { countShown } from '../../log/index.js'
import { organizationOf } from '../access.js'
import { readOpenAiQuery } from '../openai-query.js'
import { parsePairs } from '../query-string.js'
import type { Services } from '../services.js'
import { openAiListDoc } from './openai.doc.js'

export function openAiRoutes(app: FastifyInstance, services: Services): void {
  app.get('/v1/organization/audit_logs', { config: { access: 'read' }, schema: openAiListDoc }, (request) =>
    list(services, request),
  )
}

async function list(services: Services, request: FastifyRequest): Promise<object> {
  const { caller } = request
  const asked = readOpenAiQuery(parsePairs(request.query as string))
  const org = await organizationOf(request, caller, services.organizations)
  services.rates.take(caller.keyId, org, 1)
  const after = await positionAt(services, org, 'after', asked.after)
  const before = await positionAt(services, org, 'before', asked.before)
  const { events, next } = await services.log.list({
    org,
    query: asked.query,
    order: 'desc',
    limit: asked.limit,
    // `before` alone is the page that ends there; with `after` it closes a window that is filled from `after`.
    backwards: before !== undefined && after === undefined,
    ...(after && { after }),
    ...(before && { before }),
  })
  services.keeping.reads.count(org, caller.keyId, 'audit_logs', { entries: countShown(events) })
  const data = events.map((event) => DIALECTS.openai.to(event))
  return {
    object: 'list',
    data,
    first_id: events[0]?.id ?? null,
    last_id: events.at(-1)?.id ?? null,
    has_more: next !== undefined,
  }
}

/** Where an event stands by its id, whether or not the filters match it. */
async function positionAt(
  { log }: Services,
  org: string,
  param: string,
  id: string | undefined,
): Promise<ListPosition | undefined> {
  if (id === undefined) return undefined
  const found = await log.find(org, id)
  if (found) return positionOf(found.event)
  throw new AuditError('invalid_cursor', `No such event for ${param}: ${JSON.stringify(id.slice(0, 128))}.`, { param })
}
