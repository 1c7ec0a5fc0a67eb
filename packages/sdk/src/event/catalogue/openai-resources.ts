/** OpenAI: fine-tuned checkpoints, external storage, tunnels, and resources of no named kind. */
import { ada, deployBot, grace, graceKey, openaiExample } from './openai-example.js'
import type { EventTypeRow } from './row.js'
import { always, oneOf, record, text } from './schema.js'

const permissionId = text('The checkpoint permission.')
const permissionData = record(
  {
    project_id: text('The project that may use the checkpoint.'),
    fine_tuned_model_checkpoint: text('The fine-tuned model’s checkpoint.'),
  },
  'What the permission was created with.',
)
const storageId = text('The external storage.')
const bucket = text('The bucket.')
const region = text('The provider’s region.')
const provider = oneOf(
  [
    record({
      type: always('aws'),
      account_id: text('The AWS account.'),
      bucket,
      external_id: text('The external id that guards the role.'),
      region,
      role_arn: text('The role that is assumed.'),
    }),
    record({
      type: always('azure'),
      account_name: text('The storage account.'),
      container: text('The container.'),
      region,
      resource_group: text('The resource group.'),
      subscription_id: text('The subscription.'),
      tenant_id: text('The Microsoft Entra tenant.'),
    }),
    record({
      type: always('gcp'),
      audience: text('The audience of the token.'),
      bucket,
      region,
      workload_identity_pool_id: text('The workload identity pool.'),
      workload_identity_project_number: text('The project the pool belongs to.'),
      workload_identity_provider_id: text('The provider in the pool.'),
    }),
    record({ type: always('oci'), bucket, region, tenancy_ocid: text('The Oracle Cloud tenancy.') }),
  ],
  'Where the storage is.',
)

/** A moment in the seven weeks in which the retired names were spoken. */
const MAY_2025_SECONDS = 1_747_300_000

export const OPENAI_RESOURCE_ROWS = [
  {
    type: 'checkpoint.permission.created',
    origin: 'openai',
    sentence: '{actor} created checkpoint permission {target}',
    targets: [{ type: 'checkpoint_permission', at: 'id' }],
    details: record({ id: permissionId, data: permissionData }),
    since: 'by 2026-04-29',
    example: openaiExample('checkpoint.permission.created', ada, {
      id: 'cp_zc4Q7MP6XxulcVzj4MZdwsAB',
      data: {
        project_id: 'proj_6yT5rE4wQ3aS2dF1',
        fine_tuned_model_checkpoint: 'ft:gpt-4o-mini-2024-07-18:example:support:BkTp2Qz1:ckpt-step-88',
      },
    }),
    exampleIsOurs: true,
    note: 'Named `checkpoint_permission.created` until June 2025.',
  },
  {
    type: 'checkpoint.permission.deleted',
    origin: 'openai',
    sentence: '{actor} deleted checkpoint permission {target}',
    targets: [{ type: 'checkpoint_permission', at: 'id' }],
    details: record({ id: permissionId }),
    since: 'by 2026-04-29',
    example: openaiExample('checkpoint.permission.deleted', graceKey, { id: 'cp_zc4Q7MP6XxulcVzj4MZdwsAB' }),
    exampleIsOurs: true,
    note: 'Named `checkpoint_permission.deleted` until June 2025.',
  },
  {
    type: 'checkpoint_permission.created',
    origin: 'openai',
    sentence: '{actor} created checkpoint permission {target}',
    targets: [{ type: 'checkpoint_permission', at: 'id' }],
    details: record({ id: permissionId, data: permissionData }),
    since: '2025-04-29',
    retired: true,
    example: {
      ...openaiExample('checkpoint_permission.created', grace, {
        id: 'cp_8uJ7yH6tG5rF4eD3wS2qA1zX',
        data: {
          project_id: 'proj_6yT5rE4wQ3aS2dF1',
          fine_tuned_model_checkpoint: 'ft:gpt-4o-mini-2024-07-18:example:support:AjRn8Px4:ckpt-step-60',
        },
      }),
      effective_at: MAY_2025_SECONDS,
    },
    exampleIsOurs: true,
    note: 'Today `checkpoint.permission.created`; a filter that names either finds both.',
  },
  {
    type: 'checkpoint_permission.deleted',
    origin: 'openai',
    sentence: '{actor} deleted checkpoint permission {target}',
    targets: [{ type: 'checkpoint_permission', at: 'id' }],
    details: record({ id: permissionId }),
    since: '2025-04-29',
    retired: true,
    example: {
      ...openaiExample('checkpoint_permission.deleted', grace, { id: 'cp_8uJ7yH6tG5rF4eD3wS2qA1zX' }),
      effective_at: MAY_2025_SECONDS + 86_400,
    },
    exampleIsOurs: true,
    note: 'Today `checkpoint.permission.deleted`; a filter that names either finds both.',
  },
  {
    type: 'external_storage.registered',
    origin: 'openai',
    sentence: '{actor} registered external storage {target}',
    targets: [{ type: 'external_storage', at: 'id' }],
    details: record({
      id: storageId,
      data: record({ geography: text('The part of the world the data stays in.'), provider }, 'What was registered.'),
    }),
    since: 'by 2026-11-10',
    example: openaiExample('external_storage.registered', ada, {
      id: 'extstore_4rF5tG6yH7uJ',
      data: {
        geography: 'eu',
        provider: {
          type: 'aws',
          account_id: '000000000000',
          bucket: 'example-audit',
          external_id: 'example-7Yh2',
          region: 'eu-central-1',
          role_arn: 'arn:aws:iam::000000000000:role/example-storage',
        },
      },
    }),
    exampleIsOurs: true,
  },
  {
    type: 'external_storage.removed',
    origin: 'openai',
    sentence: '{actor} removed external storage {target}',
    targets: [{ type: 'external_storage', at: 'id' }],
    details: record({ id: storageId }),
    since: 'by 2026-11-10',
    example: openaiExample('external_storage.removed', ada, { id: 'extstore_4rF5tG6yH7uJ' }),
    exampleIsOurs: true,
  },
  {
    type: 'resource.deleted',
    origin: 'openai',
    sentence: '{actor} deleted a resource',
    targets: [{ type: 'resource' }],
    since: 'by 2026-04-29',
    example: openaiExample('resource.deleted', deployBot),
    exampleIsOurs: true,
  },
  {
    type: 'tunnel.created',
    origin: 'openai',
    sentence: '{actor} created a tunnel',
    targets: [{ type: 'tunnel' }],
    since: 'by 2026-04-29',
    example: openaiExample('tunnel.created', deployBot),
    exampleIsOurs: true,
  },
  {
    type: 'tunnel.updated',
    origin: 'openai',
    sentence: '{actor} updated a tunnel',
    targets: [{ type: 'tunnel' }],
    since: 'by 2026-04-29',
    example: openaiExample('tunnel.updated', graceKey),
    exampleIsOurs: true,
  },
  {
    type: 'tunnel.deleted',
    origin: 'openai',
    sentence: '{actor} deleted a tunnel',
    targets: [{ type: 'tunnel' }],
    since: 'by 2026-04-29',
    example: openaiExample('tunnel.deleted', grace),
    exampleIsOurs: true,
  },
] as const satisfies readonly EventTypeRow[]
