/** The models by the names of Speakeasy's client, with their pairs of functions: a line for each, held complete by a test. */
import { PAIRS } from '../pairs.js'
import type { CamelModel } from '../types.js'

export type AuditLog = CamelModel<'AuditLog'>
export type AuditLogActor = CamelModel<'AuditLogActor'>
export type AuditLogActorSession = CamelModel<'AuditLogActorSession'>
export type AuditLogActorSessionIpAddressDetails = CamelModel<'AuditLogActorSessionIpAddressDetails'>
export type AuditLogActorApiKey = CamelModel<'AuditLogActorApiKey'>
export type AuditLogActorUser = CamelModel<'AuditLogActorUser'>
export type AuditLogActorServiceAccount = CamelModel<'AuditLogActorServiceAccount'>
export type AuditLogProject = CamelModel<'AuditLogProject'>
export type ListAuditLogsResponse = CamelModel<'ListAuditLogsResponse'>
export type ApiKeyCreated = CamelModel<'AuditLogApiKeyCreated'>
export type AuditLogData = CamelModel<'AuditLogApiKeyCreatedData'>
export type ApiKeyUpdated = CamelModel<'AuditLogApiKeyUpdated'>
export type ChangesRequested = CamelModel<'AuditLogApiKeyUpdatedChangesRequested'>
export type ApiKeyDeleted = CamelModel<'AuditLogApiKeyDeleted'>
export type ExternalKeyRegistered = CamelModel<'AuditLogExternalKeyRegistered'>
export type ExternalKeyRemoved = CamelModel<'AuditLogExternalKeyRemoved'>
export type CertificateCreated = CamelModel<'AuditLogCertificateCreated'>
export type CertificateUpdated = CamelModel<'AuditLogCertificateUpdated'>
export type CertificateDeleted = CamelModel<'AuditLogCertificateDeleted'>
export type CertificatesActivated = CamelModel<'AuditLogCertificatesActivated'>
export type AuditLogCertificatesActivatedCertificatesInner =
  CamelModel<'AuditLogCertificatesActivatedCertificatesInner'>
export type CertificatesDeactivated = CamelModel<'AuditLogCertificatesDeactivated'>
export type AuditLogCertificatesDeactivatedCertificatesInner =
  CamelModel<'AuditLogCertificatesDeactivatedCertificatesInner'>
export type LoginSucceeded = CamelModel<'AuditLogLoginSucceeded'>
export type LoginFailed = CamelModel<'AuditLogLoginFailed'>
export type LogoutSucceeded = CamelModel<'AuditLogLogoutSucceeded'>
export type LogoutFailed = CamelModel<'AuditLogLogoutFailed'>
export type InviteSent = CamelModel<'AuditLogInviteSent'>
export type AuditLogInviteSentData = CamelModel<'AuditLogInviteSentData'>
export type InviteAccepted = CamelModel<'AuditLogInviteAccepted'>
export type InviteDeleted = CamelModel<'AuditLogInviteDeleted'>
export type UserAdded = CamelModel<'AuditLogUserAdded'>
export type AuditLogUserAddedData = CamelModel<'AuditLogUserAddedData'>
export type UserUpdated = CamelModel<'AuditLogUserUpdated'>
export type AuditLogUserUpdatedChangesRequested = CamelModel<'AuditLogUserUpdatedChangesRequested'>
export type UserDeleted = CamelModel<'AuditLogUserDeleted'>
export type ServiceAccountCreated = CamelModel<'AuditLogServiceAccountCreated'>
export type AuditLogServiceAccountCreatedData = CamelModel<'AuditLogServiceAccountCreatedData'>
export type ServiceAccountUpdated = CamelModel<'AuditLogServiceAccountUpdated'>
export type AuditLogServiceAccountUpdatedChangesRequested = CamelModel<'AuditLogServiceAccountUpdatedChangesRequested'>
export type ServiceAccountDeleted = CamelModel<'AuditLogServiceAccountDeleted'>
export type GroupCreated = CamelModel<'AuditLogGroupCreated'>
export type AuditLogGroupCreatedData = CamelModel<'AuditLogGroupCreatedData'>
export type GroupUpdated = CamelModel<'AuditLogGroupUpdated'>
export type AuditLogGroupUpdatedChangesRequested = CamelModel<'AuditLogGroupUpdatedChangesRequested'>
export type GroupDeleted = CamelModel<'AuditLogGroupDeleted'>
export type ScimEnabled = CamelModel<'AuditLogScimEnabled'>
export type ScimDisabled = CamelModel<'AuditLogScimDisabled'>
export type OrganizationUpdated = CamelModel<'AuditLogOrganizationUpdated'>
export type AuditLogChangesRequested = CamelModel<'AuditLogOrganizationUpdatedChangesRequested'>
export type Settings = CamelModel<'AuditLogOrganizationUpdatedChangesRequestedSettings'>
export type ProjectCreated = CamelModel<'AuditLogProjectCreated'>
export type AuditLogProjectCreatedData = CamelModel<'AuditLogProjectCreatedData'>
export type ProjectUpdated = CamelModel<'AuditLogProjectUpdated'>
export type AuditLogProjectUpdatedChangesRequested = CamelModel<'AuditLogProjectUpdatedChangesRequested'>
export type ProjectArchived = CamelModel<'AuditLogProjectArchived'>
export type ProjectDeleted = CamelModel<'AuditLogProjectDeleted'>
export type RateLimitUpdated = CamelModel<'AuditLogRateLimitUpdated'>
export type AuditLogRateLimitUpdatedChangesRequested = CamelModel<'AuditLogRateLimitUpdatedChangesRequested'>
export type RateLimitDeleted = CamelModel<'AuditLogRateLimitDeleted'>
export type IpAllowlistCreated = CamelModel<'AuditLogIpAllowlistCreated'>
export type IpAllowlistUpdated = CamelModel<'AuditLogIpAllowlistUpdated'>
export type IpAllowlistDeleted = CamelModel<'AuditLogIpAllowlistDeleted'>
export type IpAllowlistConfigActivated = CamelModel<'AuditLogIpAllowlistConfigActivated'>
export type AuditLogIpAllowlistConfigActivatedConfigsInner =
  CamelModel<'AuditLogIpAllowlistConfigActivatedConfigsInner'>
export type IpAllowlistConfigDeactivated = CamelModel<'AuditLogIpAllowlistConfigDeactivated'>
export type AuditLogIpAllowlistConfigDeactivatedConfigsInner =
  CamelModel<'AuditLogIpAllowlistConfigDeactivatedConfigsInner'>
export type RoleCreated = CamelModel<'AuditLogRoleCreated'>
export type RoleUpdated = CamelModel<'AuditLogRoleUpdated'>
export type AuditLogRoleUpdatedChangesRequested = CamelModel<'AuditLogRoleUpdatedChangesRequested'>
export type RoleDeleted = CamelModel<'AuditLogRoleDeleted'>
export type RoleAssignmentCreated = CamelModel<'AuditLogRoleAssignmentCreated'>
export type RoleAssignmentDeleted = CamelModel<'AuditLogRoleAssignmentDeleted'>
export type RoleBoundToResource = CamelModel<'AuditLogRoleBoundToResource'>
export type RoleUnboundFromResource = CamelModel<'AuditLogRoleUnboundFromResource'>
export type WorkloadIdentityProviderCreated = CamelModel<'AuditLogWorkloadIdentityProviderCreated'>
export type WorkloadIdentityProviderUpdated = CamelModel<'AuditLogWorkloadIdentityProviderUpdated'>
export type WorkloadIdentityProviderDeleted = CamelModel<'AuditLogWorkloadIdentityProviderDeleted'>
export type WorkloadIdentityProviderMappingCreated = CamelModel<'AuditLogWorkloadIdentityProviderMappingCreated'>
export type WorkloadIdentityProviderMappingUpdated = CamelModel<'AuditLogWorkloadIdentityProviderMappingUpdated'>
export type WorkloadIdentityProviderMappingDeleted = CamelModel<'AuditLogWorkloadIdentityProviderMappingDeleted'>
export type CheckpointPermissionCreated = CamelModel<'AuditLogCheckpointPermissionCreated'>
export type AuditLogCheckpointPermissionCreatedData = CamelModel<'AuditLogCheckpointPermissionCreatedData'>
export type CheckpointPermissionDeleted = CamelModel<'AuditLogCheckpointPermissionDeleted'>
export type ExternalStorageRegistered = CamelModel<'AuditLogExternalStorageRegistered'>
export type AuditLogExternalStorageRegisteredData = CamelModel<'AuditLogExternalStorageRegisteredData'>
export type AuditLogExternalStorageRegisteredDataProvider = CamelModel<'AuditLogExternalStorageRegisteredDataProvider'>
export type ExternalStorageRemoved = CamelModel<'AuditLogExternalStorageRemoved'>

// biome-ignore format: a line for each model
export const {
  auditLogFromJSON, auditLogToJSON,
  auditLogActorFromJSON, auditLogActorToJSON,
  auditLogActorSessionFromJSON, auditLogActorSessionToJSON,
  auditLogActorSessionIpAddressDetailsFromJSON, auditLogActorSessionIpAddressDetailsToJSON,
  auditLogActorApiKeyFromJSON, auditLogActorApiKeyToJSON,
  auditLogActorUserFromJSON, auditLogActorUserToJSON,
  auditLogActorServiceAccountFromJSON, auditLogActorServiceAccountToJSON,
  auditLogProjectFromJSON, auditLogProjectToJSON,
  listAuditLogsResponseFromJSON, listAuditLogsResponseToJSON,
  apiKeyCreatedFromJSON, apiKeyCreatedToJSON,
  auditLogDataFromJSON, auditLogDataToJSON,
  apiKeyUpdatedFromJSON, apiKeyUpdatedToJSON,
  changesRequestedFromJSON, changesRequestedToJSON,
  apiKeyDeletedFromJSON, apiKeyDeletedToJSON,
  externalKeyRegisteredFromJSON, externalKeyRegisteredToJSON,
  externalKeyRemovedFromJSON, externalKeyRemovedToJSON,
  certificateCreatedFromJSON, certificateCreatedToJSON,
  certificateUpdatedFromJSON, certificateUpdatedToJSON,
  certificateDeletedFromJSON, certificateDeletedToJSON,
  certificatesActivatedFromJSON, certificatesActivatedToJSON,
  auditLogCertificatesActivatedCertificatesInnerFromJSON, auditLogCertificatesActivatedCertificatesInnerToJSON,
  certificatesDeactivatedFromJSON, certificatesDeactivatedToJSON,
  auditLogCertificatesDeactivatedCertificatesInnerFromJSON, auditLogCertificatesDeactivatedCertificatesInnerToJSON,
  loginSucceededFromJSON, loginSucceededToJSON,
  loginFailedFromJSON, loginFailedToJSON,
  logoutSucceededFromJSON, logoutSucceededToJSON,
  logoutFailedFromJSON, logoutFailedToJSON,
  inviteSentFromJSON, inviteSentToJSON,
  auditLogInviteSentDataFromJSON, auditLogInviteSentDataToJSON,
  inviteAcceptedFromJSON, inviteAcceptedToJSON,
  inviteDeletedFromJSON, inviteDeletedToJSON,
  userAddedFromJSON, userAddedToJSON,
  auditLogUserAddedDataFromJSON, auditLogUserAddedDataToJSON,
  userUpdatedFromJSON, userUpdatedToJSON,
  auditLogUserUpdatedChangesRequestedFromJSON, auditLogUserUpdatedChangesRequestedToJSON,
  userDeletedFromJSON, userDeletedToJSON,
  serviceAccountCreatedFromJSON, serviceAccountCreatedToJSON,
  auditLogServiceAccountCreatedDataFromJSON, auditLogServiceAccountCreatedDataToJSON,
  serviceAccountUpdatedFromJSON, serviceAccountUpdatedToJSON,
  auditLogServiceAccountUpdatedChangesRequestedFromJSON, auditLogServiceAccountUpdatedChangesRequestedToJSON,
  serviceAccountDeletedFromJSON, serviceAccountDeletedToJSON,
  groupCreatedFromJSON, groupCreatedToJSON,
  auditLogGroupCreatedDataFromJSON, auditLogGroupCreatedDataToJSON,
  groupUpdatedFromJSON, groupUpdatedToJSON,
  auditLogGroupUpdatedChangesRequestedFromJSON, auditLogGroupUpdatedChangesRequestedToJSON,
  groupDeletedFromJSON, groupDeletedToJSON,
  scimEnabledFromJSON, scimEnabledToJSON,
  scimDisabledFromJSON, scimDisabledToJSON,
  organizationUpdatedFromJSON, organizationUpdatedToJSON,
  auditLogChangesRequestedFromJSON, auditLogChangesRequestedToJSON,
  settingsFromJSON, settingsToJSON,
  projectCreatedFromJSON, projectCreatedToJSON,
  auditLogProjectCreatedDataFromJSON, auditLogProjectCreatedDataToJSON,
  projectUpdatedFromJSON, projectUpdatedToJSON,
  auditLogProjectUpdatedChangesRequestedFromJSON, auditLogProjectUpdatedChangesRequestedToJSON,
  projectArchivedFromJSON, projectArchivedToJSON,
  projectDeletedFromJSON, projectDeletedToJSON,
  rateLimitUpdatedFromJSON, rateLimitUpdatedToJSON,
  auditLogRateLimitUpdatedChangesRequestedFromJSON, auditLogRateLimitUpdatedChangesRequestedToJSON,
  rateLimitDeletedFromJSON, rateLimitDeletedToJSON,
  ipAllowlistCreatedFromJSON, ipAllowlistCreatedToJSON,
  ipAllowlistUpdatedFromJSON, ipAllowlistUpdatedToJSON,
  ipAllowlistDeletedFromJSON, ipAllowlistDeletedToJSON,
  ipAllowlistConfigActivatedFromJSON, ipAllowlistConfigActivatedToJSON,
  auditLogIpAllowlistConfigActivatedConfigsInnerFromJSON, auditLogIpAllowlistConfigActivatedConfigsInnerToJSON,
  ipAllowlistConfigDeactivatedFromJSON, ipAllowlistConfigDeactivatedToJSON,
  auditLogIpAllowlistConfigDeactivatedConfigsInnerFromJSON, auditLogIpAllowlistConfigDeactivatedConfigsInnerToJSON,
  roleCreatedFromJSON, roleCreatedToJSON,
  roleUpdatedFromJSON, roleUpdatedToJSON,
  auditLogRoleUpdatedChangesRequestedFromJSON, auditLogRoleUpdatedChangesRequestedToJSON,
  roleDeletedFromJSON, roleDeletedToJSON,
  roleAssignmentCreatedFromJSON, roleAssignmentCreatedToJSON,
  roleAssignmentDeletedFromJSON, roleAssignmentDeletedToJSON,
  roleBoundToResourceFromJSON, roleBoundToResourceToJSON,
  roleUnboundFromResourceFromJSON, roleUnboundFromResourceToJSON,
  workloadIdentityProviderCreatedFromJSON, workloadIdentityProviderCreatedToJSON,
  workloadIdentityProviderUpdatedFromJSON, workloadIdentityProviderUpdatedToJSON,
  workloadIdentityProviderDeletedFromJSON, workloadIdentityProviderDeletedToJSON,
  workloadIdentityProviderMappingCreatedFromJSON, workloadIdentityProviderMappingCreatedToJSON,
  workloadIdentityProviderMappingUpdatedFromJSON, workloadIdentityProviderMappingUpdatedToJSON,
  workloadIdentityProviderMappingDeletedFromJSON, workloadIdentityProviderMappingDeletedToJSON,
  checkpointPermissionCreatedFromJSON, checkpointPermissionCreatedToJSON,
  auditLogCheckpointPermissionCreatedDataFromJSON, auditLogCheckpointPermissionCreatedDataToJSON,
  checkpointPermissionDeletedFromJSON, checkpointPermissionDeletedToJSON,
  externalStorageRegisteredFromJSON, externalStorageRegisteredToJSON,
  auditLogExternalStorageRegisteredDataFromJSON, auditLogExternalStorageRegisteredDataToJSON,
  auditLogExternalStorageRegisteredDataProviderFromJSON, auditLogExternalStorageRegisteredDataProviderToJSON,
  externalStorageRemovedFromJSON, externalStorageRemovedToJSON,
} = PAIRS

/**
 * The pair once more, as a value called `AuditLog`: with it the documented line `import { AuditLog } from …` also runs
 * where types are only stripped and no import is dropped.
 */
export const AuditLog = { fromJSON: auditLogFromJSON, toJSON: auditLogToJSON } as const
