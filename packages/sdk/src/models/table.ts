/** Every model by name, and its schema: the one table that the functions of every family are made from. */
import { CATALOGUE, type DetailsSchema, type EventTypeRow } from '../event/index.js'
import { propertiesOf } from './mapper.js'
import { pascalName } from './names.js'
import * as schemas from './schemas.js'
import type { ModelName } from './types.js'

const CORE = {
  AuditLog: schemas.AUDIT_LOG,
  AuditLogActor: schemas.ACTOR,
  AuditLogActorSession: schemas.ACTOR_SESSION,
  AuditLogActorSessionIpAddressDetails: schemas.IP_ADDRESS_DETAILS,
  AuditLogActorApiKey: schemas.ACTOR_API_KEY,
  AuditLogActorUser: schemas.ACTOR_USER,
  AuditLogActorServiceAccount: schemas.ACTOR_SERVICE_ACCOUNT,
  AuditLogProject: schemas.PROJECT,
  ListAuditLogsResponse: schemas.LIST_RESPONSE,
  ListAuditLogsRequest: schemas.LIST_REQUEST,
  ListAuditLogsEffectiveAtParameter: schemas.EFFECTIVE_AT,
} as const satisfies { readonly [N in ModelName]?: DetailsSchema }

/** Those that OpenAI's clients know; the server's own types have no model of their own, nor have retired spellings. */
const hasModels = (row: EventTypeRow): boolean =>
  row.origin === 'openai' && row.details !== undefined && row.retired !== true

export interface ModelRow {
  readonly schema: DetailsSchema
  /** what it is a model of: the document or a part of it, an event's details, or an object inside those */
  readonly kind: 'core' | 'details' | 'inner'
}

/** Every model by openapi-generator's name of it: `AuditLogInviteSent`, then `AuditLogInviteSentData`. */
export const MODELS: ReadonlyMap<string, ModelRow> = new Map<string, ModelRow>([
  ...Object.entries(CORE).map(([name, schema]) => [name, { schema, kind: 'core' }] as const),
  ...CATALOGUE.filter(hasModels).flatMap((row) => [
    ...modelsIn(`AuditLog${pascalName(row.type)}`, schemas.detailsSchemaOf(row.type), 'details'),
  ]),
])

/** A model, and those of the documented objects inside it. */
function* modelsIn(
  name: string,
  schema: DetailsSchema,
  kind: ModelRow['kind'],
): Generator<readonly [name: string, row: ModelRow]> {
  yield [name, { schema, kind }]
  for (const [wire, member] of propertiesOf(schema)) {
    const [suffix, inner] = member.items === undefined ? ['', member] : ['Inner', member.items]
    if (propertiesOf(inner).length > 0) yield* modelsIn(`${name}${pascalName(wire)}${suffix}`, inner, 'inner')
  }
}
