/** By whom and by which request something is changed: what the entry that says so takes along. */
import type { FastifyRequest } from 'fastify'
import type { By } from '../log/index.js'
import { actorOf } from './key-actor.js'
import type { Services } from './services.js'

export const byOf = async ({ keys }: Services, request: FastifyRequest): Promise<By> => ({
  actor: await actorOf(keys, request.caller),
  context: { request_id: request.id },
})
