/** Saved queries: /v1/saved-queries. Whoever may read may ask them; whoever may administer may change them. */
import { parseQuery, QUERY_JSON_LEVELS_MAX } from '@sealedlog/sdk/query'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { organizationOf } from '../access.js'
import { readJson } from '../body.js'
import {
  deleteSavedQuery,
  getSavedQuery,
  listSavedQueries,
  readSavedQuery,
  type SavedQuery,
  saveQuery,
} from '../saved-queries.js'
import type { Services } from '../services.js'
import { queryOf } from './events.js'
import { deleteSavedQueryDoc, getSavedQueryDoc, listSavedQueriesDoc, putSavedQueryDoc } from './saved-queries.doc.js'

interface Named {
  readonly Params: { readonly name: string }
}

export function savedQueryRoutes(app: FastifyInstance, services: Services): void {
  const { documents } = services
  app.get('/v1/saved-queries', { config: { access: 'read' }, schema: listSavedQueriesDoc }, async (request) => {
    const saved = await listSavedQueries(documents, await organizationAsked(services, request))
    return { object: 'list', data: saved.map(formatSaved), has_more: false }
  })
  app.get<Named>(
    '/v1/saved-queries/:name',
    { config: { access: 'read' }, schema: getSavedQueryDoc },
    async (request) => {
      const org = await organizationAsked(services, request)
      return formatSaved(await getSavedQuery(documents, org, request.params.name))
    },
  )
  app.put<Named>(
    '/v1/saved-queries/:name',
    { config: { access: 'admin' }, schema: putSavedQueryDoc },
    (request, reply) => put(services, request, reply, request.params.name),
  )
  app.delete<Named>(
    '/v1/saved-queries/:name',
    { config: { access: 'admin' }, schema: deleteSavedQueryDoc },
    async (request) => {
      const { name } = request.params
      await deleteSavedQuery(documents, await organizationAsked(services, request), name)
      return { object: 'saved_query', name, deleted: true }
    },
  )
}

/** The organization of a call that takes no parameters. */
async function organizationAsked(services: Services, request: FastifyRequest): Promise<string> {
  queryOf(request).done()
  return organizationOf(request, request.caller, services.organizations)
}

async function put(services: Services, request: FastifyRequest, reply: FastifyReply, name: string): Promise<object> {
  const org = await organizationAsked(services, request)
  const saved = readSavedQuery(name, await readJson(request, QUERY_JSON_LEVELS_MAX), services.nowMs())
  const isNew = await saveQuery(services.documents, org, saved)
  reply.code(isNew ? 201 : 200)
  return formatSaved(saved)
}

/** With the tree that its words say: for whoever builds forms from it. */
const formatSaved = (saved: SavedQuery): object => ({ object: 'saved_query', ...saved, query: parseQuery(saved.q) })
