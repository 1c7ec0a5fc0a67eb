/** Unkey: roles, permissions, and which key has which. */
import type { EventTypeRow } from './row.js'
import { unkeyRow } from './unkey-row.js'

const oneOfSeveral = { by: 'rootkey', correlated: true } as const

export const UNKEY_PERMISSION_ROWS = [
  unkeyRow('role.create', '{actor} created role {target}', ['role'], '2024-02-27'),
  unkeyRow('role.update', '{actor} updated role {target}', ['role'], '2024-02-27', { by: 'user' }),
  unkeyRow('role.delete', '{actor} deleted role {target}', ['role'], '2024-02-27'),

  unkeyRow('permission.create', '{actor} created permission {target}', ['permission'], '2024-02-27', oneOfSeveral),
  unkeyRow('permission.update', '{actor} updated permission {target}', ['permission'], '2024-02-27', { by: 'user' }),
  unkeyRow('permission.delete', '{actor} deleted permission {target}', ['permission'], '2024-02-27'),

  unkeyRow(
    'authorization.connect_role_and_permission',
    '{actor} connected role {target} to a permission',
    ['role', 'permission'],
    '2024-02-27',
    oneOfSeveral,
  ),
  unkeyRow(
    'authorization.disconnect_role_and_permissions',
    '{actor} disconnected role {target} from permissions',
    ['role', 'permission'],
    '2024-02-27',
    {
      ...oneOfSeveral,
      note: 'Plural, unlike its pair; a filter may also say `authorization.disconnect_role_and_permission`.',
    },
  ),
  unkeyRow(
    'authorization.connect_role_and_key',
    '{actor} connected role {target} to a key',
    ['role', 'key'],
    '2024-02-27',
    oneOfSeveral,
  ),
  unkeyRow(
    'authorization.disconnect_role_and_key',
    '{actor} disconnected role {target} from a key',
    ['role', 'key'],
    '2024-02-27',
    oneOfSeveral,
  ),
  unkeyRow(
    'authorization.connect_permission_and_key',
    '{actor} connected permission {target} to a key',
    ['permission', 'key'],
    '2024-02-27',
    oneOfSeveral,
  ),
  unkeyRow(
    'authorization.disconnect_permission_and_key',
    '{actor} disconnected permission {target} from a key',
    ['permission', 'key'],
    '2024-02-27',
    oneOfSeveral,
  ),
] as const satisfies readonly EventTypeRow[]
