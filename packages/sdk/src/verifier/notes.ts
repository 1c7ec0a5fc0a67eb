/** What a checkpoint says before anybody has verified it: enough to know which one it is, and no more. */
import { parseCheckpoint, parseNote } from '../merkle/index.js'

/** The size that a note speaks of. @throws AuditError when it is no checkpoint */
export const sizeOf = (note: string): number => parseCheckpoint(parseNote(note).text).size

/** The origin that a note speaks of. @throws AuditError when it is no checkpoint */
export const originOf = (note: string): string => parseCheckpoint(parseNote(note).text).origin
