/**
 * Exports: POST /v1/exports puts on record that somebody takes entries away, and answers under which checkpoint.
 *
 * The bytes are served where they always are: tiles, bundles and disclosures. What a filter chooses is read from the list
 * itself, a page at a time and with the same parameters: no call of ours reads a whole log, however much it matches.
 */
import { AuditError, type JsonObject, newEventId } from '@sealedlog/sdk/base'
import type { EventInput } from '@sealedlog/sdk/event'
import { parseCheckpoint, parseNote } from '@sealedlog/sdk/merkle'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { organizationOf } from '../access.js'
import { readJson } from '../body.js'
import { type ExportRequest, readExport, refused } from '../export-request.js'
import { actorOf } from '../key-actor.js'
import { QueryString } from '../query-string.js'
import { readAsked } from '../saved-queries.js'
import type { Services } from '../services.js'
import { queryOf } from './events.js'
import { exportDoc } from './exports.doc.js'

export function exportRoutes(app: FastifyInstance, services: Services): void {
  app.post('/v1/exports', { config: { access: 'read' }, schema: exportDoc }, (request, reply) =>
    declare(services, request, reply),
  )
}

async function declare(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<object> {
  queryOf(request).done()
  const asked = readExport(await readJson(request))
  const { caller } = request
  const org = await organizationOf(request, caller, services.organizations)
  services.rates.take(caller.keyId, org, 1)
  // Read for its refusals alone: a filter that means nothing declares nothing.
  await readAsked(services.documents, org, new QueryString(asked.filters))
  const head = await services.log.head(org)
  const before = head.size
  if (asked.from >= before && asked.from > 0) throw beyondEnd('from', asked.from, before)
  if (asked.to !== undefined && asked.to > before) throw beyondEnd('to', asked.to, before)
  const id = newEventId(services.nowMs(), services.random).replace('evt_', 'exp_')
  const declaration: EventInput = {
    type: 'sealedlog.export.created',
    actor: await actorOf(services.keys, caller),
    targets: [{ type: 'export', id }],
    details: detailsOf(id, asked),
  }
  const { index, checkpoint } = await services.log.recordOwn(org, declaration).catch((error: unknown) => {
    // Of a log that does not hold together, what is left is evidence: it must not be out of reach.
    if (error instanceof AuditError && error.code === 'log_read_only')
      return { index: null, checkpoint: head.checkpoint }
    throw error
  })
  const { size } = parseCheckpoint(parseNote(checkpoint).text)
  const to = asked.to ?? size
  reply.code(201).header('cache-control', 'no-store')
  return {
    object: 'export',
    id,
    org,
    index,
    size,
    checkpoint,
    from: asked.from,
    to,
    entries: asked.filters.length === 0 ? to - asked.from : null,
  }
}

const beyondEnd = (name: string, said: number, size: number) =>
  refused(`${name} is ${said}, and the log has ${size} entries. Leave it out for all there are.`)

/** What the log keeps of an export: what was asked for, as it was said. */
function detailsOf(id: string, { from, to, filters, withhold, reason }: ExportRequest): JsonObject {
  const filter: { [name: string]: string[] } = {}
  for (const [name, value] of filters) (filter[name] ??= []).push(value)
  const range = { ...(from === 0 ? {} : { from }), ...(to === undefined ? {} : { to }) }
  return {
    id,
    format: 'bundle',
    ...(to === undefined || filters.length > 0 ? {} : { entries: to - from }),
    filter: { ...range, ...filter },
    ...(withhold.length === 0 ? {} : { withhold }),
    ...(reason === undefined ? {} : { reason }),
  }
}
