/** The list's request and response as Speakeasy's client has them (`argot-open-ai/models/operations`). */
import { PAIRS } from '../pairs.js'
import type { CamelModel } from '../types.js'

export type ListAuditLogsRequest = CamelModel<'ListAuditLogsRequest'>
export type EffectiveAt = CamelModel<'ListAuditLogsEffectiveAtParameter'>
export type ListAuditLogsResponse = CamelModel<'ListAuditLogsResponse'>

export const {
  listAuditLogsRequestFromJSON,
  listAuditLogsRequestToJSON,
  effectiveAtFromJSON,
  effectiveAtToJSON,
  listAuditLogsResponseFromJSON,
  listAuditLogsResponseToJSON,
} = PAIRS

export { listAuditLogsRequestToQuery } from '../query.js'
export { type Result, type SafeParseResult, SDKValidationError } from '../result.js'
