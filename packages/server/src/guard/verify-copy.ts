/** Verifying the logs of a file that nobody writes: from the first byte to the signature, all of them. */
import { AuditError } from '@sealedlog/sdk/base'
import { openLogReader, verifierOf } from '../store/index.js'
import type { OnStep } from './files.js'
import type { LogFinding } from './finding.js'
import { isFinding, type ScrubbedLog, scrubLog } from './log-scrub.js'
import { listHeads } from './read-store.js'

/** Entries after which others have a turn. */
const TURN_ENTRIES = 2_048

/**
 * Reads every log of a file.
 *
 * @throws AuditError `proof_failed` naming each log that does not hold
 */
export async function verifyCopy(path: string, onStep: OnStep): Promise<readonly ScrubbedLog[]> {
  const store = openLogReader(path)
  try {
    const heads = await listHeads(store)
    const total = heads.reduce((sum, { size }) => sum + size, 0)
    const sound: ScrubbedLog[] = []
    const findings: LogFinding[] = []
    let done = 0
    let sinceTurn = 0
    const rest = async (entries: number) => {
      done += entries
      sinceTurn += entries
      if (sinceTurn < TURN_ENTRIES) return
      sinceTurn = 0
      onStep('verified', Math.min(done, total), total)
      await new Promise(setImmediate)
    }
    for (const { org } of heads) {
      const result = await scrubLog(org, { store, verifierOf: async ({ vkey }) => verifierOf(vkey), rest })
      if (isFinding(result)) findings.push(result)
      else sound.push(result)
    }
    if (findings.length > 0) throw notVerified(path, findings)
    return sound
  } finally {
    await store.close()
  }
}

const NAMED_MAX = 10

const notVerified = (path: string, findings: readonly LogFinding[]): AuditError =>
  new AuditError(
    'proof_failed',
    `${path} does not verify. ${findings
      .slice(0, NAMED_MAX)
      .map(({ org, what }) => `"${org}": ${what}`)
      .join(' ')}`,
  )
