/** The examples that the clients' own pages document compile and run as they stand, save for the import line. */
import { expect, test } from 'vitest'
import * as auditlog from '../../dist/models/auditlog/index.js'
import * as openapi from '../../dist/models/openapi/index.js'
import { compileAndRun, stripAndRun } from './run.js'

/** Speakeasy's page of `argot-open-ai`, its example verbatim. */
const SPEAKEASY = `import { AuditLog } from "argot-open-ai/models/components";

let value: AuditLog = {
  id: "<id>",
  type: "user.deleted",
  effectiveAt: 174658,
  actor: {},
};
`

/** openapi-generator's page of \`openapiopenai\`, its example verbatim but for the template's note to fill in the JSON. */
const PYTHON = `from openapiopenai.models.audit_log import AuditLog

# update the JSON string below
json = "{}"
# create an instance of AuditLog from a JSON string
audit_log_instance = AuditLog.from_json(json)
# print the JSON string representation of the object
print(AuditLog.to_json())

# convert the object into a dict
audit_log_dict = audit_log_instance.to_dict()
# create an instance of AuditLog from a dict
audit_log_from_dict = AuditLog.from_dict(audit_log_dict)
`

/** Unkey's page of the Go package, its struct's fields and two of its constant blocks verbatim. */
const GO_STRUCTS = `type AuditLog struct {
	Event       AuditLogEvent
	WorkspaceID string
	Display     string

	ActorID   string
	ActorType AuditLogActor
	ActorName string

	// json encoded metadata
	ActorMeta map[string]any

	// There can be multiple resources affected by the action
	Resources []AuditLogResource

	RemoteIP  string
	UserAgent string
}
type AuditLogResource struct {
	ID          string
	DisplayName string
	Name        string
	// json encoded metadata
	Meta map[string]any
	Type AuditLogResourceType
}
`

const GO_CONSTANTS = `const (
	RootKeyActor AuditLogActor = "rootkey"
	UserActor AuditLogActor = "user"
	SystemActor AuditLogActor = "system"
)
const (
	WorkspaceCreateEvent AuditLogEvent = "workspace.create"
	WorkspaceUpdateEvent AuditLogEvent = "workspace.update"
	WorkspaceDeleteEvent AuditLogEvent = "workspace.delete"
	WorkspaceOptInEvent  AuditLogEvent = "workspace.opt_in"
	APICreateEvent AuditLogEvent = "api.create"
	APIUpdateEvent AuditLogEvent = "api.update"
	APIDeleteEvent AuditLogEvent = "api.delete"
	KeyCreateEvent AuditLogEvent = "key.create"
	KeyRerollEvent AuditLogEvent = "key.reroll"
	KeyUpdateEvent AuditLogEvent = "key.update"
	KeyDeleteEvent AuditLogEvent = "key.delete"
	RatelimitNamespaceCreateEvent AuditLogEvent = "ratelimitNamespace.create"
	RatelimitNamespaceUpdateEvent AuditLogEvent = "ratelimitNamespace.update"
	RatelimitNamespaceDeleteEvent AuditLogEvent = "ratelimitNamespace.delete"
	VercelIntegrationCreateEvent AuditLogEvent = "vercelIntegration.create"
	VercelIntegrationUpdateEvent AuditLogEvent = "vercelIntegration.update"
	VercelIntegrationDeleteEvent AuditLogEvent = "vercelIntegration.delete"
	VercelBindingCreateEvent AuditLogEvent = "vercelBinding.create"
	VercelBindingUpdateEvent AuditLogEvent = "vercelBinding.update"
	VercelBindingDeleteEvent AuditLogEvent = "vercelBinding.delete"
	RoleCreateEvent AuditLogEvent = "role.create"
	RoleUpdateEvent AuditLogEvent = "role.update"
	RoleDeleteEvent AuditLogEvent = "role.delete"
	PermissionCreateEvent AuditLogEvent = "permission.create"
	PermissionUpdateEvent AuditLogEvent = "permission.update"
	PermissionDeleteEvent AuditLogEvent = "permission.delete"
	AuthConnectRolePermissionEvent    AuditLogEvent = "authorization.connect_role_and_permission"
	AuthDisconnectRolePermissionEvent AuditLogEvent = "authorization.disconnect_role_and_permissions"
	AuthConnectRoleKeyEvent           AuditLogEvent = "authorization.connect_role_and_key"
	AuthDisconnectRoleKeyEvent        AuditLogEvent = "authorization.disconnect_role_and_key"
	AuthConnectPermissionKeyEvent     AuditLogEvent = "authorization.connect_permission_and_key"
	AuthDisconnectPermissionKeyEvent  AuditLogEvent = "authorization.disconnect_permission_and_key"
	IdentityCreateEvent AuditLogEvent = "identity.create"
	IdentityUpdateEvent AuditLogEvent = "identity.update"
	IdentityDeleteEvent AuditLogEvent = "identity.delete"
	RatelimitCreateEvent         AuditLogEvent = "ratelimit.create"
	RatelimitUpdateEvent         AuditLogEvent = "ratelimit.update"
	RatelimitDeleteEvent         AuditLogEvent = "ratelimit.delete"
	RatelimitSetOverrideEvent    AuditLogEvent = "ratelimit.set_override"
	RatelimitReadOverrideEvent   AuditLogEvent = "ratelimit.read_override"
	RatelimitDeleteOverrideEvent AuditLogEvent = "ratelimit.delete_override"
	AuditLogBucketCreateEvent AuditLogEvent = "auditLogBucket.create"
)
const (
	APIResourceType                AuditLogResourceType = "api"
	AuditLogBucketResourceType     AuditLogResourceType = "auditLogBucket"
	IdentityResourceType           AuditLogResourceType = "identity"
	KeySpaceResourceType           AuditLogResourceType = "keySpace"
	KeyResourceType                AuditLogResourceType = "key"
	PermissionResourceType         AuditLogResourceType = "permission"
	RatelimitResourceType          AuditLogResourceType = "ratelimit"
	RatelimitNamespaceResourceType AuditLogResourceType = "ratelimitNamespace"
	RatelimitOverrideResourceType  AuditLogResourceType = "ratelimitOverride"
	RoleResourceType               AuditLogResourceType = "role"
	VercelBindingResourceType      AuditLogResourceType = "vercelBinding"
	VercelIntegrationResourceType  AuditLogResourceType = "vercelIntegration"
	WorkspaceResourceType          AuditLogResourceType = "workspace"
)
`

/** The camelCase fields that Speakeasy's page documents, but for the five that every entry has. */
const SPEAKEASY_FIELDS = [
  ['apiKeyCreated', 'ApiKeyCreated'],
  ['apiKeyUpdated', 'ApiKeyUpdated'],
  ['apiKeyDeleted', 'ApiKeyDeleted'],
  ['inviteSent', 'InviteSent'],
  ['inviteAccepted', 'InviteAccepted'],
  ['inviteDeleted', 'InviteDeleted'],
  ['loginFailed', 'LoginFailed'],
  ['logoutFailed', 'LogoutFailed'],
  ['organizationUpdated', 'OrganizationUpdated'],
  ['projectCreated', 'ProjectCreated'],
  ['projectUpdated', 'ProjectUpdated'],
  ['projectArchived', 'ProjectArchived'],
  ['serviceAccountCreated', 'ServiceAccountCreated'],
  ['serviceAccountUpdated', 'ServiceAccountUpdated'],
  ['serviceAccountDeleted', 'ServiceAccountDeleted'],
  ['userAdded', 'UserAdded'],
  ['userUpdated', 'UserUpdated'],
  ['userDeleted', 'UserDeleted'],
] as const

/** The attributes that openapi-generator's page documents, with their types. */
const PYTHON_FIELDS = [
  ['api_key_created', 'AuditLogApiKeyCreated'],
  ['api_key_updated', 'AuditLogApiKeyUpdated'],
  ['api_key_deleted', 'AuditLogApiKeyDeleted'],
  ['invite_sent', 'AuditLogInviteSent'],
  ['invite_accepted', 'AuditLogInviteAccepted'],
  ['invite_deleted', 'AuditLogInviteAccepted'],
  ['login_failed', 'AuditLogLoginFailed'],
  ['logout_failed', 'AuditLogLoginFailed'],
  ['organization_updated', 'AuditLogOrganizationUpdated'],
  ['project_created', 'AuditLogProjectCreated'],
  ['project_updated', 'AuditLogProjectUpdated'],
  ['project_archived', 'AuditLogProjectArchived'],
  ['rate_limit_updated', 'AuditLogRateLimitUpdated'],
  ['rate_limit_deleted', 'AuditLogRateLimitDeleted'],
  ['service_account_created', 'AuditLogServiceAccountCreated'],
  ['service_account_updated', 'AuditLogServiceAccountUpdated'],
  ['service_account_deleted', 'AuditLogServiceAccountDeleted'],
  ['user_added', 'AuditLogUserAdded'],
  ['user_updated', 'AuditLogUserUpdated'],
  ['user_deleted', 'AuditLogUserDeleted'],
] as const

/** Attributes that OpenAI's Python reference documents, with their names on the wire. */
const REFERENCE_FIELDS = [
  ['actor', 'actor'],
  ['checkpoint_permission_created', 'checkpoint.permission.created'],
  ['checkpoint_permission_deleted', 'checkpoint.permission.deleted'],
  ['ip_allowlist_config_activated', 'ip_allowlist.config.activated'],
  ['ip_allowlist_config_deactivated', 'ip_allowlist.config.deactivated'],
  ['organization_updated', 'organization.updated'],
  ['project', 'project'],
  ['rate_limit_updated', 'rate_limit.updated'],
  ['role_updated', 'role.updated'],
] as const

const withOurImport = (text: string): string => text.replace('"argot-open-ai/', '"@sealedlog/sdk/')

/** Python as TypeScript, line by line: what declares, prints and comments is spelled differently, every call stands. */
const asTypeScript = (python: string): string =>
  python
    .replace(/^from openapiopenai\S* import AuditLog$/m, "import { AuditLog } from '@sealedlog/sdk/models/openapi'")
    .replaceAll(/^# /gm, '// ')
    .replaceAll(/^(\w+) = /gm, 'const $1 = ')
    .replaceAll(/^print\(/gm, 'console.log(')

const goStruct = (name: string): string => new RegExp(`type ${name} struct \\{([^}]*)\\}`).exec(GO_STRUCTS)?.[1] ?? ''
const goFields = (name: string): string[] =>
  [...goStruct(name).matchAll(/^\t([A-Z]\w*)\s/gm)].map((match) => match[1] as string)

test('every documented example compiles in a strict project and runs', async () => {
  const fields = SPEAKEASY_FIELDS.map(([field, type]) => `value.${field} satisfies components.${type} | undefined`)
  const struct = goFields('AuditLog').map((field) => `  log.${field},`)
  const [speakeasy, reads, python, camel, go] = await compileAndRun([
    `${withOurImport(SPEAKEASY)}console.log(JSON.stringify(value))\n`,
    `${withOurImport(SPEAKEASY)}import type * as components from "@sealedlog/sdk/models/components"
import { auditLogFromJSON, auditLogToJSON } from "@sealedlog/sdk/models/components"
${fields.join('\n')}
const read = auditLogFromJSON(auditLogToJSON(value))
console.log(read.ok ? JSON.stringify(read.value) : read.error.pretty(), auditLogToJSON(value))
`,
    `${asTypeScript(PYTHON)}console.log(audit_log_from_dict.toJson(), audit_log_dict)\n`,
    `import { AuditLog } from '@sealedlog/sdk/models/openapi'
const json = '{}'
const auditLogInstance = AuditLog.fromJson(json)
console.log(AuditLog.toJson(auditLogInstance))
const auditLogDict = auditLogInstance.toDict()
const auditLogFromDict = AuditLog.fromDict(auditLogDict)
${PYTHON_FIELDS.map(([field]) => `void auditLogFromDict.${field}?.toDict()`).join('\n')}
`,
    `import { type AuditLog, KeyCreateEvent, KeyResourceType, RootKeyActor } from '@sealedlog/sdk/models/auditlog'
const log: AuditLog = {
  Event: KeyCreateEvent, WorkspaceID: 'ws_1', Display: 'Created key_1',
  ActorID: 'key_0', ActorType: RootKeyActor, ActorName: 'CI', ActorMeta: { a: 1 },
  Resources: [{ ID: 'key_1', DisplayName: 'Key', Name: 'k', Meta: { b: null }, Type: KeyResourceType }],
  RemoteIP: '192.0.2.1', UserAgent: 'curl/8',
}
console.log([
${struct.join('\n')}
].length, JSON.stringify(log.Resources))
`,
  ])
  const said = '{"id":"<id>","type":"user.deleted","effectiveAt":174658,"actor":{}}'
  expect(speakeasy).toBe(`${said}\n`)
  expect(reads).toBe(`${said} {"id":"<id>","type":"user.deleted","effective_at":174658,"actor":{}}\n`)
  // `AuditLog.to_json()` is asked of the class, a slip of the template; it answers for a model with nothing in it.
  expect(python).toBe('{}\n{} {}\n')
  expect(camel).toBe('{}\n')
  expect(go).toBe('10 [{"ID":"key_1","DisplayName":"Key","Name":"k","Meta":{"b":null},"Type":"key"}]\n')
}, 60_000)

test('the first also runs where types are stripped and its import is kept', async () => {
  expect(await stripAndRun(`${withOurImport(SPEAKEASY)}console.log(value.type)\n`)).toBe('user.deleted\n')
}, 60_000)

test('the runner refuses what does not compile', async () => {
  const text = withOurImport(SPEAKEASY).replace('174658', '"174658"')
  await expect(compileAndRun([text])).rejects.toThrow(/'string' is not assignable to type 'number'/)
}, 60_000)

test('every constant of the Go page has its name and its value', () => {
  const constants = [...GO_CONSTANTS.matchAll(/^\t(\w+)\s+AuditLog\w+ = "(.*)"$/gm)].map(([, name, value]) => [
    name,
    value,
  ])
  expect(constants).toHaveLength(3 + 42 + 13)
  expect(auditlog).toMatchObject(Object.fromEntries(constants) as object)
})

test('every documented attribute of the Python page is an instance of its documented type', () => {
  const classes: { readonly [name: string]: unknown } = openapi
  for (const [attribute, type] of PYTHON_FIELDS) {
    const wire = attribute.replace(/_(?=[a-z]+$)/, '.')
    const model = openapi.AuditLog.fromDict({ [wire]: { id: 'x' } })
    expect(model[attribute]).toBeInstanceOf(classes[type] as typeof openapi.AuditLog)
  }
})

test('the attributes of OpenAI’s own Python reference are the same ones', () => {
  const wire = Object.fromEntries(REFERENCE_FIELDS.map(([, name]) => [name, { changes_requested: { title: 'x' } }]))
  const model = openapi.AuditLog.fromDict(wire)
  for (const [attribute] of REFERENCE_FIELDS) expect(model[attribute]).toBeDefined()
  expect(Object.keys(model)).toEqual(REFERENCE_FIELDS.map(([attribute]) => attribute))
  expect(model.organization_updated?.changes_requested?.title).toBe('x')
})
