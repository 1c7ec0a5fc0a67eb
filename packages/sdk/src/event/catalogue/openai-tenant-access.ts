/** OpenAI, tenant-wide: credentials, workload identities, roles, and what is shared with whom. */
import { tenantRow } from './openai-tenant-row.js'
import type { EventTypeRow } from './row.js'

const grant = 'resource_share_grant'
const provider = 'workload_identity_provider'
const mapping = 'workload_identity_mapping'

export const OPENAI_TENANT_ACCESS_ROWS = [
  tenantRow('tenant.admin_api_key.created', '{actor} created an admin API key', 'admin_api_key'),
  tenantRow('tenant.admin_api_key.updated', '{actor} updated an admin API key', 'admin_api_key'),
  tenantRow('tenant.admin_api_key.deleted', '{actor} deleted an admin API key', 'admin_api_key'),
  tenantRow('tenant.project_api_key.created', '{actor} created a project API key', 'project_api_key'),
  tenantRow('tenant.chatgpt_access_token.revoked', '{actor} revoked a ChatGPT access token', 'chatgpt_access_token'),

  tenantRow('tenant.service_account.updated', '{actor} updated a service account of the tenant', 'service_account'),
  tenantRow('tenant.service_account.deleted', '{actor} deleted a service account of the tenant', 'service_account'),
  tenantRow(
    'tenant.service_account.token.revoked',
    '{actor} revoked a token of a service account',
    'service_account_token',
  ),

  tenantRow(
    'tenant.workload_identity.provider.created',
    '{actor} created a workload identity provider for the tenant',
    provider,
  ),
  tenantRow(
    'tenant.workload_identity.provider.updated',
    '{actor} updated a workload identity provider of the tenant',
    provider,
  ),
  tenantRow(
    'tenant.workload_identity.provider.archived',
    '{actor} archived a workload identity provider of the tenant',
    provider,
  ),
  tenantRow(
    'tenant.workload_identity.mapping.created',
    '{actor} created a workload identity mapping for the tenant',
    mapping,
  ),
  tenantRow(
    'tenant.workload_identity.mapping.updated',
    '{actor} updated a workload identity mapping of the tenant',
    mapping,
  ),
  tenantRow(
    'tenant.workload_identity.mapping.archived',
    '{actor} archived a workload identity mapping of the tenant',
    mapping,
  ),
  tenantRow(
    'tenant.workload_identity.binding.created',
    '{actor} created a workload identity binding',
    'workload_identity_binding',
  ),
  tenantRow(
    'tenant.workload_identity.principal.provisioned',
    '{actor} provisioned a workload identity principal',
    'workload_identity_principal',
  ),
  tenantRow(
    'tenant.workload_identity.access_token.issued',
    '{actor} issued a workload identity access token',
    'workload_identity_access_token',
    '2026-08-12',
  ),

  tenantRow('tenant.role.metadata.updated', '{actor} updated a role’s metadata', 'role'),
  tenantRow('tenant.custom_role.created', '{actor} created a custom role', 'custom_role'),
  tenantRow('tenant.custom_role.updated', '{actor} updated a custom role', 'custom_role'),
  tenantRow('tenant.custom_role.deleted', '{actor} deleted a custom role', 'custom_role'),
  tenantRow('tenant.role_assignment.created', '{actor} assigned a role in the tenant', 'role_assignment'),
  tenantRow('tenant.role_assignment.deleted', '{actor} withdrew a role in the tenant', 'role_assignment'),
  tenantRow(
    'tenant.resource_role_assignment.created',
    '{actor} assigned a role on a resource',
    'resource_role_assignment',
  ),
  tenantRow(
    'tenant.resource_role_assignment.deleted',
    '{actor} withdrew a role on a resource',
    'resource_role_assignment',
  ),
  tenantRow('tenant.resource_access.updated', '{actor} changed the access to a resource', 'resource_access'),
  tenantRow('tenant.resource_access.deleted', '{actor} removed the access to a resource', 'resource_access'),

  tenantRow('tenant.resource_share_grant.created', '{actor} offered to share a resource', grant),
  tenantRow('tenant.resource_share_grant.updated', '{actor} updated a grant that shares a resource', grant),
  tenantRow('tenant.resource_share_grant.accepted', '{actor} accepted a shared resource', grant),
  tenantRow('tenant.resource_share_grant.declined', '{actor} declined a shared resource', grant),
  tenantRow('tenant.resource_share_grant.revoked', '{actor} revoked a grant that shares a resource', grant),
  tenantRow('tenant.resource_share_grant.deleted', '{actor} deleted a grant that shares a resource', grant),
] as const satisfies readonly EventTypeRow[]
