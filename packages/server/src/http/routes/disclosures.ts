/** What stands behind the commitments of an entry bundle, beside the bundle itself: tlog/disclosures/<N>. */
import { Readable } from 'node:stream'
import { AuditError } from '@sealedlog/sdk/base'
import { parseTilePath, TILE_WIDTH } from '@sealedlog/sdk/merkle'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { organizationOf } from '../access.js'
import type { Services } from '../services.js'
import { disclosuresDoc } from './disclosures.doc.js'
import { queryOf } from './events.js'

type ByBundle = { Params: { org: string; '*': string } }

export function disclosureRoutes(app: FastifyInstance, services: Services): void {
  app.get<ByBundle>(
    '/v1/organizations/:org/tlog/disclosures/*',
    { config: { access: 'read' }, schema: disclosuresDoc },
    (request, reply) => send(services, request, reply),
  )
}

async function send(services: Services, request: FastifyRequest<ByBundle>, reply: FastifyReply): Promise<FastifyReply> {
  queryOf(request).done()
  const bundle = readBundle(request.params['*'])
  const org = await organizationOf(request, request.caller, services.organizations, [request.params.org])
  services.rates.take(request.caller.keyId, org, 1)
  const lines = await services.log.proofs.disclosures(org, bundle)
  const { size } = await services.log.head(org)
  const entries = Math.min(TILE_WIDTH, size - bundle * TILE_WIDTH)
  services.keeping.reads.count(org, request.caller.keyId, 'disclosures', { entries })
  // Of 256 of the largest events it would be 64 MiB: it leaves as it is read.
  return reply
    .header('cache-control', 'no-store')
    .type('text/plain; charset=utf-8')
    .send(Readable.from(lines, { objectMode: false }))
}

/** The number of a bundle as its path has it. @throws AuditError `tile_not_found` */
function readBundle(path: string): number {
  try {
    const { index, width } = parseTilePath(`tile/entries/${path}`)
    if (width === 256) return index
  } catch {
    // said below: one answer for all that is no number
  }
  throw new AuditError(
    'tile_not_found',
    `${JSON.stringify(path.slice(0, 100))} is no bundle’s number. Write it as tiles do: 000, 273, x001/x234/067.`,
  )
}
