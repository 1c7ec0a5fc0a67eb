/** The door of the dialect room: one registry, and the tables from which the docs map the dialects to each other. */
import type { EventInput } from '../event/index.js'
import { OPENAI, openai } from './openai.js'
import type { Dialect, DialectTable } from './table.js'
import { UNKEY, unkey } from './unkey.js'
import { UNKEY_GO, unkeyGo } from './unkey-go.js'

/** The native form: nothing to map. */
const native: Dialect = {
  name: 'native',
  from: (document) => document as unknown as EventInput,
  to: (event) => event as unknown as ReturnType<Dialect['to']>,
}

/** Every dialect. A new one is a file with a table, and a line here. */
export const DIALECTS = { native, openai, unkey, unkey_go: unkeyGo } as const satisfies Record<string, Dialect>

export type DialectName = keyof typeof DIALECTS

/** The tables behind the dialects. */
export const DIALECT_TABLES: { readonly [D in Exclude<DialectName, 'native'>]: DialectTable } = {
  openai: OPENAI,
  unkey: UNKEY,
  unkey_go: UNKEY_GO,
}

/** The dialect of a name, or undefined. */
export const dialectOf = (name: string): Dialect | undefined =>
  Object.hasOwn(DIALECTS, name) ? DIALECTS[name as DialectName] : undefined

export { wirePointerOf } from './mapper.js'
export { effectiveAtSeconds, OPENAI, openai } from './openai.js'
export * from './table.js'
export { UNKEY, unkey } from './unkey.js'
export { UNKEY_GO, unkeyGo } from './unkey-go.js'
