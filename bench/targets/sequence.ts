/** The same with a position for each event, without gaps in its organization: a counter is held until the commit. */
import { createTable, insertRows, openPool } from './table.ts'
import { organizations } from '../vocabulary.ts'
import type { Recorder } from './recorder.ts'

const TAKE = `UPDATE positions SET next = next + $2 WHERE org = $1 RETURNING next - $2 AS first`

export async function openSequence(url: string, fresh: boolean, small: number): Promise<Recorder> {
  const pool = openPool(url)
  if (fresh) await pool.query('DROP TABLE IF EXISTS sequenced, positions')
  await createTable(pool, 'sequenced', ', position bigint NOT NULL, UNIQUE (org, position)')
  await pool.query('CREATE TABLE IF NOT EXISTS positions (org text PRIMARY KEY, next bigint NOT NULL)')
  const text = 'INSERT INTO positions SELECT org, 0 FROM unnest($1::text[]) AS org ON CONFLICT DO NOTHING'
  await pool.query({ text, values: [organizations(small)] })
  return {
    async record(events) {
      const client = await pool.connect()
      try {
        await client.query('BEGIN')
        const { rows } = await client.query({ name: 'take', text: TAKE, values: [events[0]?.org, events.length] })
        await client.query(insertRows('sequenced', events, Number(rows[0]?.['first'])))
        await client.query('COMMIT')
      } catch (error) {
        await client.query('ROLLBACK')
        throw error
      } finally {
        client.release()
      }
      return events.length
    },
    close: () => pool.end(),
  }
}
