/** OpenAI: invites, users, service accounts, groups and SCIM. */
import { ada, deployBot, grace, graceKey, openaiExample } from './openai-example.js'
import type { EventTypeRow } from './row.js'
import { record, text } from './schema.js'

const inviteId = text('The invite.')
const userId = text('The user.')
const accountId = text('The service account.')
const groupId = text('The group.')
const role = text('`owner` or `member`.')
const groupName = text('The group’s name.')

export const OPENAI_PEOPLE_ROWS = [
  {
    type: 'invite.sent',
    origin: 'openai',
    sentence: '{actor} sent invite {target}',
    targets: [{ type: 'invite', at: 'id' }],
    details: record({
      id: inviteId,
      data: record({ email: text('Who was invited.'), role }, 'What the invite was created with.'),
    }),
    since: '2024-08-06',
    example: openaiExample('invite.sent', ada, {
      id: 'invite-5tGb6yHn7uJm',
      data: { email: 'alan@example.com', role: 'member' },
    }),
    exampleIsOurs: true,
  },
  {
    type: 'invite.accepted',
    origin: 'openai',
    sentence: '{actor} accepted invite {target}',
    targets: [{ type: 'invite', at: 'id' }],
    details: record({ id: inviteId }),
    since: '2024-08-06',
    example: openaiExample('invite.accepted', grace, { id: 'invite-5tGb6yHn7uJm' }),
    exampleIsOurs: true,
  },
  {
    type: 'invite.deleted',
    origin: 'openai',
    sentence: '{actor} deleted invite {target}',
    targets: [{ type: 'invite', at: 'id' }],
    details: record({ id: inviteId }),
    since: '2024-08-06',
    example: openaiExample('invite.deleted', ada, { id: 'invite-8kLp9oIj0uYh' }),
    exampleIsOurs: true,
  },
  {
    type: 'user.added',
    origin: 'openai',
    sentence: '{actor} added user {target}',
    targets: [{ type: 'user', at: 'id' }],
    details: record({ id: userId, data: record({ role }, 'What the user was added with.') }),
    since: '2024-08-06',
    example: openaiExample('user.added', deployBot, {
      id: 'user-lM3nB6vC9xZ2aS5dF8gH1jK4',
      data: { role: 'member' },
    }),
    exampleIsOurs: true,
  },
  {
    type: 'user.updated',
    origin: 'openai',
    sentence: '{actor} updated user {target}',
    targets: [{ type: 'user', at: 'id' }],
    details: record({ id: userId, changes_requested: record({ role }, 'What was asked to change.') }),
    since: '2024-08-06',
    example: openaiExample('user.updated', ada, {
      id: 'user-lM3nB6vC9xZ2aS5dF8gH1jK4',
      changes_requested: { role: 'owner' },
    }),
    exampleIsOurs: true,
    note: 'OpenAI’s schema calls the id “the project ID”; it is the user’s.',
  },
  {
    type: 'user.deleted',
    origin: 'openai',
    sentence: '{actor} deleted user {target}',
    targets: [{ type: 'user', at: 'id' }],
    details: record({ id: userId }),
    since: '2024-08-06',
    example: openaiExample('user.deleted', graceKey, { id: 'user-lM3nB6vC9xZ2aS5dF8gH1jK4' }),
    exampleIsOurs: true,
  },
  {
    type: 'service_account.created',
    origin: 'openai',
    sentence: '{actor} created service account {target}',
    targets: [{ type: 'service_account', at: 'id' }],
    details: record({ id: accountId, data: record({ role }, 'What the service account was created with.') }),
    since: '2024-08-06',
    example: openaiExample('service_account.created', ada, {
      id: 'svc_acct_nM8bV7cX6zL5',
      data: { role: 'member' },
    }),
    exampleIsOurs: true,
  },
  {
    type: 'service_account.updated',
    origin: 'openai',
    sentence: '{actor} updated service account {target}',
    targets: [{ type: 'service_account', at: 'id' }],
    details: record({ id: accountId, changes_requested: record({ role }, 'What was asked to change.') }),
    since: '2024-08-06',
    example: openaiExample('service_account.updated', graceKey, {
      id: 'svc_acct_nM8bV7cX6zL5',
      changes_requested: { role: 'owner' },
    }),
    exampleIsOurs: true,
  },
  {
    type: 'service_account.deleted',
    origin: 'openai',
    sentence: '{actor} deleted service account {target}',
    targets: [{ type: 'service_account', at: 'id' }],
    details: record({ id: accountId }),
    since: '2024-08-06',
    example: openaiExample('service_account.deleted', grace, { id: 'svc_acct_3eD4rF5tG6yH' }),
    exampleIsOurs: true,
  },
  {
    type: 'group.created',
    origin: 'openai',
    sentence: '{actor} created group {target}',
    targets: [{ type: 'group', at: 'id' }],
    details: record({ id: groupId, data: record({ group_name: groupName }, 'What the group was created with.') }),
    since: 'by 2026-04-29',
    example: openaiExample('group.created', ada, {
      id: 'group_01KB3XQ7M2R8',
      data: { group_name: 'Data science' },
    }),
    exampleIsOurs: true,
  },
  {
    type: 'group.updated',
    origin: 'openai',
    sentence: '{actor} updated group {target}',
    targets: [{ type: 'group', at: 'id' }],
    details: record({ id: groupId, changes_requested: record({ group_name: groupName }, 'What was asked to change.') }),
    since: 'by 2026-04-29',
    example: openaiExample('group.updated', grace, {
      id: 'group_01KB3XQ7M2R8',
      changes_requested: { group_name: 'Data science and research' },
    }),
    exampleIsOurs: true,
  },
  {
    type: 'group.deleted',
    origin: 'openai',
    sentence: '{actor} deleted group {target}',
    targets: [{ type: 'group', at: 'id' }],
    details: record({ id: groupId }),
    since: 'by 2026-04-29',
    example: openaiExample('group.deleted', deployBot, { id: 'group_01KB3XQ7M2R8' }),
    exampleIsOurs: true,
  },
  {
    type: 'scim.enabled',
    origin: 'openai',
    sentence: '{actor} enabled SCIM for {target}',
    targets: [{ type: 'scim', at: 'id' }],
    details: record({ id: text('What SCIM was enabled for.') }),
    since: 'by 2026-04-29',
    example: openaiExample('scim.enabled', ada, { id: 'org-4fG5hJ6kL7zX8cV9' }),
    exampleIsOurs: true,
  },
  {
    type: 'scim.disabled',
    origin: 'openai',
    sentence: '{actor} disabled SCIM for {target}',
    targets: [{ type: 'scim', at: 'id' }],
    details: record({ id: text('What SCIM was disabled for.') }),
    since: 'by 2026-04-29',
    example: openaiExample('scim.disabled', grace, { id: 'org-4fG5hJ6kL7zX8cV9' }),
    exampleIsOurs: true,
  },
] as const satisfies readonly EventTypeRow[]
