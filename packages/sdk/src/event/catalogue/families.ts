/** Every row there is: the families of event types, by the product whose names they are. To add a family, add a line. */
import { OPENAI_KEY_ROWS } from './openai-keys.js'
import { OPENAI_ORGANIZATION_ROWS } from './openai-organization.js'
import { OPENAI_PEOPLE_ROWS } from './openai-people.js'
import { OPENAI_RESOURCE_ROWS } from './openai-resources.js'
import { OPENAI_ROLE_ROWS } from './openai-roles.js'
import { OPENAI_SIGN_IN_ROWS } from './openai-signin.js'
import { OPENAI_TENANT_ACCESS_ROWS } from './openai-tenant-access.js'
import { OPENAI_TENANT_PEOPLE_ROWS } from './openai-tenant-people.js'
import { OPENAI_TENANT_SETTINGS_ROWS } from './openai-tenant-settings.js'
import { OPENAI_WORKLOAD_IDENTITY_ROWS } from './openai-workload-identity.js'
import type { EventTypeRow, Origin } from './row.js'
import { SEALEDLOG_ROWS } from './sealedlog.js'
import { UNKEY_DEPLOY_ROWS } from './unkey-deploy.js'
import { UNKEY_KEY_ROWS } from './unkey-keys.js'
import { UNKEY_OTHER_ROWS } from './unkey-other.js'
import { UNKEY_PERMISSION_ROWS } from './unkey-permissions.js'

export interface Family {
  readonly title: string
  readonly origin: Origin
  readonly rows: readonly EventTypeRow[]
}

export const FAMILIES = [
  { title: 'Keys and certificates', origin: 'openai', rows: OPENAI_KEY_ROWS },
  { title: 'Signing in and out', origin: 'openai', rows: OPENAI_SIGN_IN_ROWS },
  { title: 'People, groups and service accounts', origin: 'openai', rows: OPENAI_PEOPLE_ROWS },
  { title: 'Organization, projects and limits', origin: 'openai', rows: OPENAI_ORGANIZATION_ROWS },
  { title: 'Roles', origin: 'openai', rows: OPENAI_ROLE_ROWS },
  { title: 'Workload identity', origin: 'openai', rows: OPENAI_WORKLOAD_IDENTITY_ROWS },
  { title: 'Checkpoints, storage and tunnels', origin: 'openai', rows: OPENAI_RESOURCE_ROWS },
  { title: 'Tenant: access', origin: 'openai', rows: OPENAI_TENANT_ACCESS_ROWS },
  { title: 'Tenant: people', origin: 'openai', rows: OPENAI_TENANT_PEOPLE_ROWS },
  { title: 'Tenant: settings', origin: 'openai', rows: OPENAI_TENANT_SETTINGS_ROWS },
  { title: 'Workspaces, keys and rate limits', origin: 'unkey', rows: UNKEY_KEY_ROWS },
  { title: 'Roles and permissions', origin: 'unkey', rows: UNKEY_PERMISSION_ROWS },
  { title: 'Projects and deployments', origin: 'unkey', rows: UNKEY_DEPLOY_ROWS },
  { title: 'Portals, secrets and the rest', origin: 'unkey', rows: UNKEY_OTHER_ROWS },
  { title: 'The log itself', origin: 'sealedlog', rows: SEALEDLOG_ROWS },
] as const satisfies readonly Family[]
