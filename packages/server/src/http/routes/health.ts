/** Whether the server lives, whether it takes requests, and what it measured. */
import type { FastifyInstance } from 'fastify'
import type { Services } from '../services.js'
import { healthDoc, metricsDoc, openApiDoc, readyDoc } from './health.doc.js'

export function healthRoutes(app: FastifyInstance, { isReady, metrics }: Services): void {
  app.get('/healthz', { config: { access: 'public' }, logLevel: 'warn', schema: healthDoc }, () => ({ status: 'ok' }))
  app.get('/readyz', { config: { access: 'public' }, logLevel: 'warn', schema: readyDoc }, (_request, reply) => {
    reply.code(isReady() ? 200 : 503)
    return { status: isReady() ? 'ready' : 'draining' }
  })
  app.get(
    '/metrics',
    { config: { access: 'public' }, logLevel: 'warn', schema: metricsDoc },
    async (_request, reply) => {
      reply.type(metrics.contentType)
      return metrics.format()
    },
  )
  app.get('/openapi.json', { config: { access: 'public' }, schema: openApiDoc }, () => app.swagger())
}
