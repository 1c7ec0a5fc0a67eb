/** How much a table takes on disk. */
import { openPool } from './table.ts'

/** Bytes of a table, with all its indexes. */
export async function bytesOfTable(url: string, table: string): Promise<number> {
  const pool = openPool(url)
  try {
    const { rows } = await pool.query({ text: 'SELECT pg_total_relation_size($1) AS bytes', values: [table] })
    return Number(rows[0]?.['bytes'])
  } finally {
    await pool.end()
  }
}
