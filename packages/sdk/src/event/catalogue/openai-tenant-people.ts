/** OpenAI, tenant-wide: users, groups, memberships and invites. */
import { tenantRow } from './openai-tenant-row.js'
import type { EventTypeRow } from './row.js'

const apiInvite = 'api_organization_invite'

export const OPENAI_TENANT_PEOPLE_ROWS = [
  tenantRow('tenant.user.added', '{actor} added a user to the tenant', 'user'),
  tenantRow('tenant.user.updated', '{actor} updated a user of the tenant', 'user'),
  tenantRow('tenant.user.removed', '{actor} removed a user from the tenant', 'user'),
  tenantRow('tenant.user.looked_up', '{actor} looked up a user of the tenant', 'user'),
  tenantRow('tenant.user.invited', '{actor} invited a user to the tenant', 'user'),

  tenantRow('tenant.group.created', '{actor} created a group in the tenant', 'group'),
  tenantRow('tenant.group.updated', '{actor} updated a group of the tenant', 'group'),
  tenantRow('tenant.group.deleted', '{actor} deleted a group of the tenant', 'group'),
  tenantRow('tenant.group.member.added', '{actor} added a member to a group of the tenant', 'group'),
  tenantRow('tenant.group.member.removed', '{actor} removed a member from a group of the tenant', 'group'),

  tenantRow('tenant.membership.accepted', '{actor} accepted a membership', 'membership'),
  tenantRow('tenant.membership.declined', '{actor} declined a membership', 'membership'),
  tenantRow('tenant.membership.revoked', '{actor} revoked a membership', 'membership'),

  tenantRow('tenant.api_organization_invite.upserted', '{actor} set an invite to an API organization', apiInvite),
  tenantRow('tenant.api_organization_invite.deleted', '{actor} deleted an invite to an API organization', apiInvite),
  tenantRow(
    'tenant.chatgpt_workspace_invite.upserted',
    '{actor} set an invite to a ChatGPT workspace',
    'chatgpt_workspace_invite',
  ),
  tenantRow(
    'tenant.workspace_invite_email_settings.updated',
    '{actor} changed the settings of workspace invite e-mails',
    'workspace_invite_email_settings',
  ),
] as const satisfies readonly EventTypeRow[]
