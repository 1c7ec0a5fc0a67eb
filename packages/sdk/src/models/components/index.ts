/**
 * The models as Speakeasy's client has them (`argot-open-ai/models/components`): camelCase, read from text to a result.
 * Lossless and open where that client strips unknown members and refuses unknown types.
 */
import type { AuditLogEventType as AnyEventType } from '../types.js'
import { ACTOR_API_KEY_TYPES, ACTOR_TYPES, EVENT_TYPES, LIST_OBJECTS, type OpenWord } from '../enums.js'

export * from './models.js'
export { type Result, type SafeParseResult, SDKValidationError } from '../result.js'

/** Any event type; the catalogued ones are its members: `AuditLogEventType.ApiKeyCreated`. */
export const AuditLogEventType = EVENT_TYPES
export type AuditLogEventType = AnyEventType
export const AuditLogActorType = ACTOR_TYPES
export type AuditLogActorType = OpenWord<typeof ACTOR_TYPES>
export const AuditLogActorApiKeyType = ACTOR_API_KEY_TYPES
export type AuditLogActorApiKeyType = OpenWord<typeof ACTOR_API_KEY_TYPES>
export const ListAuditLogsResponseObject = LIST_OBJECTS
export type ListAuditLogsResponseObject = (typeof LIST_OBJECTS)['List']
