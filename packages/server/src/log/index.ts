/** The door of the log room. */
export { AuditLog, type AuditLogOptions, type FoundEvent } from './audit-log.js'
export { COMMITTER_LIMITS, type CommitterGauge, type CommitterLimits } from './committer.js'
export { formatCursor, parseCursor } from './cursor.js'
export type { Page, PageRequest } from './listing.js'
export type { Evidence, Receipt, Receipts } from './receipt.js'
export { BEFORE_FIRST, type TailPage, type TailRequest } from './tailing.js'
export type { OnProgress } from './views.js'
