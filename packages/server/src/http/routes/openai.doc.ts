/** What /openapi.json says of this route. */
import { BOUNDS } from '@sealedlog/sdk/event'
import { CALL_HEADERS, json, openAiRefusals, page, parameters, texts, wholeNumber } from '../openapi-parts.js'

const seconds = (description: string) => ({ type: 'integer', description })

export const openAiListDoc = page({
  operationId: 'listOpenAiAuditLogs',
  tags: ['OpenAI-compatible'],
  summary: 'List audit logs as OpenAI does',
  description:
    'Newest first. Every existing client of OpenAI’s route works unchanged; errors come in OpenAI’s envelope (docs/openai.md).',
  headers: CALL_HEADERS,
  querystring: parameters({
    'effective_at[gt]': seconds('Only events after this Unix second.'),
    'effective_at[gte]': seconds('Only events in this Unix second or after it.'),
    'effective_at[lt]': seconds('Only events before this Unix second.'),
    'effective_at[lte]': seconds('Only events in this Unix second or before it.'),
    'project_ids[]': texts('Only events of these projects.'),
    'event_types[]': texts('Only events of these types.'),
    'actor_ids[]': texts('Only events of these actors, or by means of these API keys.'),
    'actor_emails[]': texts('Only events of users with these e-mail addresses.'),
    'resource_ids[]': texts('Only events that were done to these.'),
    tenant_only: { type: 'boolean', default: false, description: 'Tenant-scoped events, and no others.' },
    limit: wholeNumber('How many at most.', 1, BOUNDS.OPENAI_LIMIT_MAX, { default: BOUNDS.OPENAI_LIMIT_DEFAULT }),
    after: { type: 'string', description: 'The event after which to go on, towards older ones.' },
    before: { type: 'string', description: 'The event before which to end.' },
  }),
  response: {
    200: json('A page.', 'AuditLogList'),
    ...openAiRefusals(['invalid_cursor']),
  },
})
