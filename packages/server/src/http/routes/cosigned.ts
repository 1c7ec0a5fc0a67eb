/** What witnesses signed: the newest checkpoint of a log with their cosignatures. */
import { AuditError } from '@sealedlog/sdk/base'
import type { FastifyInstance } from 'fastify'
import { organizationOf } from '../access.js'
import type { Services } from '../services.js'
import { cosignedDoc } from './cosigned.doc.js'
import { queryOf } from './events.js'

type ByOrg = { Params: { org: string } }

export function cosignedRoutes(app: FastifyInstance, services: Services): void {
  app.get<ByOrg>(
    '/v1/organizations/:org/tlog/cosigned',
    { config: { access: 'any' }, schema: cosignedDoc },
    async (request, reply) => {
      queryOf(request).done()
      const org = await organizationOf(request, request.caller, services.organizations, [request.params.org])
      services.rates.take(request.caller.keyId, org, 1)
      const cosigned = await services.cosigned.newest(org)
      if (cosigned === undefined) throw notFound(org)
      reply.header('cache-control', 'no-store').type('text/plain; charset=utf-8')
      return cosigned.note
    },
  )
}

const notFound = (org: string): AuditError =>
  new AuditError(
    'cosignature_not_found',
    `No witness has cosigned a checkpoint of the log of "${org}" yet. Start the server with --policy to ask some; a log without entries is not shown to them.`,
  )
