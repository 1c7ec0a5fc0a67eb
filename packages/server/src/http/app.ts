/** The HTTP application: what every request passes through, and the routes. */
import swagger from '@fastify/swagger'
import { AuditError } from '@sealedlog/sdk/base'
import fastify, { type FastifyInstance, type FastifyRequest, type FastifyServerOptions } from 'fastify'
import { requireScope } from './access.js'
import { Answers } from './answers.js'
import { Arrivals } from './arrivals.js'
import { EVENT_STREAM } from './event-stream.js'
import { addComponents, OPENAPI_OPTIONS } from './openapi.js'
import {
  addErrors,
  answerBrokenRequest,
  collectMethods,
  HEADER_BYTES_MAX,
  refuseOtherMethods,
  refuseUnrouted,
} from './refuse.js'
import { requestIdOf } from './request-id.js'
import { disclosureRoutes } from './routes/disclosures.js'
import { cosignedRoutes } from './routes/cosigned.js'
import { eventTypeRoutes } from './routes/event-types.js'
import { eventRoutes } from './routes/events.js'
import { evidenceRoutes } from './routes/evidence.js'
import { exportRoutes } from './routes/exports.js'
import { healthRoutes } from './routes/health.js'
import { keyRoutes } from './routes/keys.js'
import { logKeyRoutes } from './routes/log-keys.js'
import { openAiRoutes } from './routes/openai.js'
import { organizationRoutes } from './routes/organizations.js'
import { holdRoutes, retentionRoutes } from './routes/retention.js'
import { rotationRoutes } from './routes/rotation.js'
import { reindexRoutes } from './routes/reindex.js'
import { redactionRoutes } from './routes/redactions.js'
import { savedQueryRoutes } from './routes/saved-queries.js'
import { searchRoutes } from './routes/search.js'
import { statsRoutes } from './routes/stats.js'
import { tailRoutes } from './routes/tail.js'
import { tlogRoutes } from './routes/tlog.js'
import { readSecurityHeaders, type SecurityHeaders } from './security-headers.js'
import type { Services } from './services.js'

export interface HttpOptions {
  readonly logger: FastifyServerOptions['logger']
  /** a request whose body has not arrived by then is refused */
  readonly requestTimeoutMs: number
  /** an idle connection is kept this long: longer than the load balancer in front keeps it */
  readonly keepAliveTimeoutMs: number
  /** a connection that takes nothing of an answer for so long is given up, and what was made for it with it */
  readonly stalledTimeoutMs: number
}

export const HTTP_OPTIONS: HttpOptions = {
  logger: false,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 72_000,
  stalledTimeoutMs: 60_000,
}

const PATH_PARAMETER_CHARS_MAX = 256
const TIMEOUT_CHECK_MS = 1_000

/** Makes the application. It serves when `listen` is called, and is tested through `inject` or a socket. */
export async function makeApp(services: Services, options: HttpOptions = HTTP_OPTIONS): Promise<FastifyInstance> {
  const app = fastify({
    logger: withoutSecrets(options.logger),
    requestTimeout: options.requestTimeoutMs,
    keepAliveTimeout: options.keepAliveTimeoutMs,
    http: {
      maxHeaderSize: HEADER_BYTES_MAX,
      // A request without one is refused by a hook, in our words.
      requireHostHeader: false,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      headersTimeout: options.requestTimeoutMs,
    },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    genReqId: (request) => requestIdOf(request.headers['x-request-id'], services.random),
    routerOptions: { querystringParser: keepText, maxParamLength: PATH_PARAMETER_CHARS_MAX },
    frameworkErrors: (error, request, reply) => void refuseUnrouted(services, error, request, reply),
    clientErrorHandler: (error, socket) => answerBrokenRequest(services, error, socket),
  })
  // Bodies, queries and answers are checked and written by hand: what the schemas say is documentation.
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  await app.register(swagger, OPENAPI_OPTIONS)
  addComponents(app)
  addHooks(app, services, options, await readSecurityHeaders())
  addErrors(app, services)
  await app.register(async (routes) => {
    const methodsOf = collectMethods(routes)
    for (const add of [
      eventRoutes,
      searchRoutes,
      statsRoutes,
      savedQueryRoutes,
      tailRoutes,
      openAiRoutes,
      eventTypeRoutes,
      organizationRoutes,
      retentionRoutes,
      holdRoutes,
      rotationRoutes,
      keyRoutes,
      tlogRoutes,
      cosignedRoutes,
      logKeyRoutes,
      disclosureRoutes,
      evidenceRoutes,
      exportRoutes,
      redactionRoutes,
      reindexRoutes,
      healthRoutes,
    ])
      add(routes, services)
    refuseOtherMethods(routes, methodsOf)
  })
  return app
}

/** The query stays text until a route reads it: only the route knows what it may hold. */
const keepText = (query: string): Record<string, unknown> => query as unknown as Record<string, unknown>

/** A log line says no headers and no query: keys stand in the one, people's addresses in the other. */
function withoutSecrets(logger: HttpOptions['logger']): NonNullable<HttpOptions['logger']> {
  if (logger === undefined || logger === false) return false
  const chosen = logger === true ? {} : logger
  return { ...chosen, serializers: { ...chosen.serializers, req: formatRequest } }
}

const formatRequest = ({ method, url, ip }: FastifyRequest): { method: string; path: string; ip: string } => ({
  method,
  path: url.split('?')[0] ?? '',
  ip,
})

/** Node’s parser takes HTTP/0.9 too, whose answers nobody could read. */
const isHttp1 = ({ raw: { httpVersion }, headers }: FastifyRequest): boolean =>
  httpVersion === '1.0' || (httpVersion === '1.1' && headers.host !== undefined)

/** Of a text, its characters: near enough to what it holds. Streams mind their readers by themselves. */
const lengthOf = (payload: unknown): number =>
  typeof payload === 'string' || payload instanceof Uint8Array ? payload.length : 0

function addHooks(
  app: FastifyInstance,
  services: Services,
  { stalledTimeoutMs }: HttpOptions,
  security: SecurityHeaders,
): void {
  const answers = new Answers()
  const arrivals = new Arrivals()
  app.decorateRequest('caller', null as never)
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(security).header('x-request-id', request.id)
    if (!isHttp1(request)) {
      reply.header('connection', 'close')
      throw new AuditError('malformed_request', 'What was sent is not HTTP/1.1 with a Host header.')
    }
    const access = request.routeOptions.config.access ?? 'public'
    if (access === 'public') return
    request.caller = await services.gatekeeper.identify(request)
    if (access !== 'any') requireScope(request.caller, access)
    if (access === 'read') answers.check(request.caller.keyId)
    if (access !== 'write') return
    // Before the body is read: what must be refused is neither parsed nor sealed.
    services.log.checkRoom(request.caller.keyId)
    arrivals.letIn(request.caller.keyId, request.headers, reply.raw)
  })
  // Asked when the answer leaves, not when the request came: a tail may have waited while the drain began.
  app.addHook('onSend', (request, reply, payload, done) => {
    if (!services.isReady()) reply.header('connection', 'close')
    // From here on, not before: work may take as long as it takes. A stream minds its reader by itself.
    if (reply.getHeader('content-type') !== EVENT_STREAM) reply.raw.setTimeout(stalledTimeoutMs)
    // Refusals are short, and whoever is refused must hear of it.
    const isHeld = request.routeOptions.config.access === 'read' && reply.statusCode < 400
    const refusal = isHeld ? answers.hold(request.caller.keyId, lengthOf(payload), reply.raw) : undefined
    if (refusal) done(refusal)
    else done(null, payload)
  })
  app.addHook('onResponse', async (request, reply) => {
    // A stream lasts as long as somebody listens: that is no duration of ours.
    if (reply.raw.getHeader('content-type') === EVENT_STREAM) return
    services.metrics.answered(
      request.method,
      request.routeOptions.url ?? 'none',
      reply.statusCode,
      reply.elapsedTime / 1000,
    )
  })
}
