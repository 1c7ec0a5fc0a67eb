/** What /openapi.json says of these routes. */
import { content, page, refusals } from '../openapi-parts.js'

/** No key, no query, no body: only the request itself can be wrong. */
const REFUSALS = refusals([], ['malformed_request', 'headers_too_large'])

const status = (...words: readonly string[]) => ({
  type: 'object',
  properties: { status: { type: 'string', enum: words, description: 'The one word.' } },
  required: ['status'],
})

export const healthDoc = page({
  operationId: 'getHealth',
  tags: ['Operations'],
  summary: 'Does it live?',
  description: 'For whoever restarts it.',
  security: [],
  response: { 200: content('application/json', 'It lives.', status('ok')), ...REFUSALS },
})

export const readyDoc = page({
  operationId: 'getReadiness',
  tags: ['Operations'],
  summary: 'Does it take requests?',
  description: 'For the load balancer in front. Not while it drains.',
  security: [],
  response: {
    200: content('application/json', 'It does.', status('ready')),
    ...REFUSALS,
    503: content('application/json', 'Not any more.', status('draining')),
  },
})

export const metricsDoc = page({
  operationId: 'getMetrics',
  tags: ['Operations'],
  summary: 'Get the metrics',
  description: 'In Prometheus’ text format. They name no organization, no key and no person.',
  security: [],
  response: { 200: content('text/plain', 'The metrics.', { type: 'string' }), ...REFUSALS },
})

export const openApiDoc = page({
  operationId: 'getOpenApi',
  tags: ['Operations'],
  summary: 'Get this document',
  description: 'OpenAPI 3.1.',
  security: [],
  response: { 200: content('application/json', 'This document.', { type: 'object' }), ...REFUSALS },
})
