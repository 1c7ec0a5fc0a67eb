/** Every event of Unkey's by its name in the Go package `auditlog`. */

// In the package since 2025.
export const WorkspaceCreateEvent = 'workspace.create'
export const WorkspaceUpdateEvent = 'workspace.update'
export const WorkspaceDeleteEvent = 'workspace.delete'
export const WorkspaceOptInEvent = 'workspace.opt_in'

export const APICreateEvent = 'api.create'
export const APIUpdateEvent = 'api.update'
export const APIDeleteEvent = 'api.delete'

export const KeyCreateEvent = 'key.create'
export const KeyRerollEvent = 'key.reroll'
export const KeyUpdateEvent = 'key.update'
export const KeyDeleteEvent = 'key.delete'

export const RatelimitNamespaceCreateEvent = 'ratelimitNamespace.create'
export const RatelimitNamespaceUpdateEvent = 'ratelimitNamespace.update'
export const RatelimitNamespaceDeleteEvent = 'ratelimitNamespace.delete'

export const VercelIntegrationCreateEvent = 'vercelIntegration.create'
export const VercelIntegrationUpdateEvent = 'vercelIntegration.update'
export const VercelIntegrationDeleteEvent = 'vercelIntegration.delete'

export const VercelBindingCreateEvent = 'vercelBinding.create'
export const VercelBindingUpdateEvent = 'vercelBinding.update'
export const VercelBindingDeleteEvent = 'vercelBinding.delete'

export const RoleCreateEvent = 'role.create'
export const RoleUpdateEvent = 'role.update'
export const RoleDeleteEvent = 'role.delete'

export const PermissionCreateEvent = 'permission.create'
export const PermissionUpdateEvent = 'permission.update'
export const PermissionDeleteEvent = 'permission.delete'

export const AuthConnectRolePermissionEvent = 'authorization.connect_role_and_permission'
export const AuthDisconnectRolePermissionEvent = 'authorization.disconnect_role_and_permissions'
export const AuthConnectRoleKeyEvent = 'authorization.connect_role_and_key'
export const AuthDisconnectRoleKeyEvent = 'authorization.disconnect_role_and_key'
export const AuthConnectPermissionKeyEvent = 'authorization.connect_permission_and_key'
export const AuthDisconnectPermissionKeyEvent = 'authorization.disconnect_permission_and_key'

export const IdentityCreateEvent = 'identity.create'
export const IdentityUpdateEvent = 'identity.update'
export const IdentityDeleteEvent = 'identity.delete'

export const RatelimitCreateEvent = 'ratelimit.create'
export const RatelimitUpdateEvent = 'ratelimit.update'
export const RatelimitDeleteEvent = 'ratelimit.delete'
export const RatelimitSetOverrideEvent = 'ratelimit.set_override'
export const RatelimitReadOverrideEvent = 'ratelimit.read_override'
export const RatelimitDeleteOverrideEvent = 'ratelimit.delete_override'

export const AuditLogBucketCreateEvent = 'auditLogBucket.create'

// Added to it in 2026.
export const PortalSessionCreateEvent = 'portal.session.create'
export const PortalSessionExchangeEvent = 'portal.session.exchange'

export const DeploymentCreateEvent = 'deployment.create'
export const DeploymentRebuildEvent = 'deployment.rebuild'
export const DeploymentStopEvent = 'deployment.stop'
export const DeploymentWakeEvent = 'deployment.wake'
export const DeploymentPromoteEvent = 'deployment.promote'
export const DeploymentRollbackEvent = 'deployment.rollback'

export const ProjectCreateEvent = 'project.create'
export const ProjectUpdateEvent = 'project.update'
export const ProjectDeleteEvent = 'project.delete'

export const AppCreateEvent = 'app.create'
export const AppUpdateEvent = 'app.update'
export const AppDeleteEvent = 'app.delete'
export const AppConnectRepositoryEvent = 'app.connect_repository'
export const AppDisconnectRepositoryEvent = 'app.disconnect_repository'

export const EnvironmentUpdateEvent = 'environment.update'
export const EnvironmentDeleteEvent = 'environment.delete'

export const DomainCreateEvent = 'domain.create'
export const DomainDeleteEvent = 'domain.delete'
export const DomainVerifyEvent = 'domain.verify'

// Said by Unkey's dashboard, which is not written in Go: the names are ours, in the package's manner.
export const WorkspaceInstallGithubEvent = 'workspace.install_github'

export const SentinelCreateEvent = 'sentinel.create'

export const LLMSentinelCreateEvent = 'llmSentinel.create'
export const LLMSentinelDeleteEvent = 'llmSentinel.delete'

export const SecretCreateEvent = 'secret.create'
export const SecretDecryptEvent = 'secret.decrypt'
export const SecretUpdateEvent = 'secret.update'

export const WebhookCreateEvent = 'webhook.create'
export const WebhookUpdateEvent = 'webhook.update'
export const WebhookDeleteEvent = 'webhook.delete'

export const ReporterCreateEvent = 'reporter.create'

export const EnvironmentCreateEvent = 'environment.create'

export const DeploymentRedeployEvent = 'deployment.redeploy'
export const DeploymentAuthorizeEvent = 'deployment.authorize'
export const DeploymentCancelEvent = 'deployment.cancel'
