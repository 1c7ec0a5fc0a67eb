/** OpenAI: the organization, its projects, rate limits and IP allowlists. */
import { ada, deployBot, grace, graceKey, openaiExample } from './openai-example.js'
import type { EventTypeRow } from './row.js'
import { integer, list, record, text, texts } from './schema.js'

const threadsVisibility = text('Who sees the threads page: `ANY_ROLE`, `OWNERS` or `NONE`.')
const usageVisibility = text('Who sees activity and costs: `ANY_ROLE` or `OWNERS`.')
const projectId = text('The project.')
const title = text('The title that the dashboard shows.')
const limitId = text('The rate limit.')
const allowlistId = text('The IP allowlist configuration.')
const allowlistName = text('The configuration’s name.')
const configs = list(record({ id: allowlistId, name: allowlistName }), 'The configurations that were switched.')

export const OPENAI_ORGANIZATION_ROWS = [
  {
    type: 'organization.updated',
    origin: 'openai',
    sentence: '{actor} updated organization {target}',
    targets: [{ type: 'organization', at: 'id' }],
    details: record({
      id: text('The organization.'),
      changes_requested: record(
        {
          title: text('The organization’s title.'),
          description: text('The organization’s description.'),
          name: text('The organization’s name.'),
          threads_ui_visibility: threadsVisibility,
          usage_dashboard_visibility: usageVisibility,
          api_call_logging: text(
            'Which API calls are logged: `disabled`, `enabled_per_call`, `enabled_for_all_projects` or `enabled_for_selected_projects`.',
          ),
          api_call_logging_project_ids: text('The selected projects: a list, though declared as one string.'),
          settings: record(
            { threads_ui_visibility: threadsVisibility, usage_dashboard_visibility: usageVisibility },
            'Where the two visibilities stood in 2024 and 2025.',
          ),
        },
        'What was asked to change.',
      ),
    }),
    since: '2024-08-06',
    example: openaiExample('organization.updated', ada, {
      id: 'org-4fG5hJ6kL7zX8cV9',
      changes_requested: {
        title: 'Example Works',
        usage_dashboard_visibility: 'OWNERS',
        api_call_logging: 'enabled_for_all_projects',
      },
    }),
    exampleIsOurs: true,
    note: 'Older records nest the visibilities in `changes_requested.settings`; both forms are read.',
  },
  {
    type: 'project.created',
    origin: 'openai',
    sentence: '{actor} created project {target}',
    targets: [{ type: 'project', at: 'id' }],
    details: record({
      id: projectId,
      data: record({ name: text('The project’s name.'), title }, 'What the project was created with.'),
    }),
    since: '2024-08-06',
    example: openaiExample('project.created', grace, {
      id: 'proj_6yT5rE4wQ3aS2dF1',
      data: { name: 'support-bot', title: 'Support bot' },
    }),
    exampleIsOurs: true,
  },
  {
    type: 'project.updated',
    origin: 'openai',
    sentence: '{actor} updated project {target}',
    targets: [{ type: 'project', at: 'id' }],
    details: record({ id: projectId, changes_requested: record({ title }, 'What was asked to change.') }),
    since: '2024-08-06',
    example: openaiExample('project.updated', graceKey, {
      id: 'proj_6yT5rE4wQ3aS2dF1',
      changes_requested: { title: 'Support assistant' },
    }),
    exampleIsOurs: true,
  },
  {
    type: 'project.archived',
    origin: 'openai',
    sentence: '{actor} archived project {target}',
    targets: [{ type: 'project', at: 'id' }],
    details: record({ id: projectId }),
    since: '2024-08-06',
    example: {
      id: 'audit_log-xxx_yyyymmdd',
      type: 'project.archived',
      effective_at: 1722461446,
      actor: { type: 'api_key', api_key: { type: 'user', user: { id: 'user-xxx', email: 'user@example.com' } } },
      'project.archived': { id: 'proj_abc' },
    },
  },
  {
    type: 'project.deleted',
    origin: 'openai',
    sentence: '{actor} deleted project {target}',
    targets: [{ type: 'project', at: 'id' }],
    details: record({ id: projectId }),
    since: 'by 2026-04-29',
    example: openaiExample('project.deleted', deployBot, { id: 'proj_6yT5rE4wQ3aS2dF1' }),
    exampleIsOurs: true,
  },
  {
    type: 'rate_limit.updated',
    origin: 'openai',
    sentence: '{actor} changed rate limit {target}',
    targets: [{ type: 'rate_limit', at: 'id' }],
    details: record({
      id: limitId,
      changes_requested: record(
        {
          max_requests_per_1_minute: integer('Requests a minute, at most.'),
          max_tokens_per_1_minute: integer('Tokens a minute, at most.'),
          max_images_per_1_minute: integer('Images a minute, at most; for models that make images.'),
          max_audio_megabytes_per_1_minute: integer('Megabytes of audio a minute, at most; for models that hear.'),
          max_requests_per_1_day: integer('Requests a day, at most; for certain models.'),
          batch_1_day_max_input_tokens: integer('Input tokens of batches a day, at most; for certain models.'),
        },
        'What was asked to change.',
      ),
    }),
    since: '2024-11-12',
    example: openaiExample('rate_limit.updated', graceKey, {
      id: 'rl-gpt-4o-mini',
      changes_requested: { max_requests_per_1_minute: 500, max_tokens_per_1_minute: 200_000 },
    }),
    exampleIsOurs: true,
  },
  {
    type: 'rate_limit.deleted',
    origin: 'openai',
    sentence: '{actor} deleted rate limit {target}',
    targets: [{ type: 'rate_limit', at: 'id' }],
    details: record({ id: limitId }),
    since: '2024-11-12',
    example: openaiExample('rate_limit.deleted', ada, { id: 'rl-gpt-4o-mini' }),
    exampleIsOurs: true,
  },
  {
    type: 'ip_allowlist.created',
    origin: 'openai',
    sentence: '{actor} created IP allowlist {target}',
    targets: [{ type: 'ip_allowlist', at: 'id' }],
    details: record({
      id: allowlistId,
      name: allowlistName,
      allowed_ips: texts('The addresses and CIDR ranges in it.'),
    }),
    since: 'by 2026-04-29',
    example: openaiExample('ip_allowlist.created', ada, {
      id: 'ipal_1qA2wS3eD4rF',
      name: 'Offices',
      allowed_ips: ['203.0.113.0/24', '198.51.100.7'],
    }),
    exampleIsOurs: true,
  },
  {
    type: 'ip_allowlist.updated',
    origin: 'openai',
    sentence: '{actor} updated IP allowlist {target}',
    targets: [{ type: 'ip_allowlist', at: 'id' }],
    details: record({ id: allowlistId, allowed_ips: texts('The addresses and CIDR ranges in it from now on.') }),
    since: 'by 2026-04-29',
    example: openaiExample('ip_allowlist.updated', grace, {
      id: 'ipal_1qA2wS3eD4rF',
      allowed_ips: ['203.0.113.0/24', '2001:db8::/32'],
    }),
    exampleIsOurs: true,
  },
  {
    type: 'ip_allowlist.deleted',
    origin: 'openai',
    sentence: '{actor} deleted IP allowlist {target}',
    targets: [{ type: 'ip_allowlist', at: 'id' }],
    details: record({
      id: allowlistId,
      name: allowlistName,
      allowed_ips: texts('The addresses and CIDR ranges that were in it.'),
    }),
    since: 'by 2026-04-29',
    example: openaiExample('ip_allowlist.deleted', grace, {
      id: 'ipal_1qA2wS3eD4rF',
      name: 'Offices',
      allowed_ips: ['203.0.113.0/24', '2001:db8::/32'],
    }),
    exampleIsOurs: true,
  },
  {
    type: 'ip_allowlist.config.activated',
    origin: 'openai',
    sentence: '{actor} activated IP allowlist {target}',
    targets: [{ type: 'ip_allowlist', at: 'configs[].id' }],
    details: record({ configs }),
    since: 'by 2026-04-29',
    example: openaiExample('ip_allowlist.config.activated', ada, {
      configs: [
        { id: 'ipal_1qA2wS3eD4rF', name: 'Offices' },
        { id: 'ipal_5tG6yH7uJ8iK', name: 'Build machines' },
      ],
    }),
    exampleIsOurs: true,
  },
  {
    type: 'ip_allowlist.config.deactivated',
    origin: 'openai',
    sentence: '{actor} deactivated IP allowlist {target}',
    targets: [{ type: 'ip_allowlist', at: 'configs[].id' }],
    details: record({ configs }),
    since: 'by 2026-04-29',
    example: openaiExample('ip_allowlist.config.deactivated', deployBot, {
      configs: [{ id: 'ipal_5tG6yH7uJ8iK', name: 'Build machines' }],
    }),
    exampleIsOurs: true,
  },
] as const satisfies readonly EventTypeRow[]
