/** Copying the log's file: one consistent state, written anew and compactly, while a server goes on writing. */
import { DatabaseSync } from 'node:sqlite'
import { withoutPadding } from '../../store/index.js'

const WAIT_MS_MAX = 10_000

/** Every statement, by name. */
export const COPY_STATEMENTS = {
  copy: 'VACUUM INTO ?',
  // Erasing overwrites in place, at the old length: what is erased is zeros at the end.
  unpad: `UPDATE entry SET disclosures = without_padding(disclosures) WHERE substr(disclosures, -1) = x'00'`,
  compact: 'VACUUM',
} as const

/**
 * What is written anew takes this over. Without it, pages that become inner ones keep the rows that stood in them, and
 * what is erased of those rows later would stay in the file.
 */
const SECURELY = 'PRAGMA secure_delete = ON'

/** How many bytes the file has, without what waits in its write-ahead log. */
export function sizeOf(path: string): number {
  const db = new DatabaseSync(path, { readOnly: true, timeout: WAIT_MS_MAX })
  try {
    const pages = db.prepare('PRAGMA page_count').get()?.page_count
    const bytes = db.prepare('PRAGMA page_size').get()?.page_size
    return Number(pages) * Number(bytes)
  } finally {
    db.close()
  }
}

/** What a log's file says of itself. */
export interface FileFacts {
  readonly schema: number
  /** the fingerprint of the seed that it was written with */
  readonly seed: string | undefined
}

export function readFacts(path: string): FileFacts {
  const db = new DatabaseSync(path, { readOnly: true, timeout: WAIT_MS_MAX })
  try {
    const seed = db.prepare("SELECT value FROM meta WHERE name = 'seed_fingerprint'").get()?.value
    const schema = Number(db.prepare('PRAGMA user_version').get()?.user_version)
    return { schema, seed: seed as string | undefined }
  } finally {
    db.close()
  }
}

/** Copies `from` to `to`, which must not be there. Blocks its thread until it is done. */
export function copyCompactly(from: string, to: string): void {
  const source = new DatabaseSync(from, { readOnly: true, timeout: WAIT_MS_MAX })
  try {
    source.exec(SECURELY)
    source.prepare(COPY_STATEMENTS.copy).run(to)
  } finally {
    source.close()
  }
  // A copy that is not finished is thrown away: it need not survive a crash on the way.
  const copy = new DatabaseSync(to)
  try {
    copy.exec(`${SECURELY}; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF`)
    copy.function('without_padding', { deterministic: true }, (bytes) => withoutPadding(bytes as Uint8Array))
    if (copy.prepare(COPY_STATEMENTS.unpad).run().changes !== 0) copy.exec(COPY_STATEMENTS.compact)
  } finally {
    copy.close()
  }
}
