/** OpenAI: roles, who has them, and the resources they are bound to. */
import { ada, deployBot, grace, graceKey, openaiExample, plainExample } from './openai-example.js'
import type { EventTypeRow } from './row.js'
import { choice, flag, open, record, text, texts } from './schema.js'

const roleId = text('The role.')
const roleName = text('The role’s name.')
const scopeType = text('The kind of resource the role belongs to.')
const scopeId = text('The resource the role is scoped to.')

const assignment = record({
  id: text('The assignment.'),
  principal_id: text('The user or group whose role it is.'),
  principal_type: text('Whether that is a user or a group.'),
  resource_id: text('The resource the assignment is scoped to.'),
  resource_type: text('The kind of that resource.'),
})

const binding = record({
  id: text('The resource; a ChatGPT workspace connector is `<workspace_id>__<connector_id>`.'),
  role_id: roleId,
  resource_id: text('The resource.'),
  resource_type: text('The kind of resource.'),
  permissions: texts('What the role may do with the resource after the change.'),
  workspace_id: text('The ChatGPT workspace of a connector.'),
  connector_id: text('The connector in that workspace.'),
  connector_name: text('The connector’s display name, or its id where none could be found.'),
  enabled: flag('Whether the connector is enabled for the role.'),
  source: choice(
    ['role_toggle', 'role_connector_update', 'role_delete', 'workspace_permissions', 'connector_publish'],
    'What the change was part of.',
  ),
})

export const OPENAI_ROLE_ROWS = [
  {
    type: 'role.created',
    origin: 'openai',
    sentence: '{actor} created role {target}',
    targets: [{ type: 'role', at: 'id' }],
    details: record({
      id: roleId,
      role_name: roleName,
      permissions: texts('What the role permits.'),
      resource_type: scopeType,
      resource_id: scopeId,
    }),
    since: 'by 2026-04-29',
    example: openaiExample('role.created', ada, {
      id: 'role_01KB4E8QH5Z2',
      role_name: 'Prompt reviewer',
      permissions: ['api.prompts.read', 'api.logs.read'],
      resource_type: 'api.organization',
      resource_id: 'org-4fG5hJ6kL7zX8cV9',
    }),
    exampleIsOurs: true,
  },
  {
    type: 'role.updated',
    origin: 'openai',
    sentence: '{actor} updated role {target}',
    targets: [{ type: 'role', at: 'id' }],
    details: record({
      id: roleId,
      changes_requested: record(
        {
          role_name: roleName,
          resource_id: scopeId,
          resource_type: scopeType,
          permissions_added: texts('What the role permits from now on.'),
          permissions_removed: texts('What the role no longer permits.'),
          description: text('The role’s description.'),
          metadata: open('What else is kept with the role.'),
        },
        'What was asked to change.',
      ),
    }),
    since: 'by 2026-04-29',
    example: openaiExample('role.updated', graceKey, {
      id: 'role_01KB4E8QH5Z2',
      changes_requested: { permissions_added: ['api.prompts.write'], permissions_removed: ['api.logs.read'] },
    }),
    exampleIsOurs: true,
  },
  {
    type: 'role.deleted',
    origin: 'openai',
    sentence: '{actor} deleted role {target}',
    targets: [{ type: 'role', at: 'id' }],
    details: record({ id: roleId }),
    since: 'by 2026-04-29',
    example: openaiExample('role.deleted', grace, { id: 'role_01KB4E8QH5Z2' }),
    exampleIsOurs: true,
  },
  {
    type: 'role.assignment.created',
    origin: 'openai',
    sentence: '{actor} created role assignment {target}',
    targets: [
      { type: 'role_assignment', at: 'id' },
      { type: 'resource', at: 'resource_id' },
    ],
    details: assignment,
    since: 'by 2026-04-29',
    example: openaiExample('role.assignment.created', ada, {
      id: 'role_assignment_5gH6jK7lZ8xC',
      principal_id: 'group_01KB3XQ7M2R8',
      principal_type: 'group',
      resource_id: 'proj_6yT5rE4wQ3aS2dF1',
      resource_type: 'api.project',
    }),
    exampleIsOurs: true,
  },
  {
    type: 'role.assignment.deleted',
    origin: 'openai',
    sentence: '{actor} deleted role assignment {target}',
    targets: [
      { type: 'role_assignment', at: 'id' },
      { type: 'resource', at: 'resource_id' },
    ],
    details: assignment,
    since: 'by 2026-04-29',
    example: openaiExample('role.assignment.deleted', deployBot, {
      id: 'role_assignment_5gH6jK7lZ8xC',
      principal_id: 'user-lM3nB6vC9xZ2aS5dF8gH1jK4',
      principal_type: 'user',
      resource_id: 'proj_6yT5rE4wQ3aS2dF1',
      resource_type: 'api.project',
    }),
    exampleIsOurs: true,
  },
  {
    type: 'role.bound_to_resource',
    origin: 'openai',
    sentence: '{actor} bound a role to resource {target}',
    targets: [
      { type: 'resource', at: 'id' },
      { type: 'resource', at: 'resource_id' },
    ],
    details: binding,
    tenantScoped: true,
    since: '2026-06-16',
    example: plainExample('role.bound_to_resource', ada, {
      id: 'ws_9oL8kJ7h__connector_calendar',
      role_id: 'role_01KB4E8QH5Z2',
      resource_id: 'ws_9oL8kJ7h__connector_calendar',
      resource_type: 'chatgpt.workspace.connector',
      permissions: ['chatgpt.connector.use'],
      workspace_id: 'ws_9oL8kJ7h',
      connector_id: 'connector_calendar',
      connector_name: 'Calendar',
      enabled: true,
      source: 'role_toggle',
    }),
    exampleIsOurs: true,
    note: 'Tenant-scoped, though its name does not say so.',
  },
  {
    type: 'role.unbound_from_resource',
    origin: 'openai',
    sentence: '{actor} unbound a role from resource {target}',
    targets: [
      { type: 'resource', at: 'id' },
      { type: 'resource', at: 'resource_id' },
    ],
    details: binding,
    tenantScoped: true,
    since: '2026-06-16',
    example: plainExample('role.unbound_from_resource', grace, {
      id: 'ws_9oL8kJ7h__connector_calendar',
      role_id: 'role_01KB4E8QH5Z2',
      resource_id: 'ws_9oL8kJ7h__connector_calendar',
      resource_type: 'chatgpt.workspace.connector',
      permissions: [],
      workspace_id: 'ws_9oL8kJ7h',
      connector_id: 'connector_calendar',
      connector_name: 'Calendar',
      enabled: false,
      source: 'role_delete',
    }),
    exampleIsOurs: true,
    note: 'Tenant-scoped, though its name does not say so.',
  },
] as const satisfies readonly EventTypeRow[]
