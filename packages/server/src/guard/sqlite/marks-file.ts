/** The file of the marks: one small SQLite database, which may serve several instances. */
import { chmodSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { AuditError, parseText } from '@sealedlog/sdk/base'
import type { Redaction } from '@sealedlog/sdk/event'
import {
  type KnownMarks,
  type Mark,
  type MarkConflict,
  type MarkedRedaction,
  type MarksToWrite,
  type NewMark,
  unusableMarks,
} from '../marks.js'

const WAIT_MS_MAX = 5_000

const SCHEMA_VERSION = 1
const SCHEMA = `
  -- The newest state that was seen of each origin. \`seed\` tells instances apart and reveals nothing of their seeds.
  CREATE TABLE mark (
    seed         TEXT NOT NULL,
    origin       TEXT NOT NULL,
    org          TEXT NOT NULL,
    size         INTEGER NOT NULL,
    root         TEXT NOT NULL,
    note         TEXT NOT NULL,
    updated_at   INTEGER NOT NULL,
    continued_by TEXT,
    continued_at INTEGER,
    PRIMARY KEY (seed, origin)
  ) STRICT, WITHOUT ROWID;

  -- What was erased, so that it can be erased again in a copy that is older.
  CREATE TABLE redaction (
    seed    TEXT NOT NULL,
    origin  TEXT NOT NULL,
    idx     INTEGER NOT NULL,
    redacts TEXT NOT NULL,
    PRIMARY KEY (seed, origin, idx)
  ) STRICT, WITHOUT ROWID;
`

const MARK = 'org, origin, size, root, note, updated_at, continued_by, continued_at'

/** Every statement, by name. */
export const MARKS_STATEMENTS = {
  marks: `SELECT ${MARK} FROM mark WHERE seed = ?`,
  mark: `SELECT ${MARK} FROM mark WHERE seed = ? AND origin = ?`,
  redactions: 'SELECT origin, idx, redacts FROM redaction WHERE seed = ? ORDER BY origin, idx',
  setMark: `INSERT INTO mark (seed, origin, org, size, root, note, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (seed, origin) DO UPDATE
            SET size = excluded.size, root = excluded.root, note = excluded.note, updated_at = excluded.updated_at
            WHERE size < excluded.size`,
  setRedaction: `INSERT INTO redaction (seed, origin, idx, redacts) VALUES (?, ?, ?, ?)
                 ON CONFLICT (seed, origin, idx) DO NOTHING`,
  setContinued: 'UPDATE mark SET continued_by = ?, continued_at = ? WHERE seed = ? AND origin = ?',
  begin: 'BEGIN IMMEDIATE',
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
} as const

type Statements = { readonly [name in keyof typeof MARKS_STATEMENTS]: StatementSync }
type Row = Record<string, unknown>

export class MarksFile {
  readonly #db: DatabaseSync
  readonly #do: Statements
  readonly #seed: string
  readonly #path: string

  /**
   * Opens the file, made if it is not there, its folder too. No write-ahead log: those do not work on the network
   * drives on which marks are best kept, and one commit a second needs none.
   *
   * @param seed the fingerprint of the instance's seed
   * @throws AuditError `invalid_configuration` for a file of another kind, `storage_failed` for one that is
   * damaged or cannot be opened
   */
  constructor(path: string, seed: string) {
    this.#seed = seed
    this.#path = path
    this.#db = explained(path, () => openFile(path))
    try {
      this.#do = explained(path, () => this.#prepare())
    } catch (error) {
      this.#db.close()
      throw error
    }
  }

  /** @throws AuditError `storage_failed` where a mark does not say what its own note says: then others may be gone */
  read(): KnownMarks {
    return explained(this.#path, () => {
      const marks = this.#do.marks.all(this.#seed).map(toMark)
      const torn = marks.find((mark) => !saysItsNote(mark))
      if (torn) throw damaged(`the mark of ${JSON.stringify(torn.origin)} is not what its note says`)
      return { marks, redactions: this.#do.redactions.all(this.#seed).map(toRedaction) }
    })
  }

  write({ marks, redactions = [], continued = [] }: MarksToWrite, nowMs: number): readonly MarkConflict[] {
    this.#do.begin.run()
    try {
      const conflicts = marks.flatMap((mark) => this.#writeMark(mark, nowMs))
      for (const { origin, index, redacts } of redactions)
        this.#do.setRedaction.run(this.#seed, origin, index, JSON.stringify(redacts))
      for (const { origin, by, at } of continued) this.#do.setContinued.run(by, at, this.#seed, origin)
      this.#do.commit.run()
      return conflicts
    } catch (error) {
      if (this.#db.isTransaction) this.#do.rollback.run()
      throw error
    }
  }

  close(): void {
    this.#db.close()
  }

  #writeMark(mark: NewMark, nowMs: number): readonly MarkConflict[] {
    const { origin, org, size, root, note } = mark
    if (this.#do.setMark.run(this.#seed, origin, org, size, root, note, nowMs).changes === 1) return []
    const row = this.#do.mark.get(this.#seed, origin)
    const found = row && toMark(row)
    return found === undefined || (found.size === size && found.root === root) ? [] : [{ wanted: mark, found }]
  }

  #prepare(): Statements {
    this.#db.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON')
    this.#settleSchema()
    this.#refuseDamaged()
    const prepared = Object.entries(MARKS_STATEMENTS).map(([name, sql]) => [name, this.#db.prepare(sql)])
    return Object.fromEntries(prepared) as Statements
  }

  /** A file that was cut short or lost a page may read as one with fewer marks, or with others. */
  #refuseDamaged(): void {
    const pages = Number(this.#db.prepare('PRAGMA page_count').get()?.page_count)
    const pageBytes = Number(this.#db.prepare('PRAGMA page_size').get()?.page_size)
    if (statSync(this.#path).size < pages * pageBytes) throw damaged('it is cut short')
    const found = this.#db.prepare('PRAGMA quick_check(1)').get()?.quick_check
    if (found !== 'ok') throw damaged(String(found).replaceAll(/\s+/g, ' '))
  }

  #settleSchema(): void {
    const version = this.#db.prepare('PRAGMA user_version').get()?.user_version
    if (version === SCHEMA_VERSION) return
    const isEmpty = this.#db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined
    if (version !== 0 || !isEmpty)
      throw new AuditError(
        'invalid_configuration',
        `${this.#path} is not a file of marks that this version knows. Name another one by --marks, or move it away.`,
      )
    // It names organizations: nobody's business but the owner's.
    chmodSync(this.#path, 0o600)
    this.#db.exec(`BEGIN IMMEDIATE; ${SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`)
  }
}

function openFile(path: string): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  return new DatabaseSync(path, { timeout: WAIT_MS_MAX })
}

/** Whatever fails says which file it is, and what to do. */
function explained<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof AuditError ? error : unusableMarks(path, String(error))
  }
}

const damaged = (what: string): Error => new Error(`the file is damaged: ${what}`)

/** The text of a checkpoint begins with these three (c2sp.org/tlog-checkpoint). */
const saysItsNote = ({ origin, size, root, note }: Mark): boolean => note.startsWith(`${origin}\n${size}\n${root}\n`)

const toMark = (row: Row): Mark => ({
  org: row.org as string,
  origin: row.origin as string,
  size: row.size as number,
  root: row.root as string,
  note: row.note as string,
  updatedAtMs: row.updated_at as number,
  continuedBy: row.continued_by as string | null,
  continuedAt: row.continued_at as number | null,
})

const toRedaction = (row: Row): MarkedRedaction => ({
  origin: row.origin as string,
  index: row.idx as number,
  redacts: parseText(row.redacts as string) as unknown as readonly Redaction[],
})
