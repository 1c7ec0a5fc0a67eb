/** A row of OpenAI's tenant wave of July 2026: names only, for none of them are details documented. */
import { plainExample, someone } from './openai-example.js'
import type { EventTypeRow } from './row.js'

export interface TenantRow<T extends string> extends EventTypeRow {
  readonly type: T
}

/**
 * @param target the kind of thing it is done to; which one, nothing on the wire says
 * @param since for the names that came after the wave
 */
export const tenantRow = <const T extends `tenant.${string}`>(
  type: T,
  sentence: string,
  target: string,
  since = '2026-07-15',
): TenantRow<T> => ({
  type,
  origin: 'openai',
  sentence,
  targets: [{ type: target }],
  tenantScoped: true,
  since,
  example: plainExample(type, someone(type)),
  exampleIsOurs: true,
})
