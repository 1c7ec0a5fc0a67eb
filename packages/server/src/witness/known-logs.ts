/** The logs that a witness knows: their verifier keys by origin. */
import { AuditError } from '@sealedlog/sdk/base'
import { type NoteVerifier, parseVerifierKey } from '@sealedlog/sdk/merkle'
import { logVerifier } from './key.js'

/** By origin; a log that rotates its key has several. */
export type KnownLogs = ReadonlyMap<string, readonly NoteVerifier[]>

/**
 * Reads verifier keys, one a line; empty lines and those that begin with `#` are passed over.
 *
 * @param where what to call the text in an error
 * @throws AuditError `invalid_configuration` with the number of the line
 * @example
 * parseLogs('example.com/log+df06b02f+Aa7O…\n', 'logs.txt').get('example.com/log') // [verifier]
 */
export function parseLogs(text: string, where: string): KnownLogs {
  const logs = new Map<string, NoteVerifier[]>()
  text.split(/\r?\n/).forEach((line, i) => {
    const vkey = line.trim()
    if (vkey === '' || vkey.startsWith('#')) return
    const verifier = readLine(vkey, `Line ${i + 1} of ${where}`)
    const known = logs.get(verifier.name) ?? []
    logs.set(verifier.name, [...known, verifier])
  })
  return logs
}

function readLine(vkey: string, where: string): NoteVerifier {
  try {
    return logVerifier(parseVerifierKey(vkey))
  } catch (error) {
    if (!(error instanceof AuditError)) throw error
    throw new AuditError('invalid_configuration', `${where}: ${error.message}`, { cause: error })
  }
}
