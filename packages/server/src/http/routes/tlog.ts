/** Each organization's log as C2SP tlog-tiles serves it: checkpoint, tiles, entry bundles and proofs. */
import { AuditError } from '@sealedlog/sdk/base'
import { parseTilePath, TILE_WIDTH, type TileName } from '@sealedlog/sdk/merkle'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { organizationOf } from '../access.js'
import { invalidParameter } from '../query-string.js'
import type { Services } from '../services.js'
import { queryOf } from './events.js'
import { checkpointDoc, consistencyDoc, proofDoc, tileDoc } from './tlog.doc.js'

type ByOrg = { Params: { org: string } }
type ById = { Params: { id: string } }
type ByTile = { Params: { org: string; '*': string } }

/** Tiles of an organization are its own business: no shared cache may keep them. */
const FOR_EVER = 'private, max-age=31536000, immutable'

export function tlogRoutes(app: FastifyInstance, services: Services): void {
  app.get<ByOrg>(
    '/v1/organizations/:org/tlog/checkpoint',
    { config: { access: 'any' }, schema: checkpointDoc },
    async (request, reply) => {
      asText(reply)
      const { org, checkpoint } = await headOf(services, request)
      return services.cosigned.withCosignatures(org, checkpoint)
    },
  )
  app.get<ByOrg>(
    '/v1/organizations/:org/tlog/consistency',
    { config: { access: 'any' }, schema: consistencyDoc },
    (request, reply) => sendGrowth(services, request, reply),
  )
  app.get<ById>('/v1/events/:id/proof', { config: { access: 'any' }, schema: proofDoc }, (request, reply) =>
    sendProof(services, request, reply),
  )
  app.get<ByTile>(
    '/v1/organizations/:org/tlog/tile/*',
    { config: { access: 'read' }, schema: tileDoc },
    (request, reply) => sendTile(services, request, reply),
  )
}

/** Text of now: a proof grows with its log. */
const asText = (reply: FastifyReply): FastifyReply =>
  reply.header('cache-control', 'no-store').type('text/plain; charset=utf-8')

async function sendGrowth(
  services: Services,
  request: FastifyRequest<ByOrg>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const query = queryOf(request)
  const from = query.integer('from', 0, Number.MAX_SAFE_INTEGER, undefined)
  query.done()
  if (from === undefined) throw invalidParameter('from', 'from is missing: the size of the checkpoint that you hold.')
  const org = await organizationOf(request, request.caller, services.organizations, [request.params.org])
  services.rates.take(request.caller.keyId, org, 1)
  return asText(reply).send(await services.log.proofs.growth(org, from))
}

async function sendProof(
  services: Services,
  request: FastifyRequest<ById>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  queryOf(request).done()
  const org = await organizationOf(request, request.caller, services.organizations)
  services.rates.take(request.caller.keyId, org, 1)
  return asText(reply).send(await services.log.proofs.inclusion(org, request.params.id))
}

async function headOf(services: Services, request: FastifyRequest<ByOrg>) {
  queryOf(request).done()
  const org = await organizationOf(request, request.caller, services.organizations, [request.params.org])
  services.rates.take(request.caller.keyId, org, 1)
  return services.log.head(org)
}

async function sendTile(
  services: Services,
  request: FastifyRequest<ByTile>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const tile = readTileName(`tile/${request.params['*']}`)
  const { org } = await headOf(services, request)
  const bytes = await services.log.proofs.tile(org, tile)
  // A tile of hashes shows no entry; a bundle shows as many as it is wide.
  const entries = tile.level === 'entries' ? tile.width : 0
  services.keeping.reads.count(org, request.caller.keyId, 'tile', { entries })
  return reply
    .header('cache-control', tile.width === TILE_WIDTH ? FOR_EVER : 'no-store')
    .type('application/octet-stream')
    .send(Buffer.from(bytes))
}

function readTileName(path: string): TileName {
  try {
    return parseTilePath(path)
  } catch (cause) {
    throw new AuditError(
      'tile_not_found',
      `${JSON.stringify(path.slice(0, 100))} is no tile’s path (C2SP tlog-tiles).`,
      { cause },
    )
  }
}
