/**
 * The rows of a data folder: that they are those which the checkpoint covers, and that the columns beside leaves and tiles,
 * which no hash covers, say what the leaves and the checkpoint say. A server believes these columns.
 */
import { decodeUtf8, encodeBase64, isJsonObject, type JsonObject, parseText } from '../base/index.js'
import { parseCheckpoint, parseNote, TILE_WIDTH } from '../merkle/index.js'
import type { Finding, VerifyReport } from '../verify/index.js'
import { filesCheck, type OtherCheck } from './other-check.js'
import type { DataFolderSource } from './sqlite/data-folder-source.js'

/** Rows of which the ids are compared at once; then others have a turn. */
const CHUNK_ENTRIES = 1_024

type Located = Omit<Finding, 'check'>

/** Rows that are missing where the tree says that leaves are, rows that no checkpoint covers, and columns that differ. */
export async function checkRows(source: DataFolderSource, { findings, size }: VerifyReport): Promise<OtherCheck> {
  if (size === undefined) return filesCheck('skipped', 'Without a checkpoint, nobody knows which rows there should be.')
  const gaps = new Set(
    findings.filter(isAboutLeaves).map(({ index = 0 }) => source.firstGap(Math.floor(index / TILE_WIDTH))),
  )
  const stray = await source.strayEntry()
  const found: readonly Located[] = [
    ...[...gaps].flatMap((gap) => (gap === undefined ? [] : [rowFinding(gap, 'an entry', 'none')])),
    // Only a commit that was torn, or somebody's own hand, leaves them.
    ...(stray === undefined ? [] : [rowFinding(stray, 'no entry that the checkpoint does not cover', 'one')]),
    ...checkHead(source),
    ...(await checkIds(source, size)),
    ...checkRoots(source),
  ]
  if (found.length === 0) return filesCheck('passed', 'The rows of log.sqlite are those that the checkpoint covers.')
  return filesCheck(
    'failed',
    'The rows of log.sqlite are not those that the checkpoint covers.',
    found.map((each) => ({ check: 'files', ...each })),
  )
}

const isAboutLeaves = ({ check, where = '' }: Finding): boolean => check === 'tree' && where.startsWith('tile/entries/')

const rowFinding = (index: number, expected: string, found: string): Located => ({
  index,
  where: 'log.sqlite, table entry',
  expected,
  found,
})

/** What a server goes on from: the size, the origin, and the time that the next entry may not precede. */
function checkHead(source: DataFolderSource): readonly Located[] {
  const { note, ...row } = source.head()
  const checkpoint = parseCheckpoint(parseNote(note).text)
  const last = checkpoint.size === 0 ? undefined : source.entryAt(checkpoint.size - 1)
  const recordedAt = last && memberOf(last.leaf, 'recorded_at')
  const wanted: readonly (readonly [column: keyof typeof row, value: unknown])[] = [
    ['origin', checkpoint.origin],
    ['size', checkpoint.size],
    ...(typeof recordedAt === 'string' ? [['recorded_at', Date.parse(recordedAt)] as const] : []),
  ]
  return wanted
    .filter(([column, value]) => row[column] !== value)
    .map(([column, value]) => ({
      where: `log.sqlite, table log, column ${column}`,
      expected: String(value),
      found: String(row[column]),
    }))
}

/** An entry is looked up, and known as a duplicate, by a column. */
async function checkIds(source: DataFolderSource, size: number): Promise<readonly Located[]> {
  for (let from = 0; from < size; from += CHUNK_ENTRIES) {
    for (const { index, id, leaf } of source.misnamed(from, Math.min(from + CHUNK_ENTRIES, size))) {
      const expected = memberOf(leaf, 'id')
      // What cannot be read as a leaf was found when the tree was.
      if (typeof expected === 'string') return [{ index, where: 'log.sqlite, column id', expected, found: String(id) }]
    }
    await new Promise(setImmediate)
  }
  return []
}

/** The root that stands beside a tile is a hash of the tile above it, where there is a full one. */
function checkRoots(source: DataFolderSource): readonly Located[] {
  const off = source.strayRoot()
  if (off === undefined) return []
  const where = `log.sqlite, table tile, level ${off.level}, index ${off.index}, column root`
  return [{ where, expected: encodeBase64(off.expected), found: off.found ? encodeBase64(off.found) : 'no bytes' }]
}

/** Undefined where it is no leaf: that was found by other checks. */
function memberOf(leaf: Uint8Array, name: string): JsonObject[string] | undefined {
  try {
    const value = parseText(decodeUtf8(leaf))
    return isJsonObject(value) ? value[name] : undefined
  } catch {
    return undefined
  }
}
