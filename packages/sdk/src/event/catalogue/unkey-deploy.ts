/** Unkey: projects, apps, environments, deployments, domains and the gateways before them. */
import type { EventTypeRow } from './row.js'
import { unkeyRow } from './unkey-row.js'

const byUser = { by: 'user' } as const

export const UNKEY_DEPLOY_ROWS = [
  unkeyRow('project.create', '{actor} created project {target}', ['project'], '2025-08-12'),
  unkeyRow('project.update', '{actor} updated project {target}', ['project'], '2026-06-08'),
  unkeyRow('project.delete', '{actor} deleted project {target}', ['project'], '2026-02-10'),

  unkeyRow('app.create', '{actor} created app {target}', ['app'], '2026-06-02'),
  unkeyRow('app.update', '{actor} updated app {target}', ['app'], '2026-07-01'),
  unkeyRow('app.delete', '{actor} deleted app {target}', ['app'], '2026-06-02'),
  unkeyRow('app.connect_repository', '{actor} connected app {target} to a repository', ['app'], '2026-08-03'),
  unkeyRow('app.disconnect_repository', '{actor} disconnected app {target} from its repository', ['app'], '2026-08-03'),

  unkeyRow('environment.create', '{actor} created environment {target}', ['environment'], '2025-08-31'),
  unkeyRow('environment.update', '{actor} updated environment {target}', ['environment'], '2026-07-06'),
  unkeyRow('environment.delete', '{actor} deleted environment {target}', ['environment'], '2026-07-01'),

  unkeyRow('deployment.create', '{actor} created deployment {target}', ['deployment'], '2026-03-03'),
  unkeyRow('deployment.rebuild', '{actor} rebuilt deployment {target}', ['deployment'], '2026-06-05'),
  unkeyRow('deployment.redeploy', '{actor} redeployed {target}', ['deployment'], '2026-02-26', byUser),
  unkeyRow('deployment.stop', '{actor} stopped deployment {target}', ['deployment'], '2026-06-24'),
  unkeyRow('deployment.wake', '{actor} woke deployment {target}', ['deployment'], '2026-06-24', { by: 'system' }),
  unkeyRow('deployment.promote', '{actor} promoted deployment {target}', ['deployment'], '2025-09-24'),
  unkeyRow('deployment.rollback', '{actor} rolled back deployment {target}', ['deployment'], '2025-09-16'),
  unkeyRow(
    'deployment.authorize',
    '{actor} authorized a deployment of project {target}',
    ['project'],
    '2026-03-19',
    byUser,
  ),
  unkeyRow('deployment.cancel', '{actor} cancelled deployment {target}', ['deployment'], '2026-04-16', byUser),

  unkeyRow('domain.create', '{actor} added domain {target}', ['domain'], '2026-08-06'),
  unkeyRow('domain.delete', '{actor} deleted domain {target}', ['domain'], '2026-08-17'),
  unkeyRow('domain.verify', '{actor} had domain {target} verified again', ['domain'], '2026-08-17'),

  unkeyRow('sentinel.create', '{actor} created sentinel {target}', ['sentinel'], '2026-01-02', byUser),
  unkeyRow('llmSentinel.create', '{actor} created LLM sentinel {target}', ['llmSentinel'], '2026-01-02', byUser),
  unkeyRow('llmSentinel.delete', '{actor} deleted LLM sentinel {target}', ['llmSentinel'], '2026-01-02', byUser),
] as const satisfies readonly EventTypeRow[]
