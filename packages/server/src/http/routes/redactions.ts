/** Erasing: POST /v1/redactions. Whoever may administer may erase; the log says who did, and which parts of which entries. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { organizationOf } from '../access.js'
import { readJson } from '../body.js'
import { byOf } from '../by.js'
import { formatRedaction, readRedaction } from '../redactions.js'
import type { Services } from '../services.js'
import { queryOf } from './events.js'
import { redactDoc } from './redactions.doc.js'

export function redactionRoutes(app: FastifyInstance, services: Services): void {
  app.post('/v1/redactions', { config: { access: 'admin' }, schema: redactDoc }, (request, reply) =>
    redact(services, request, reply),
  )
}

/** Reading a whole log takes as long as recording so many events, at least. */
const REDACTION_COST = 1_000

async function redact(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<object> {
  queryOf(request).done()
  const asked = readRedaction(await readJson(request))
  const { caller } = request
  const org = await organizationOf(request, caller, services.organizations)
  services.rates.take(caller.keyId, org, REDACTION_COST)
  const report = await services.log.erase({ org, ...asked, ...(await byOf(services, request)) })
  reply.code(report.redactions.length > 0 ? 201 : 200).header('cache-control', 'no-store')
  return formatRedaction(report, asked.dryRun === true)
}
