/** Confirming that entries of a log are lost, in a data folder that no server has open. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { AuditError } from '@sealedlog/sdk/base'
import { LOG_FILE, seedFingerprint, SqliteStore } from '../store/index.js'
import { type KeyOf, type SigningOptions, signerOf } from './own-key.js'
import { openLogRows } from './sqlite/log-rows.js'
import { MarksFile } from './sqlite/marks-file.js'
import { checkStart } from './start-checks.js'
import { marksOf, type StartedOver, startOver } from './start-over.js'

export interface ConfirmOptions extends SigningOptions {
  readonly data: string
  readonly org: string
  /** the file of the marks: without it, nothing is known to be lost */
  readonly marks: string
  readonly nowMs: () => number
}

/**
 * Goes on with a log of which entries are lost, under a new origin.
 *
 * @throws AuditError `invalid_configuration` where nothing of it is known to be lost, `proof_failed` where it does not hold
 * together by itself, `data_folder_in_use`, `storage_failed` where the marks are damaged
 */
export async function confirmLoss(options: ConfirmOptions): Promise<StartedOver> {
  const { data, org, marks: path, nowMs, ...signing } = options
  if (!existsSync(path))
    throw new AuditError('invalid_configuration', `There are no marks at ${path}. Name them by --marks.`)
  const signer = await signerOf(signing)
  const keyOf: KeyOf = (origin, generation) => signer.keyOf(origin, generation)
  const file = new MarksFile(path, seedFingerprint(signing.seed))
  try {
    const store = await SqliteStore.open({ folder: data, nowMs, ...signing })
    const { rows, close } = openLogRows(join(data, LOG_FILE))
    try {
      const { marks } = file.read()
      const { findings } = await checkStart({ store, keyOf, marks, rows })
      const finding = findings.find((each) => each.org === org)
      if (finding === undefined)
        throw new AuditError(
          'invalid_configuration',
          `Nothing of the log of "${org}" is known to be lost; nothing was changed.`,
        )
      const started = await startOver(store, finding, nowMs())
      file.write(marksOf([started], marks), nowMs())
      return started
    } finally {
      close()
      await store.close()
    }
  } finally {
    file.close()
  }
}
