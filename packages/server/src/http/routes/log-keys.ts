/** The keys with which a log's checkpoints are checked: as text for tools, and with their history for verifiers. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { organizationOf } from '../access.js'
import type { Services } from '../services.js'
import { queryOf } from './events.js'
import { logKeysDoc, vkeyDoc } from './log-keys.doc.js'

type ByOrg = { Params: { org: string } }

export function logKeyRoutes(app: FastifyInstance, services: Services): void {
  const keysOf = async (request: FastifyRequest<ByOrg>, reply: FastifyReply) => {
    queryOf(request).done()
    const org = await organizationOf(request, request.caller, services.organizations, [request.params.org])
    services.rates.take(request.caller.keyId, org, 1)
    reply.header('cache-control', 'no-store')
    return services.log.proofs.keys(org)
  }
  app.get<ByOrg>(
    '/v1/organizations/:org/tlog/vkey',
    { config: { access: 'any' }, schema: vkeyDoc },
    async (request, reply) => {
      const { data } = await keysOf(request, reply)
      reply.type('text/plain; charset=utf-8')
      return data.map(({ vkey }) => `${vkey}\n`).join('')
    },
  )
  app.get<ByOrg>('/v1/organizations/:org/tlog/keys', { config: { access: 'any' }, schema: logKeysDoc }, keysOf)
}
