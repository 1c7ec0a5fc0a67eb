/** Everything that proves one event, as a file that is checked offline: GET /v1/events/{id}/evidence. */
import { formatEvidence } from '@sealedlog/sdk/verify'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { checkWithheld } from '../../log/index.js'
import { organizationOf } from '../access.js'
import type { Services } from '../services.js'
import { queryOf } from './events.js'
import { evidenceDoc } from './evidence.doc.js'

type ById = { Params: { id: string } }

export function evidenceRoutes(app: FastifyInstance, services: Services): void {
  app.get<ById>('/v1/events/:id/evidence', { config: { access: 'read' }, schema: evidenceDoc }, (request, reply) =>
    send(services, request, reply),
  )
}

async function send(services: Services, request: FastifyRequest<ById>, reply: FastifyReply): Promise<FastifyReply> {
  const query = queryOf(request)
  const groups = query.many('withhold').flatMap((text) => text.split(','))
  const withhold = checkWithheld(groups, 'invalid_parameter', 'withhold')
  query.done()
  const org = await organizationOf(request, request.caller, services.organizations)
  services.rates.take(request.caller.keyId, org, 1)
  const cosigned = await services.cosigned.newest(org)
  const evidence = await services.log.proofs.evidenceFile(org, request.params.id, withhold, cosigned)
  services.keeping.reads.count(org, request.caller.keyId, 'evidence', { entries: 1 })
  // What is erased must be gone from the next answer.
  reply.header('cache-control', 'no-store').type('application/json; charset=utf-8')
  return reply.send(formatEvidence(evidence))
}
