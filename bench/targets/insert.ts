/** What people do today: a table, and one autocommit INSERT a request; for a batch, one with many rows. */
import { createTable, insertRows, openPool } from './table.ts'
import type { Recorder } from './recorder.ts'

export async function openInsert(url: string, fresh: boolean): Promise<Recorder> {
  const pool = openPool(url)
  if (fresh) await pool.query('DROP TABLE IF EXISTS events')
  await createTable(pool, 'events')
  return {
    async record(events) {
      await pool.query(insertRows('events', events))
      return events.length
    },
    close: () => pool.end(),
  }
}
