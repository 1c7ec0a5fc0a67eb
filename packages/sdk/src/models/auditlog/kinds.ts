/** Unkey's actors and resource types by their names in the Go package `auditlog`. */

/** A root API key, which manages a workspace. */
export const RootKeyActor = 'rootkey'
/** A person, through the screen. */
export const UserActor = 'user'
/** The system itself: schedules, clean-ups, maintenance. */
export const SystemActor = 'system'
/** A customer's own user, through a customer portal. */
export const PortalEndUserActor = 'portalEndUser'
/** What Unkey's dashboard says for `rootkey`; the name is ours. */
export const KeyActor = 'key'

export const APIResourceType = 'api'
export const AuditLogBucketResourceType = 'auditLogBucket'
export const IdentityResourceType = 'identity'
export const KeySpaceResourceType = 'keySpace'
export const KeyResourceType = 'key'
export const PermissionResourceType = 'permission'
export const RatelimitResourceType = 'ratelimit'
export const RatelimitNamespaceResourceType = 'ratelimitNamespace'
export const RatelimitOverrideResourceType = 'ratelimitOverride'
export const RoleResourceType = 'role'
export const VercelBindingResourceType = 'vercelBinding'
export const VercelIntegrationResourceType = 'vercelIntegration'
export const WorkspaceResourceType = 'workspace'

// Added to the package in 2026.
export const PortalSessionResourceType = 'portalSession'
export const DeploymentResourceType = 'deployment'
export const ProjectResourceType = 'project'
export const AppResourceType = 'app'
export const EnvironmentResourceType = 'environment'
export const DomainResourceType = 'domain'

// Said by Unkey's dashboard: the names are ours, in the package's manner.
export const KeyAuthResourceType = 'keyAuth'
export const SentinelResourceType = 'sentinel'
export const LLMSentinelResourceType = 'llmSentinel'
export const WebhookResourceType = 'webhook'
export const ReporterResourceType = 'reporter'
export const SecretResourceType = 'secret'
