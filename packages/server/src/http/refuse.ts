/** Refusing: whatever goes wrong at any stage of a request is answered in the same words. */
import type { Socket } from 'node:net'
import { AuditError } from '@sealedlog/sdk/base'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { toAuditError, toOpenAiError, toProblem } from './problem.js'
import { newRequestId } from './request-id.js'
import type { Services } from './services.js'

/** What a handler threw, and what no route takes. */
export function addErrors(app: FastifyInstance, services: Services): void {
  app.setErrorHandler((thrown, request, reply) => refuse(services, thrown, request, reply))
  app.setNotFoundHandler((request, reply) => refuse(services, notFound(request), request, reply))
}

/** Answers with what was thrown: a problem, or OpenAI's envelope on its routes. */
export function refuse(
  services: Services,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const error = toAuditError(thrown)
  if (error.code === 'internal_error' || error.code === 'storage_failed')
    request.log.error({ err: thrown }, error.message)
  services.metrics.refused(error.code)
  const refusal = isOpenAiPath(request.url) ? toOpenAiError(error) : toProblem(error, request.id)
  if (refusal.status === 401) reply.header('www-authenticate', 'Bearer realm="sealedlog"')
  return reply.code(refusal.status).headers(refusal.headers).send(JSON.stringify(refusal.body))
}

/** The same for a request that could not be routed: no hook has seen it. */
export const refuseUnrouted = (
  services: Services,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply =>
  refuse(services, thrown, request, reply.headers({ 'x-request-id': request.id, 'x-content-type-options': 'nosniff' }))

const isOpenAiPath = (url: string): boolean => url.startsWith('/v1/organization/')

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** Remembers which methods each path takes, so that the others are answered with 405 and their names. */
export function collectMethods(app: FastifyInstance): ReadonlyMap<string, readonly string[]> {
  const methodsOf = new Map<string, string[]>()
  app.addHook('onRoute', ({ url, method }) => {
    methodsOf.set(url, [...(methodsOf.get(url) ?? []), ...[method].flat()])
  })
  return methodsOf
}

/** OPTIONS is answered with the methods of a path; every other one that it does not take with 405. */
export function refuseOtherMethods(app: FastifyInstance, methodsOf: ReadonlyMap<string, readonly string[]>): void {
  for (const [url, taken] of methodsOf) {
    const allow = [...taken, 'OPTIONS'].join(', ')
    app.options(url, { schema: { hide: true } }, (_request, reply) => reply.code(204).header('allow', allow).send())
    const handler = (request: FastifyRequest, reply: FastifyReply) => {
      reply.header('allow', allow)
      throw new AuditError(
        'method_not_allowed',
        `${request.method} is not for ${pathOf(request)}; it takes ${taken.join(', ')}.`,
      )
    }
    app.route({ method: METHODS.filter((name) => !taken.includes(name)), url, handler, schema: { hide: true } })
  }
}

const pathOf = (request: FastifyRequest): string => JSON.stringify((request.url.split('?')[0] ?? '').slice(0, 120))

const notFound = (request: FastifyRequest): AuditError =>
  new AuditError('not_found', `There is nothing at ${pathOf(request)}. See /openapi.json for what there is.`)

/** How long a refused connection may go on sending before it is cut: closing at once could lose the answer. */
const LINGER_MS = 500

/** What Node's parser refuses never becomes a request: it is answered here, in our words, and the connection ends. */
export function answerBrokenRequest(services: Services, thrown: NodeJS.ErrnoException, socket: Socket): void {
  if (thrown.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const error = brokenRequest(thrown.code)
  services.metrics.refused(error.code)
  socket.end(formatRefusal(error, newRequestId(services.random)))
  setTimeout(() => socket.destroy(), LINGER_MS).unref()
}

function formatRefusal(error: AuditError, requestId: string): string {
  const { status, headers, body } = toProblem(error, requestId)
  const text = JSON.stringify(body)
  const lines = Object.entries({
    ...headers,
    'x-request-id': requestId,
    'x-content-type-options': 'nosniff',
    'content-length': String(Buffer.byteLength(text)),
    connection: 'close',
  })
  return `HTTP/1.1 ${status} Refused\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${text}`
}

/** The bytes of a request's line and headers together. */
export const HEADER_BYTES_MAX = 16_384

function brokenRequest(code: string | undefined): AuditError {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new AuditError('request_timeout', 'The request took too long to arrive. Send it again, faster or smaller.')
  if (code === 'HPE_HEADER_OVERFLOW')
    return new AuditError('headers_too_large', `The headers have more than ${HEADER_BYTES_MAX} bytes.`)
  return new AuditError('malformed_request', 'What was sent is not HTTP/1.1.')
}
