/** Rotating the key of a log: POST /v1/organizations/{org}/tlog/rotate. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { organizationOf, requireUnbound } from '../access.js'
import { byOf } from '../by.js'
import type { Services } from '../services.js'
import { queryOf } from './events.js'
import { rotateDoc } from './rotation.doc.js'

type ByOrg = { Params: { org: string } }

export function rotationRoutes(app: FastifyInstance, services: Services): void {
  app.post<ByOrg>('/v1/organizations/:org/tlog/rotate', { config: { access: 'admin' }, schema: rotateDoc }, (request) =>
    rotate(services, request),
  )
}

async function rotate(services: Services, request: FastifyRequest<ByOrg>): Promise<object> {
  queryOf(request).done()
  const { caller } = request
  const org = await organizationOf(request, caller, services.organizations, [request.params.org])
  requireUnbound(caller, 'rotates signing keys')
  services.rates.take(caller.keyId, org, 1)
  const { key, checkpoint } = await services.keeping.rotate(org, await byOf(services, request))
  const { origin, generation, vkey, since } = key
  return { object: 'log_key', organization: org, origin, generation, vkey, since, checkpoint }
}
