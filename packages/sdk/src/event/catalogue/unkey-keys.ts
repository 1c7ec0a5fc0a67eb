/** Unkey: workspaces, APIs, keys, identities and rate limits. */
import type { EventTypeRow } from './row.js'
import { unkeyRow } from './unkey-row.js'

const neverSaid = { note: 'Listed by Unkey, said by none of its programs in August 2026.' } as const
const oneOfSeveral = { by: 'rootkey', correlated: true } as const

export const UNKEY_KEY_ROWS = [
  unkeyRow('workspace.create', '{actor} created workspace {target}', ['workspace'], '2023-12-19', { by: 'user' }),
  unkeyRow('workspace.update', '{actor} updated workspace {target}', ['workspace'], '2023-12-19', {
    by: 'user',
    note: 'Also every change of plan or billing; only the description tells which.',
  }),
  unkeyRow('workspace.delete', '{actor} deleted workspace {target}', ['workspace'], '2023-12-19', {
    by: 'user',
    ...neverSaid,
  }),
  unkeyRow('workspace.opt_in', '{actor} opted workspace {target} into a feature', ['workspace'], '2024-03-05', {
    by: 'user',
    ...neverSaid,
  }),
  unkeyRow('workspace.install_github', '{actor} connected GitHub to workspace {target}', ['workspace'], '2026-08-03', {
    by: 'user',
  }),

  unkeyRow('api.create', '{actor} created API {target}', ['api'], '2023-12-19'),
  unkeyRow('api.update', '{actor} updated API {target}', ['api'], '2023-12-19'),
  unkeyRow('api.delete', '{actor} deleted API {target}', ['api'], '2023-12-19'),

  unkeyRow('key.create', '{actor} created key {target}', ['key', 'api'], '2023-12-19', oneOfSeveral),
  unkeyRow('key.reroll', '{actor} rerolled key {target}', ['key', 'api'], '2025-08-14'),
  unkeyRow('key.update', '{actor} updated key {target}', ['key', 'api'], '2023-12-19', { by: 'system' }),
  unkeyRow('key.delete', '{actor} deleted key {target}', ['key'], '2023-12-19'),

  unkeyRow('identity.create', '{actor} created identity {target}', ['identity'], '2024-07-17', oneOfSeveral),
  unkeyRow('identity.update', '{actor} updated identity {target}', ['identity'], '2024-07-17', oneOfSeveral),
  unkeyRow('identity.delete', '{actor} deleted identity {target}', ['identity'], '2024-07-17', oneOfSeveral),

  unkeyRow(
    'ratelimit.create',
    '{actor} created rate limit {target}',
    ['ratelimit', 'identity'],
    '2024-07-17',
    oneOfSeveral,
  ),
  unkeyRow(
    'ratelimit.update',
    '{actor} updated rate limit {target}',
    ['ratelimit', 'identity'],
    '2024-07-17',
    oneOfSeveral,
  ),
  unkeyRow(
    'ratelimit.delete',
    '{actor} deleted rate limit {target}',
    ['ratelimit', 'identity'],
    '2024-07-17',
    oneOfSeveral,
  ),
  unkeyRow(
    'ratelimit.set_override',
    '{actor} set rate limit override {target}',
    ['ratelimitOverride', 'ratelimitNamespace'],
    '2024-11-18',
    { by: 'key' },
  ),
  unkeyRow(
    'ratelimit.read_override',
    '{actor} read rate limit override {target}',
    ['ratelimitOverride', 'ratelimitNamespace'],
    '2024-11-18',
    { by: 'rootkey', ...neverSaid },
  ),
  unkeyRow(
    'ratelimit.delete_override',
    '{actor} deleted rate limit override {target}',
    ['ratelimitOverride', 'ratelimitNamespace'],
    '2024-11-18',
  ),
  unkeyRow(
    'ratelimitNamespace.create',
    '{actor} created rate limit namespace {target}',
    ['ratelimitNamespace'],
    '2024-03-14',
  ),
  unkeyRow(
    'ratelimitNamespace.update',
    '{actor} updated rate limit namespace {target}',
    ['ratelimitNamespace'],
    '2024-03-14',
  ),
  unkeyRow(
    'ratelimitNamespace.delete',
    '{actor} deleted rate limit namespace {target}',
    ['ratelimitNamespace'],
    '2024-03-14',
  ),
] as const satisfies readonly EventTypeRow[]
