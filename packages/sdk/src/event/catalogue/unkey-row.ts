/** A row of Unkey's: its details are free (`meta`), its targets stand in `targets` alone. */
import type { UnkeyActorType, UnkeyTargetType } from './kinds.js'
import type { EventTypeRow } from './row.js'
import { unkeyExample } from './unkey-example.js'

export interface UnkeyRow<T extends string> extends EventTypeRow {
  readonly type: T
}

export interface UnkeyExtras {
  /** who acts in the example */
  readonly by?: UnkeyActorType
  /** the example is one of several events of one call */
  readonly correlated?: true
  readonly retired?: true
  readonly note?: string
}

export const unkeyRow = <const T extends string>(
  type: T,
  sentence: string,
  targets: readonly UnkeyTargetType[],
  since: string,
  { by, correlated, ...rest }: UnkeyExtras = {},
): UnkeyRow<T> => ({
  type,
  origin: 'unkey',
  sentence,
  targets: targets.map((target) => ({ type: target })),
  since,
  ...rest,
  example: unkeyExample({
    event: type,
    sentence,
    targets,
    ...(by ? { by } : {}),
    ...(correlated ? { correlated } : {}),
    ...(rest.retired ? { retired: true } : {}),
  }),
  exampleIsOurs: true,
})
