/** A bundle of a data folder says the same, whether the database puts it together or its rows are read one by one. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import * as fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { formatDisclosureLines } from '../../dist/event/index.js'
import { formatBundle, TILE_WIDTH } from '../../dist/merkle/index.js'
import { DataFolder, DataFolderSource } from '../../dist/verifier/index.js'
import { copyOf, edit, makeFolder } from './support.js'

const COUNT = 2 * TILE_WIDTH + 10
let folder: string
beforeAll(async () => {
  folder = copyOf(await makeFolder(COUNT))
  // Anybody may have made the table anew, without its types.
  edit(folder, 'ALTER TABLE entry RENAME TO strict_entry')
  const db = new DatabaseSync(join(folder, 'log.sqlite'))
  db.exec('DROP INDEX entry_by_index; CREATE TABLE entry AS SELECT * FROM strict_entry')
  db.close()
})

const COLUMNS = ['leaf', 'disclosures'] as const
/** What stands in place of a value; `?1` is the entry. */
const HARMS = [
  "x''",
  "x'00'",
  "x'0a'",
  "x'0a0a'",
  "x'ff00c328'",
  "''",
  "'text'",
  'NULL',
  '7',
  'zeroblob(65535)',
  'zeroblob(65536)',
  "CAST(replace(hex(zeroblob(300000)), '00', 'ab') AS BLOB)",
  "CAST(%|| x'0000' AS BLOB)",
  "CAST(%|| x'0a' AS BLOB)",
  "CAST(%|| x'0a0a5b' AS BLOB)",
  "CAST(x'0a' || % AS BLOB)",
  "CAST(x'00' || % AS BLOB)",
  'CAST(% AS TEXT)',
] as const

const edits = fc.array(
  fc.record({
    column: fc.constantFrom(...COLUMNS),
    harm: fc.constantFrom(...HARMS),
    idx: fc.integer({ min: 0, max: COUNT - 1 }),
  }),
  { maxLength: 3 },
)

test('a bundle is the same, whatever stands in its rows', async () => {
  await fc.assert(
    fc.asyncProperty(edits, async (harms) => {
      const db = new DatabaseSync(join(folder, 'log.sqlite'))
      db.exec(
        "DELETE FROM entry; INSERT INTO entry SELECT * FROM strict_entry WHERE log = (SELECT n FROM log WHERE org = 'acme')",
      )
      for (const { column, harm, idx } of harms)
        db.prepare(`UPDATE entry SET ${column} = ${harm.replace('%', column)} WHERE idx = ?`).run(idx)
      db.close()
      await expectSame()
    }),
    { numRuns: 60 },
  )
})

async function expectSame(): Promise<void> {
  const opened = await DataFolder.open(folder)
  const source = new DataFolderSource(opened, 'acme')
  for (let bundle = 0; bundle < 3; bundle++) {
    const rows = source.entries(bundle)
    const lines = rows.map(({ disclosures }, i) => ({ index: bundle * TILE_WIDTH + i, disclosures }))
    const width = bundle < 2 ? TILE_WIDTH : 10
    const leaves = rows.slice(0, width).map(({ leaf }) => leaf)
    const tile = await source.tile({ level: 'entries', index: bundle, width })
    expect(same(tile, leaves.length === 0 ? undefined : formatBundle(leaves))).toBe(true)
    expect(same(await source.disclosures(bundle), formatDisclosureLines(lines))).toBe(true)
  }
  opened.close()
}

const same = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a === undefined || b === undefined ? a === b : Buffer.compare(a, b) === 0
