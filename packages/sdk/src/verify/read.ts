/** Reading from a source: what it says wrongly is a finding, what it cannot say ends the verification. */
import { AuditError, type ErrorCode } from '../base/index.js'
import type { TileName } from '../merkle/index.js'
import type { LogSource } from './source.js'

/** Codes that speak of the bytes themselves, not of getting at them. */
const ABOUT_BYTES: ReadonlySet<ErrorCode> = new Set([
  'malformed_note',
  'malformed_checkpoint',
  'malformed_tile',
  'malformed_leaf',
  'proof_failed',
  'invalid_export',
  'invalid_json',
  'invalid_utf8',
])

/** Whether an error says that bytes are wrong, so that what holds them is not to be believed. */
export const isAboutBytes = (error: unknown): error is AuditError =>
  error instanceof AuditError && ABOUT_BYTES.has(error.code)

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** A tile, where bytes that the source itself finds malformed are as good as none. */
export async function readTile(source: Pick<LogSource, 'tile'>, tile: TileName): Promise<Uint8Array | undefined> {
  try {
    return await source.tile(tile)
  } catch (error) {
    if (isAboutBytes(error)) return undefined
    throw error
  }
}
