/** Speakeasy's pair of functions for every model: `auditLogFromJSON(text)` and `auditLogToJSON(model)`. */
import type { JsonObject } from '../base/index.js'
import type { DetailsSchema } from '../event/index.js'
import { camelFromWire, camelToWire } from './camel.js'
import { checkRequired, parseDocument } from './read.js'
import { type Result, SDKValidationError } from './result.js'
import { MODELS, type ModelRow } from './table.js'
import type { CamelModel, DetailsModelName, ModelName } from './types.js'

/** Where Speakeasy gave a name that its own rule does not: models of its first, smaller document. */
const RENAMED = {
  AuditLogApiKeyCreatedData: 'AuditLogData',
  AuditLogApiKeyUpdatedChangesRequested: 'ChangesRequested',
  AuditLogOrganizationUpdatedChangesRequested: 'AuditLogChangesRequested',
  AuditLogOrganizationUpdatedChangesRequestedSettings: 'Settings',
  ListAuditLogsEffectiveAtParameter: 'EffectiveAt',
} as const satisfies { readonly [N in ModelName]?: string }

type Renamed = typeof RENAMED

/** Speakeasy's name of a model: details go by their event's name alone, what stands inside them by the whole. */
export type SpeakeasyName<N extends ModelName> = N extends keyof Renamed
  ? Renamed[N]
  : N extends DetailsModelName
    ? N extends `AuditLog${infer Event}`
      ? Event
      : never
    : N

/** @throws nothing: a refusal is returned */
export type FromJSON<N extends ModelName> = (jsonString: string) => Result<CamelModel<N>, SDKValidationError>
export type ToJSON<N extends ModelName> = (model: CamelModel<N>) => string

export type Pairs = {
  readonly [N in ModelName as `${Uncapitalize<SpeakeasyName<N>>}FromJSON`]: FromJSON<N>
} & {
  readonly [N in ModelName as `${Uncapitalize<SpeakeasyName<N>>}ToJSON`]: ToJSON<N>
}

/** Every pair, by its functions' names. */
export const PAIRS = Object.fromEntries([...MODELS].flatMap(([name, row]) => pairOf(name, row))) as Pairs

function pairOf(model: string, { schema, kind }: ModelRow): readonly (readonly [string, unknown])[] {
  const name = speakeasyName(model, kind)
  const lower = name.charAt(0).toLowerCase() + name.slice(1)
  return [
    [`${lower}FromJSON`, (text: string) => read(name, schema, text)],
    [`${lower}ToJSON`, (value: object) => JSON.stringify(camelToWire(schema, value))],
  ]
}

function read(name: string, schema: DetailsSchema, text: string): Result<unknown, SDKValidationError> {
  try {
    const document: JsonObject = parseDocument(name, text)
    checkRequired(name, schema, document, text)
    return { ok: true, value: camelFromWire(schema, document) }
  } catch (error) {
    if (error instanceof SDKValidationError) return { ok: false, error }
    throw error
  }
}

/** The same as the type, for a name. */
export function speakeasyName(model: string, kind: ModelRow['kind']): string {
  if (Object.hasOwn(RENAMED, model)) return RENAMED[model as keyof Renamed]
  return kind === 'details' ? model.slice('AuditLog'.length) : model
}
