/** Building the index again while it answers: POST /v1/reindex begins it, GET says how it stands. */
import { formatTime } from '@sealedlog/sdk/base'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ReindexingState } from '../../log/index.js'
import { requireUnbound } from '../access.js'
import type { Services } from '../services.js'
import { queryOf } from './events.js'
import { reindexDoc, reindexStateDoc } from './reindex.doc.js'

export function reindexRoutes(app: FastifyInstance, { reindexing }: Services): void {
  const check = (request: FastifyRequest): void => {
    requireUnbound(request.caller, 'builds the index again')
    queryOf(request).done()
  }
  app.post(
    '/v1/reindex',
    { config: { access: 'admin' }, schema: reindexDoc },
    (request: FastifyRequest, reply: FastifyReply) => {
      check(request)
      reply.code(reindexing.start() ? 202 : 200)
      return formatState(reindexing.state)
    },
  )
  app.get('/v1/reindex', { config: { access: 'admin' }, schema: reindexStateDoc }, (request: FastifyRequest) => {
    check(request)
    return formatState(reindexing.state)
  })
}

const formatState = ({ status, done, total, startedAtMs, endedAtMs }: ReindexingState): object => ({
  object: 'reindexing',
  status,
  entries: done,
  total,
  started_at: startedAtMs === undefined ? null : formatTime(startedAtMs),
  ended_at: endedAtMs === undefined ? null : formatTime(endedAtMs),
})
