/** A data folder of an earlier schema is brought to the newest one when it is opened, and goes on. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { checkLog, LOG_FILE, SqliteStore } from '../../dist/store/index.js'
import { idsOf, NOW_MS, SEED, temporaryFolder, unitOf } from './support.js'

const open = (folder: string) => SqliteStore.open({ folder, seed: SEED, nowMs: () => NOW_MS })

test('a folder from before keys had a history: its one key has signed from size 0 on', async () => {
  const folder = temporaryFolder()
  const store = await open(folder)
  for (const org of ['acme', 'umbrella']) await store.createLog(org, org)
  await store.append([unitOf('acme', ...idsOf(0, 300))])
  const heads = await store.heads('', 9)
  await store.close()
  const db = new DatabaseSync(join(folder, LOG_FILE))
  db.exec('DROP TABLE log_key; PRAGMA user_version = 2')
  db.close()

  const migrated = await open(folder)
  expect(await migrated.heads('', 9)).toEqual(heads)
  for (const { org, origin, vkey } of heads)
    expect(await migrated.keys(org)).toEqual([{ origin, generation: 1, vkey, since: 0 }])
  await migrated.append([unitOf('acme', ...idsOf(300, 310)), unitOf('umbrella', 'u')])
  expect([(await checkLog(migrated, 'acme')).size, (await checkLog(migrated, 'umbrella')).size]).toEqual([310, 1])
  await migrated.close()
})
