/** The models' types; tsc reads these lines, vitest only runs them. */
import { expectTypeOf, it } from 'vitest'
import type * as auditlog from '../../dist/models/auditlog/index.js'
import type * as components from '../../dist/models/components/index.js'
import { auditLogFromJSON, type AuditLog, type SDKValidationError } from '../../dist/models/components/index.js'
import type * as models from '../../dist/models/index.js'
import * as openapi from '../../dist/models/openapi/index.js'
import type { ListAuditLogsRequest } from '../../dist/models/operations/index.js'

const value: AuditLog = { id: '<id>', type: 'user.deleted', effectiveAt: 174658, actor: {} }

it('details are typed from the catalogue, in camelCase', () => {
  expectTypeOf(value.apiKeyCreated?.data?.scopes).toEqualTypeOf<string[] | undefined>()
  expectTypeOf(value.apiKeyUpdated?.changesRequested?.scopes).toEqualTypeOf<string[] | undefined>()
  expectTypeOf(value.rateLimitUpdated?.changesRequested?.maxRequestsPer1Minute).toEqualTypeOf<number | undefined>()
  expectTypeOf(value.ipAllowlistConfigActivated?.configs?.[0]?.name).toEqualTypeOf<string | undefined>()
  expectTypeOf(value.checkpointPermissionCreated?.data?.fineTunedModelCheckpoint).toEqualTypeOf<string | undefined>()
  expectTypeOf(value['checkpoint_permission.created']?.data?.projectId).toEqualTypeOf<string | undefined>()
  expectTypeOf(value.externalStorageRegistered?.data?.provider?.type).toEqualTypeOf<
    'aws' | 'azure' | 'gcp' | 'oci' | undefined
  >()
  expectTypeOf(value.organizationUpdated?.changesRequested?.settings?.threadsUiVisibility).toEqualTypeOf<
    string | undefined
  >()
  expectTypeOf(value.actor.session?.ipAddressDetails?.regionCode).toEqualTypeOf<string | undefined>()
  expectTypeOf(value.actor.apiKey?.serviceAccount?.id).toEqualTypeOf<string | undefined>()
  expectTypeOf(value.effectiveAt).toEqualTypeOf<number>()
})

it('what nobody documents is unknown, not missing', () => {
  expectTypeOf(value['future_thing.created']).toEqualTypeOf<unknown>()
  expectTypeOf(value.actor['robot']).toEqualTypeOf<unknown>()
  expectTypeOf(value.tunnelCreated).toExtend<{ [name: string]: unknown } | undefined>()
  const later: AuditLog = { ...value, type: 'future_thing.created', 'future_thing.created': { id: 'f' } }
  expectTypeOf(later.type).toExtend<string>()
})

it('a model may be changed, and a member set to undefined', () => {
  value.apiKeyCreated = undefined
  value.apiKeyCreated = { id: 'key_1', data: { scopes: ['a'] } }
  value.apiKeyCreated.data?.scopes?.push('b')
})

it('a wrong type, and an entry that lacks what every entry has, are refused', () => {
  // @ts-expect-error: a string where a number belongs
  const wrong: AuditLog = { ...value, effectiveAt: 'now' }
  // @ts-expect-error: scopes are strings
  const scopes: AuditLog = { ...value, apiKeyCreated: { data: { scopes: [1] } } }
  // @ts-expect-error: no id
  const lacking: AuditLog = { type: 'user.deleted', effectiveAt: 1, actor: {} }
  // @ts-expect-error: no actor
  const nobody: AuditLog = { id: 'a', type: 'user.deleted', effectiveAt: 1 }
  void [wrong, scopes, lacking, nobody]
})

it('a result has a value or an error', () => {
  const read = auditLogFromJSON('{}')
  if (read.ok) expectTypeOf(read.value).toEqualTypeOf<AuditLog>()
  else expectTypeOf(read.error).toEqualTypeOf<SDKValidationError>()
  // @ts-expect-error: not before it is asked
  read.value?.id satisfies string
})

it('models inside have the names that clients give them', () => {
  expectTypeOf<NonNullable<AuditLog['apiKeyCreated']>>().toEqualTypeOf<components.ApiKeyCreated>()
  expectTypeOf<NonNullable<components.ApiKeyCreated['data']>>().toEqualTypeOf<components.AuditLogData>()
  expectTypeOf<NonNullable<components.ApiKeyUpdated['changesRequested']>>().toEqualTypeOf<components.ChangesRequested>()
  expectTypeOf<
    NonNullable<components.OrganizationUpdated['changesRequested']>
  >().toEqualTypeOf<components.AuditLogChangesRequested>()
  expectTypeOf<NonNullable<components.AuditLogChangesRequested['settings']>>().toEqualTypeOf<components.Settings>()
  expectTypeOf<AuditLog['actor']>().toEqualTypeOf<components.AuditLogActor>()
  expectTypeOf<components.ListAuditLogsResponse['data'][number]>().toEqualTypeOf<AuditLog>()
  expectTypeOf<openapi.AuditLog>().toEqualTypeOf<AuditLog>()
  expectTypeOf<openapi.AuditLogInviteDeleted>().toEqualTypeOf<openapi.AuditLogInviteAccepted>()
  expectTypeOf<models.components.AuditLog>().toEqualTypeOf<AuditLog>()
})

it('Python’s models have attributes and methods', () => {
  const model = openapi.AuditLog.fromDict({})
  expectTypeOf(model.api_key_created?.data?.scopes).toEqualTypeOf<string[] | undefined>()
  expectTypeOf(model.ip_allowlist_config_activated?.configs?.[0]?.name).toEqualTypeOf<string | undefined>()
  expectTypeOf(model.actor?.session?.ip_address).toEqualTypeOf<string | undefined>()
  expectTypeOf(model.api_key_created?.data?.toJson()).toEqualTypeOf<string | undefined>()
  expectTypeOf(openapi.AuditLog.fromDict(null)).toEqualTypeOf<null>()
})

it('a request takes what the list takes', () => {
  expectTypeOf<ListAuditLogsRequest['projectIds']>().toEqualTypeOf<string[] | undefined>()
  expectTypeOf<NonNullable<ListAuditLogsRequest['effectiveAt']>['gte']>().toEqualTypeOf<number | undefined>()
  expectTypeOf<ListAuditLogsRequest['tenantOnly']>().toEqualTypeOf<boolean | undefined>()
})

it('Unkey’s words are offered, and any other is as good', () => {
  expectTypeOf<'key.create' | 'webhook.delete' | 'their.own'>().toExtend<auditlog.AuditLogEvent>()
  expectTypeOf<typeof auditlog.KeyCreateEvent>().toEqualTypeOf<'key.create'>()
  // @ts-expect-error: an event has a name
  const nameless: auditlog.AuditLog = { WorkspaceID: 'ws_1' }
  void nameless
})
