/**
 * The models as openapi-generator has them: its TypeScript functions (`AuditLogFromJSON(object)`, camelCase) and its
 * Python classes (`AuditLog.fromDict(object)`, snake_case). Lossless and open where its clients drop and refuse.
 */
import type { AuditLogEventType as AnyEventType } from '../types.js'
import {
  ACTOR_API_KEY_TYPES,
  ACTOR_TYPES,
  asEventType,
  EVENT_TYPES,
  isEventType,
  LIST_OBJECTS,
  type OpenWord,
} from '../enums.js'

export * from './models.js'
export { SDKValidationError } from '../result.js'
export type { ModelClass } from '../python.js'
export type { AttributesAuditLog, AttributesList, AttributesModel } from '../types.js'

/** Any event type; the catalogued ones are its members: `.ApiKeyCreated`, or as in Python `.API_KEY_DOT_CREATED`. */
export const AuditLogEventType = EVENT_TYPES
export type AuditLogEventType = AnyEventType
export const instanceOfAuditLogEventType = isEventType
export const AuditLogEventTypeFromJSON = asEventType
export const AuditLogEventTypeFromJSONTyped = asEventType
export const AuditLogEventTypeToJSON = asEventType
export const AuditLogEventTypeToJSONTyped = asEventType

export const AuditLogActorTypeEnum = ACTOR_TYPES
export type AuditLogActorTypeEnum = OpenWord<typeof ACTOR_TYPES>
export const AuditLogActorApiKeyTypeEnum = ACTOR_API_KEY_TYPES
export type AuditLogActorApiKeyTypeEnum = OpenWord<typeof ACTOR_API_KEY_TYPES>
export const ListAuditLogsResponseObjectEnum = LIST_OBJECTS
export type ListAuditLogsResponseObjectEnum = (typeof LIST_OBJECTS)['List']
