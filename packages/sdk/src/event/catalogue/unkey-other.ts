/** Unkey: portal sessions, secrets, webhooks, reporters, and what it no longer says. */
import type { EventTypeRow } from './row.js'
import { unkeyRow } from './unkey-row.js'

const byUser = { by: 'user' } as const
const removed = { by: 'user', retired: true, note: 'Removed by Unkey on 2026-05-26.' } as const

export const UNKEY_OTHER_ROWS = [
  unkeyRow('portal.session.create', '{actor} created portal session {target}', ['portalSession'], '2026-05-06', {
    by: 'rootkey',
  }),
  unkeyRow(
    'portal.session.exchange',
    '{actor} exchanged a code for portal session {target}',
    ['portalSession'],
    '2026-05-06',
    { by: 'portalEndUser' },
  ),

  unkeyRow('secret.create', '{actor} created secret {target}', ['secret'], '2024-03-30', byUser),
  unkeyRow('secret.decrypt', '{actor} revealed secret {target}', ['secret'], '2024-03-30', byUser),
  unkeyRow('secret.update', '{actor} updated secret {target}', ['secret'], '2024-03-30', byUser),

  unkeyRow('webhook.create', '{actor} created webhook {target}', ['webhook'], '2024-05-07', byUser),
  unkeyRow('webhook.update', '{actor} updated webhook {target}', ['webhook'], '2024-05-07', byUser),
  unkeyRow('webhook.delete', '{actor} deleted webhook {target}', ['webhook'], '2024-05-07', byUser),
  unkeyRow('reporter.create', '{actor} created reporter {target}', ['reporter'], '2024-05-07', byUser),

  unkeyRow('auditLogBucket.create', '{actor} created audit log bucket {target}', ['auditLogBucket'], '2024-09-26', {
    by: 'user',
    note: 'Listed by Unkey, said by none of its programs in August 2026; the table behind it was removed in 2025.',
  }),

  unkeyRow(
    'vercelIntegration.create',
    '{actor} created Vercel integration {target}',
    ['vercelIntegration'],
    '2023-12-19',
    removed,
  ),
  unkeyRow(
    'vercelIntegration.update',
    '{actor} updated Vercel integration {target}',
    ['vercelIntegration'],
    '2023-12-19',
    removed,
  ),
  unkeyRow(
    'vercelIntegration.delete',
    '{actor} deleted Vercel integration {target}',
    ['vercelIntegration'],
    '2023-12-19',
    removed,
  ),
  unkeyRow('vercelBinding.create', '{actor} created Vercel binding {target}', ['vercelBinding'], '2023-12-19', removed),
  unkeyRow('vercelBinding.update', '{actor} updated Vercel binding {target}', ['vercelBinding'], '2023-12-19', removed),
  unkeyRow('vercelBinding.delete', '{actor} deleted Vercel binding {target}', ['vercelBinding'], '2023-12-19', removed),
] as const satisfies readonly EventTypeRow[]
