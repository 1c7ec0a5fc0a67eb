/** OpenAI, tenant-wide: sign-on, policies, billing, limits and the tenant itself. */
import { tenantRow } from './openai-tenant-row.js'
import type { EventTypeRow } from './row.js'

const entraMapping = 'microsoft_entra_mapping'
const increase = 'usage_limit_increase_request'

export const OPENAI_TENANT_SETTINGS_ROWS = [
  tenantRow('tenant.metadata.updated', '{actor} updated the tenant’s metadata', 'tenant'),
  tenantRow('tenant.domains.migrated', '{actor} migrated the tenant’s domains', 'tenant'),
  tenantRow('tenant.sso.migrated', '{actor} migrated the tenant’s single sign-on', 'tenant'),
  tenantRow('tenant.migration.completed', '{actor} completed the tenant’s migration', 'tenant'),
  tenantRow(
    'tenant.migration_rollout.status.updated',
    '{actor} changed the status of the migration rollout',
    'migration_rollout',
  ),
  tenantRow(
    'tenant.migration_rollout.tier.updated',
    '{actor} changed the tier of the migration rollout',
    'migration_rollout',
  ),

  tenantRow('tenant.sso_connection.created', '{actor} created an SSO connection', 'sso_connection'),
  tenantRow('tenant.sso_connection.updated', '{actor} updated an SSO connection', 'sso_connection'),
  tenantRow('tenant.sso_connection.deleted', '{actor} deleted an SSO connection', 'sso_connection'),
  tenantRow('tenant.sso_connection.setup.started', '{actor} began to set up an SSO connection', 'sso_connection'),
  tenantRow('tenant.microsoft_entra_mapping.upserted', '{actor} set a Microsoft Entra mapping', entraMapping),
  tenantRow('tenant.microsoft_entra_mapping.deleted', '{actor} deleted a Microsoft Entra mapping', entraMapping),
  tenantRow('tenant.scim.setup.started', '{actor} began to set up SCIM', 'scim'),
  tenantRow('tenant.scim.deletion.requested', '{actor} asked for SCIM to be deleted', 'scim'),
  tenantRow('tenant.scim.directory.created', '{actor} created a SCIM directory', 'scim_directory'),

  tenantRow('tenant.policy.created', '{actor} created a policy', 'policy'),
  tenantRow('tenant.policy.updated', '{actor} updated a policy', 'policy'),
  tenantRow('tenant.policy.deleted', '{actor} deleted a policy', 'policy'),
  tenantRow('tenant.policy.attached', '{actor} attached a policy', 'policy'),
  tenantRow('tenant.policy.detached', '{actor} detached a policy', 'policy'),
  tenantRow(
    'tenant.principal_authentication_policy.resolved',
    '{actor} resolved a principal’s authentication policy',
    'principal_authentication_policy',
  ),
  tenantRow(
    'tenant.product_access_policy.updated',
    '{actor} updated the product access policy',
    'product_access_policy',
  ),
  tenantRow('tenant.session_policy.created', '{actor} created a session policy', 'session_policy'),
  tenantRow('tenant.session_policy.updated', '{actor} updated a session policy', 'session_policy'),
  tenantRow('tenant.session_policy.deleted', '{actor} deleted a session policy', 'session_policy'),
  tenantRow('tenant.session_revocation.started', '{actor} began to revoke sessions', 'session_revocation'),
  tenantRow(
    'tenant.third_party_app_policy.updated',
    '{actor} updated the policy for third-party apps',
    'third_party_app_policy',
  ),

  tenantRow('tenant.billing.overage_limit.updated', '{actor} changed the overage limit', 'billing'),
  tenantRow('tenant.billing.alerts.updated', '{actor} changed the billing alerts', 'billing'),
  tenantRow('tenant.billing.info.updated', '{actor} updated the billing information', 'billing'),
  tenantRow('tenant.usage_limit.workspace.updated', '{actor} changed a workspace’s usage limit', 'workspace'),
  tenantRow('tenant.usage_limit.group.updated', '{actor} changed a group’s usage limit', 'group'),
  tenantRow('tenant.usage_limit.user.updated', '{actor} changed a user’s usage limit', 'user'),
  tenantRow(
    'tenant.usage_limit.increase_request.updated',
    '{actor} updated a request for a higher usage limit',
    increase,
  ),
  tenantRow(
    'tenant.usage_limit.increase_request.resolved',
    '{actor} resolved a request for a higher usage limit',
    increase,
  ),

  tenantRow(
    'tenant.ads_account.onboarding.redemption',
    '{actor} redeemed an ads account onboarding',
    'ads_account',
    '2026-08-15',
  ),
  tenantRow(
    'tenant.trusted_access.business_verification.started',
    '{actor} began business verification for trusted access',
    'trusted_access',
    'by 2026-11-10',
  ),
  tenantRow(
    'tenant.trusted_access.application.submitted',
    '{actor} applied for trusted access',
    'trusted_access',
    'by 2026-11-10',
  ),
] as const satisfies readonly EventTypeRow[]
