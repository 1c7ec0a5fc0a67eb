/** OpenAI: workload identity providers and their mappings. */
import { ada, deployBot, grace, graceKey, openaiExample } from './openai-example.js'
import type { EventTypeRow } from './row.js'
import { open, record, text } from './schema.js'

const providerId = text('The workload identity provider.')
const mappingId = text('The mapping.')

export const OPENAI_WORKLOAD_IDENTITY_ROWS = [
  {
    type: 'workload_identity_provider.created',
    origin: 'openai',
    sentence: '{actor} created workload identity provider {target}',
    targets: [{ type: 'workload_identity_provider', at: 'id' }],
    details: record({ id: providerId, data: open('What the provider was created with.') }),
    since: '2026-06-01',
    example: openaiExample('workload_identity_provider.created', ada, {
      id: 'wip_3xD4cF5vG6bH',
      data: { name: 'Build machines', issuer: 'https://oidc.example.com' },
    }),
    exampleIsOurs: true,
  },
  {
    type: 'workload_identity_provider.updated',
    origin: 'openai',
    sentence: '{actor} updated workload identity provider {target}',
    targets: [{ type: 'workload_identity_provider', at: 'id' }],
    details: record({ id: providerId, changes_requested: open('What was asked to change.') }),
    since: '2026-06-01',
    example: openaiExample('workload_identity_provider.updated', graceKey, {
      id: 'wip_3xD4cF5vG6bH',
      changes_requested: { name: 'Build machines, Europe' },
    }),
    exampleIsOurs: true,
  },
  {
    type: 'workload_identity_provider.deleted',
    origin: 'openai',
    sentence: '{actor} deleted workload identity provider {target}',
    targets: [{ type: 'workload_identity_provider', at: 'id' }],
    details: record({ id: providerId, name: text('The provider’s name.') }),
    since: '2026-06-01',
    example: openaiExample('workload_identity_provider.deleted', grace, {
      id: 'wip_3xD4cF5vG6bH',
      name: 'Build machines, Europe',
    }),
    exampleIsOurs: true,
  },
  {
    type: 'workload_identity_provider_mapping.created',
    origin: 'openai',
    sentence: '{actor} created workload identity mapping {target}',
    targets: [{ type: 'workload_identity_provider_mapping', at: 'id' }],
    details: record({
      id: mappingId,
      identity_provider_id: providerId,
      data: open('What the mapping was created with.'),
    }),
    since: '2026-06-01',
    example: openaiExample('workload_identity_provider_mapping.created', ada, {
      id: 'wipm_7nJ8mK9lQ0wE',
      identity_provider_id: 'wip_3xD4cF5vG6bH',
      data: { subject: 'repo:example/app:ref:refs/heads/main', service_account_id: 'svc_acct_nM8bV7cX6zL5' },
    }),
    exampleIsOurs: true,
  },
  {
    type: 'workload_identity_provider_mapping.updated',
    origin: 'openai',
    sentence: '{actor} updated workload identity mapping {target}',
    targets: [{ type: 'workload_identity_provider_mapping', at: 'id' }],
    details: record({
      id: mappingId,
      identity_provider_id: providerId,
      changes_requested: open('What was asked to change.'),
    }),
    since: '2026-06-01',
    example: openaiExample('workload_identity_provider_mapping.updated', deployBot, {
      id: 'wipm_7nJ8mK9lQ0wE',
      identity_provider_id: 'wip_3xD4cF5vG6bH',
      changes_requested: { subject: 'repo:example/app:environment:production' },
    }),
    exampleIsOurs: true,
  },
  {
    type: 'workload_identity_provider_mapping.deleted',
    origin: 'openai',
    sentence: '{actor} deleted workload identity mapping {target}',
    targets: [{ type: 'workload_identity_provider_mapping', at: 'id' }],
    details: record({
      id: mappingId,
      identity_provider_id: providerId,
      project_id: text('The project.'),
      service_account_id: text('The service account it mapped to.'),
    }),
    since: '2026-06-01',
    example: openaiExample('workload_identity_provider_mapping.deleted', grace, {
      id: 'wipm_7nJ8mK9lQ0wE',
      identity_provider_id: 'wip_3xD4cF5vG6bH',
      project_id: 'proj_6yT5rE4wQ3aS2dF1',
      service_account_id: 'svc_acct_nM8bV7cX6zL5',
    }),
    exampleIsOurs: true,
  },
] as const satisfies readonly EventTypeRow[]
