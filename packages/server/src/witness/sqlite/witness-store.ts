/** The memory of a witness in a SQLite file. */
import { DatabaseSync } from 'node:sqlite'
import { AuditError, encodeHex, encodeUtf8, sha256 } from '@sealedlog/sdk/base'
import { type Kept, type Misfit, MISFITS_MAX, type Ruling, type WitnessStore } from '../port.js'

const SCHEMA_VERSION = 1
const WAIT_MS_MAX = 5_000

/** `origin_hash` is the lower-case hex by which monitors ask. A misfit is known by its note: the same one again adds nothing. */
const SCHEMA = `
  CREATE TABLE identity (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    vkey TEXT NOT NULL
  ) STRICT;
  CREATE TABLE cosigned (
    origin      TEXT PRIMARY KEY,
    origin_hash TEXT NOT NULL UNIQUE,
    size        INTEGER NOT NULL,
    root        BLOB NOT NULL,
    note        TEXT NOT NULL,
    time        INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE misfit (
    n       INTEGER PRIMARY KEY,
    origin  TEXT NOT NULL,
    note    TEXT NOT NULL,
    request TEXT NOT NULL,
    at      INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX misfit_by_note ON misfit (origin, note);

  -- Hygiene: what must never happen fails here first.
  CREATE TRIGGER nothing_is_forgotten BEFORE DELETE ON cosigned
    BEGIN SELECT RAISE(ABORT, 'a witness forgets nothing'); END;
  CREATE TRIGGER nothing_shrinks BEFORE UPDATE ON cosigned
    WHEN NEW.size < OLD.size OR NEW.time < OLD.time OR (NEW.size = OLD.size AND NEW.root <> OLD.root)
    BEGIN SELECT RAISE(ABORT, 'a witness goes forwards alone'); END;
  CREATE TRIGGER evidence_stays BEFORE DELETE ON misfit
    BEGIN SELECT RAISE(ABORT, 'a witness forgets nothing'); END;
`

export class SqliteWitnessStore implements WitnessStore {
  readonly #db: DatabaseSync

  /**
   * Opens the file, or makes it.
   *
   * @param vkey the witness's own: a file that another key wrote is refused
   * @throws AuditError `signing_key_mismatch` or `invalid_configuration`
   */
  constructor(path: string, vkey: string) {
    this.#db = new DatabaseSync(path, { timeout: WAIT_MS_MAX })
    try {
      // FULL: a commit returns when it is synced. An answer leaves after that, so none is ever taken back.
      this.#db.exec(`
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA fullfsync = ON;
        PRAGMA checkpoint_fullfsync = ON;
        PRAGMA recursive_triggers = ON;
        PRAGMA trusted_schema = OFF;
      `)
      this.#together(() => this.#settle(vkey))
    } catch (error) {
      this.#db.close()
      throw error
    }
  }

  advance<T>(origin: string, judge: (kept: Kept | undefined) => Ruling<T>): T {
    return this.#together(() => {
      const row = this.#db.prepare('SELECT size, root, note, time FROM cosigned WHERE origin = ?').get(origin)
      const { answer, keep, misfit, isFork } = judge(row && keptOf(row))
      if (keep) this.#keep(origin, keep)
      if (misfit) this.#addMisfit(origin, misfit, isFork === true ? 2 * MISFITS_MAX : MISFITS_MAX)
      return answer
    })
  }

  find(originHash: string): Kept | undefined {
    const row = this.#db.prepare('SELECT size, root, note, time FROM cosigned WHERE origin_hash = ?').get(originHash)
    return row && keptOf(row)
  }

  misfits(origin: string): readonly Misfit[] {
    return this.#db
      .prepare('SELECT note, request, at FROM misfit WHERE origin = ? ORDER BY n')
      .all(origin)
      .map(({ note, request, at }) => ({ note: String(note), request: String(request), atSeconds: Number(at) }))
  }

  close(): void {
    this.#db.close()
  }

  /** IMMEDIATE takes the file's one write lock before anything is read: what was read still stands when it is written over. */
  #together<T>(work: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.#db.exec('COMMIT')
      return result
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
  }

  #settle(vkey: string): void {
    const version = Number(this.#db.prepare('PRAGMA user_version').get()?.user_version)
    if (version > SCHEMA_VERSION)
      throw new AuditError(
        'invalid_configuration',
        `This witness was written by a newer Sealedlog (schema ${version}; known ${SCHEMA_VERSION}). Run that version.`,
      )
    if (version === 0) {
      this.#db.exec(`${SCHEMA}; PRAGMA user_version = ${SCHEMA_VERSION};`)
      this.#db.prepare('INSERT INTO identity (one, vkey) VALUES (1, ?)').run(vkey)
    }
    const written = this.#db.prepare('SELECT vkey FROM identity').get()?.vkey
    if (written !== vkey)
      throw new AuditError(
        'signing_key_mismatch',
        `This folder is of the witness ${String(written)}, not ${vkey}. Start it under its own name and with its own key; nothing was changed.`,
      )
  }

  #keep(origin: string, { size, root, note, timeSeconds }: Kept): void {
    this.#db
      .prepare(
        `INSERT INTO cosigned (origin, origin_hash, size, root, note, time) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (origin) DO UPDATE SET size = excluded.size, root = excluded.root, note = excluded.note, time = excluded.time`,
      )
      .run(origin, hashOrigin(origin), size, root, note, timeSeconds)
  }

  #addMisfit(origin: string, { note, request, atSeconds }: Misfit, max: number): void {
    const found = this.#db.prepare('SELECT count(*) AS n FROM misfit WHERE origin = ?').get(origin)
    if (Number(found?.n) >= max) return
    this.#db
      .prepare('INSERT INTO misfit (origin, note, request, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING')
      .run(origin, note, request, atSeconds)
  }
}

/** Under which name monitors ask for a log (c2sp.org/tlog-witness). */
const hashOrigin = (origin: string): string => encodeHex(sha256(encodeUtf8(origin)))

const keptOf = ({ size, root, note, time }: Record<string, unknown>): Kept => ({
  size: Number(size),
  root: Uint8Array.from(root as Uint8Array),
  note: String(note),
  timeSeconds: Number(time),
})
