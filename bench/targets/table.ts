/** The table that people make, with an index for each thing that our lists are asked for most. */
import type { JsonBody } from './recorder.ts'
import { createRequire } from 'node:module'

/** The little that is used of `pg`, which is installed in this folder alone. */
export interface Client {
  query(query: string | Prepared): Promise<{ readonly rows: readonly Record<string, unknown>[] }>
}

export interface Prepared {
  readonly name?: string
  readonly text: string
  readonly values?: readonly unknown[]
}

export interface Pool extends Client {
  connect(): Promise<Client & { release(): void }>
  end(): Promise<void>
}

export const POOL_CONNECTIONS = 10

/** All tables of the bench stand in it: a server that somebody lent may have tables of the same names. */
export const SCHEMA = 'sealedlog_bench'

export function openPool(url: string): Pool {
  const pg = createRequire(import.meta.url)('pg') as { Pool: new (options: object) => Pool }
  return new pg.Pool({ connectionString: url, max: POOL_CONNECTIONS, options: `-c search_path=${SCHEMA}` })
}

const COLUMNS = ['id', 'org', 'type', 'occurred_at', 'outcome', 'actor_id', 'actor_email', 'target_ids', 'body']

/** Makes the table where it is not there. `more` are further columns and constraints. */
export async function createTable(client: Client, table: string, more = ''): Promise<void> {
  await client.query(`
    CREATE SCHEMA IF NOT EXISTS ${SCHEMA};
    CREATE TABLE IF NOT EXISTS ${table} (
      id text PRIMARY KEY, org text NOT NULL, type text NOT NULL, occurred_at timestamptz NOT NULL,
      recorded_at timestamptz NOT NULL DEFAULT now(), outcome text NOT NULL, actor_id text, actor_email text,
      target_ids text[] NOT NULL, body jsonb NOT NULL${more});
    CREATE INDEX IF NOT EXISTS ${table}_time ON ${table} (org, occurred_at DESC, id);
    CREATE INDEX IF NOT EXISTS ${table}_type ON ${table} (org, type, occurred_at DESC);
    CREATE INDEX IF NOT EXISTS ${table}_actor ON ${table} (org, actor_id, occurred_at DESC);
    CREATE INDEX IF NOT EXISTS ${table}_email ON ${table} (org, actor_email, occurred_at DESC);
    CREATE INDEX IF NOT EXISTS ${table}_target ON ${table} USING gin (target_ids);
  `)
}

const valuesOf = (event: JsonBody): readonly unknown[] => [
  event.id,
  event.org,
  event.type,
  event.occurred_at,
  event.outcome,
  event.actor.id,
  event.actor.email,
  event.targets.map(({ id }) => id),
  JSON.stringify(event),
]

/** One INSERT of so many rows, prepared once a connection: its text is the same for every batch of a size. */
export function insertRows(table: string, events: readonly JsonBody[], position?: number): Prepared {
  const columns = position === undefined ? COLUMNS : [...COLUMNS, 'position']
  const values = events.flatMap((event, i) =>
    position === undefined ? valuesOf(event) : [...valuesOf(event), position + i],
  )
  return { name: `${table}-${events.length}`, text: insertText(table, columns, events.length), values }
}

const texts = new Map<string, string>()

function insertText(table: string, columns: readonly string[], rows: number): string {
  const key = `${table} ${rows}`
  const known = texts.get(key)
  if (known !== undefined) return known
  const row = (at: number) => `(${columns.map((_, column) => `$${at * columns.length + column + 1}`).join(',')})`
  const text = `INSERT INTO ${table} (${columns.join(',')}) VALUES ${Array.from({ length: rows }, (_, at) => row(at)).join(',')}`
  texts.set(key, text)
  return text
}
