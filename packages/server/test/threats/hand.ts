/**
 * The hand of an attacker: what can be done to a data folder by whoever may write its files.
 *
 * Triggers are no defence here. With the seed every signature can be made, as the server makes it; without it, all but that.
 */
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { canonicalJson, concatBytes, decodeUtf8, encodeUtf8, type Json, type JsonObject } from '@sealedlog/sdk/base'
import {
  commitTo,
  type FilledEvent,
  groupOfDisclosure,
  type LogAct,
  sealEvent,
  splitDisclosures,
  stampLeaf,
} from '@sealedlog/sdk/event'
import {
  formatCheckpoint,
  formatNote,
  hashLeaf,
  type NoteSigner,
  parseNote,
  RightEdge,
  signNote,
  TILE_WIDTH,
} from '@sealedlog/sdk/merkle'

/** A row as it stands in the log's file. */
export interface Row {
  readonly idx: number
  readonly id: string
  readonly leaf: Uint8Array
  readonly disclosures: Uint8Array
}

const LINE_FEED = Uint8Array.of(10)

export class Hand {
  readonly db: DatabaseSync
  readonly #data: string
  readonly #log: number

  constructor(data: string, org: string) {
    this.#data = data
    this.db = new DatabaseSync(join(data, 'log.sqlite'))
    for (const { name } of this.db.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all())
      this.db.exec(`DROP TRIGGER ${String(name)}`)
    this.#log = this.db.prepare('SELECT n FROM log WHERE org = ?').get(org)?.n as number
  }

  close(): void {
    this.db.close()
  }

  /** Runs a statement about the log: its number is the first parameter. */
  run(sql: string, ...values: readonly (string | number | Uint8Array)[]): number {
    return Number(this.db.prepare(sql).run(this.#log, ...values).changes)
  }

  row(idx: number): Row {
    return this.db.prepare('SELECT * FROM entry WHERE log = ? AND idx = ?').get(this.#log, idx) as unknown as Row
  }

  leaves(): readonly Uint8Array[] {
    const rows = this.db.prepare('SELECT leaf FROM entry WHERE log = ? ORDER BY idx').all(this.#log)
    return rows.map(({ leaf }) => leaf as Uint8Array)
  }

  get origin(): string {
    return this.db.prepare('SELECT origin FROM log WHERE n = ?').get(this.#log)?.origin as string
  }

  get checkpoint(): string {
    return this.db.prepare('SELECT checkpoint FROM log WHERE n = ?').get(this.#log)?.checkpoint as string
  }

  put({ idx, id, leaf, disclosures }: Row): void {
    this.run('INSERT INTO entry (log, idx, id, leaf, disclosures) VALUES (?, ?, ?, ?, ?)', idx, id, leaf, disclosures)
  }

  setLeaf(idx: number, leaf: Uint8Array): void {
    this.run('UPDATE entry SET leaf = ?3 WHERE log = ?1 AND idx = ?2', idx, leaf)
  }

  setDisclosures(idx: number, disclosures: Uint8Array): void {
    this.run('UPDATE entry SET disclosures = ?3 WHERE log = ?1 AND idx = ?2', idx, disclosures)
  }

  /** Moves entries from an index on one place up. */
  makeRoomAt(idx: number): void {
    this.run('UPDATE entry SET idx = -idx - 1 WHERE log = ? AND idx >= ?', idx)
    this.run('UPDATE entry SET idx = -idx WHERE log = ? AND idx < 0')
  }

  /** Moves entries behind an index one place down. */
  closeGapAt(idx: number): void {
    this.run('UPDATE entry SET idx = -idx + 1 WHERE log = ? AND idx > ?', idx)
    this.run('UPDATE entry SET idx = -idx WHERE log = ? AND idx < 0')
  }

  /** Says something else in a group of an entry, with a commitment to it in the leaf: only the tree can tell. */
  resay(idx: number, group: string, say: (value: JsonObject) => Json): void {
    const { leaf, disclosures } = this.row(idx)
    const parsed = JSON.parse(decodeUtf8(leaf)) as { groups: Record<string, string> }
    const lines = splitDisclosures(disclosures).map((line) => {
      if (groupOfDisclosure(line) !== group) return line
      const [salt, name, value] = JSON.parse(decodeUtf8(line)) as [string, string, JsonObject]
      const resaid = encodeUtf8(canonicalJson([salt, name, say(value)]))
      parsed.groups[group] = commitTo(resaid)
      return resaid
    })
    this.setLeaf(idx, encodeUtf8(canonicalJson(parsed)))
    this.setDisclosures(idx, joined(lines))
  }

  /** Makes an entry as a server would, at an index, and says when it was recorded. */
  forge(idx: number, org: string, recordedAtMs: number, event: FilledEvent, act?: LogAct): void {
    const { id, leaf, disclosures, recordedAtOffset, occurredAtOffset } = sealEvent(event, org, randomBytes, act)
    stampLeaf(leaf, recordedAtOffset, occurredAtOffset, recordedAtMs)
    this.put({ idx, id, leaf, disclosures })
  }

  recordedAtMs(idx: number): number {
    return Date.parse((JSON.parse(decodeUtf8(this.row(idx).leaf)) as { recorded_at: string }).recorded_at)
  }

  /** Takes a group out of the disclosures of an entry, as an erasure would. */
  drop(idx: number, group: string): void {
    const lines = splitDisclosures(this.row(idx).disclosures)
    this.setDisclosures(idx, joined(lines.filter((line) => groupOfDisclosure(line) !== group)))
  }

  /**
   * Makes everything anew that follows from the leaves: tiles, edge, head, checkpoint.
   *
   * @param key whose signature it gets; without one, it keeps the signatures of the checkpoint before
   */
  remake(key?: NoteSigner): string {
    const { edge, levels } = treeOf(this.leaves())
    this.run('DELETE FROM tile WHERE log = ?')
    for (const [level, nodes] of levels.entries())
      for (let n = 0; (n + 1) * TILE_WIDTH <= nodes.length; n++)
        this.run(
          'INSERT INTO tile (log, level, idx, root, hashes) VALUES (?, ?, ?, ?, ?)',
          level,
          n,
          levels[level + 1]?.[n] as Uint8Array,
          concatBytes(nodes.slice(n * TILE_WIDTH, (n + 1) * TILE_WIDTH)),
        )
    const text = formatCheckpoint({ origin: this.origin, size: edge.size, root: edge.root(), extensions: [] })
    const note = key ? signNote(text, [key]) : formatNote({ text, signatures: parseNote(this.checkpoint).signatures })
    this.setHead(edge, note)
    return note
  }

  /** Cuts the log off at a size, as carefully as can be, under the checkpoint that it had then. */
  cut(size: number, checkpoint: string): void {
    this.run('DELETE FROM entry WHERE log = ? AND idx >= ?', size)
    this.run(`DELETE FROM tile WHERE log = ? AND (idx + 1) * ${TILE_WIDTH} > ?`, size)
    this.setHead(treeOf(this.leaves()).edge, checkpoint)
  }

  setHead(edge: RightEdge, checkpoint: string): void {
    const sql = 'UPDATE log SET size = ?2, recorded_at = ?3, edge = ?4, checkpoint = ?5 WHERE n = ?1'
    this.run(sql, edge.size, this.recordedAtMs(edge.size - 1), edge.encode(), checkpoint)
  }

  /** Takes another key, or another origin, into the log's history as if it had always been that one. */
  pretend(origin: string, vkey: string): void {
    this.run('UPDATE log SET origin = ?2, vkey = ?3 WHERE n = ?1', origin, vkey)
    this.run('UPDATE log_key SET origin = ?2, vkey = ?3 WHERE log = ?1', origin, vkey)
  }

  /** Puts a key into the log's history that follows the one before. */
  handOver(since: number, vkey: string, handover: string): void {
    const sql = `INSERT INTO log_key (log, since, since_ms, origin, generation, vkey, handover)
                 VALUES (?, ?, 0, ?, 2, ?, ?)`
    this.run(sql, since, this.origin, vkey, handover)
    this.run('UPDATE log SET generation = 2, vkey = ?2 WHERE n = ?1', vkey)
  }

  /** Takes away what witnesses signed of another history. */
  dropCosigned(): void {
    this.db.exec("DELETE FROM document WHERE kind = 'cosigned'")
  }

  /** Takes away the index, so that it tells nothing of what was done: a server makes it anew. */
  dropIndex(): void {
    rmSync(join(this.#data, 'index'), { recursive: true, force: true })
  }
}

const joined = (lines: readonly Uint8Array[]): Uint8Array =>
  concatBytes(lines.flatMap((line, i) => (i === 0 ? [line] : [LINE_FEED, line])))

/** The edge of a tree, and its nodes by level, each level the roots of the full tiles below. */
function treeOf(leaves: readonly Uint8Array[]): {
  readonly edge: RightEdge
  readonly levels: readonly (readonly Uint8Array[])[]
} {
  const edge = new RightEdge()
  const levels: Uint8Array[][] = [[]]
  for (const leaf of leaves) {
    const hash = hashLeaf(leaf)
    levels[0]?.push(hash)
    edge.append(hash, (height, _index, root) => void (levels[height / 8] ??= []).push(root))
  }
  return { edge, levels }
}
