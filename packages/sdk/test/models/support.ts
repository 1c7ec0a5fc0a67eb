/** What the tests of the models share: the documents of every name, and JSON that is out to be mistaken. */
import * as fc from 'fast-check'
import type { Json, JsonObject } from '../../dist/base/index.js'
import { DIALECTS } from '../../dist/dialect/index.js'
import { CATALOGUE } from '../../dist/event/index.js'
import { attributeName, camelName } from '../../dist/models/names.js'
import { type Documents, openaiDocuments } from '../dialect/support.js'

/** As OpenAI's route shows an event that was said in another form. */
function shown(row: (typeof CATALOGUE)[number]): JsonObject {
  if (row.origin === 'openai') return row.example
  const dialect = Object.hasOwn(row.example, 'Event') ? DIALECTS.unkey_go : DIALECTS.unkey
  const wire = DIALECTS.openai.to(dialect.from(row.example))
  return { id: 'log_1', effective_at: 1_790_000_000, ...wire }
}

/** OpenAI's 151 names and Unkey's 78, each as OpenAI's list shows it. */
export const namedDocuments: Documents = CATALOGUE.filter((row) => row.origin !== 'sealedlog').map((row) => [
  row.type,
  shown(row),
])

export const futureDocument: JsonObject = {
  object: 'organization.audit_log',
  id: 'audit_log-9',
  type: 'future_thing.created',
  effective_at: 1_790_000_000,
  actor: { type: 'robot', robot: { serial_number: 7 }, session: null },
  project: { id: 'proj_1', billing_region: 'eu' },
  risk_score: 0.3,
  'future_thing.created': { id: 'f_1', data: { deep_list: [{ snake_case: null }, []] }, changes_requested: {} },
}

export const documents: Documents = [...namedDocuments, ...openaiDocuments, ['the future', futureDocument]]

const WIRE = [
  ...CATALOGUE.map((row) => row.type),
  ...(
    'id type effective_at actor project session api_key service_account ip_address_details region_code data ' +
    'changes_requested settings certificates provider account_name scopes max_requests_per_1_minute first_id ' +
    'last_id has_more project_ids[] project_ids error_code'
  ).split(' '),
]
const ODD = [
  '__proto__',
  'constructor',
  'toString',
  'toDict',
  'to_dict',
  'toJSON',
  'hasOwnProperty',
  '',
  '=',
  '==',
  '0',
  '1',
]
const NAMES = [...new Set([...WIRE, ...WIRE.map(camelName), ...WIRE.map(attributeName), ...ODD])]

const name = fc.oneof(
  fc.constantFrom(...NAMES),
  fc.tuple(fc.constantFrom('=', '==', '==='), fc.constantFrom(...NAMES)).map(([marks, known]) => marks + known),
  fc.string({ maxLength: 4 }),
)

/** Objects whose members are mostly called what some member is called somewhere, in one spelling or another. */
export const odd: fc.Arbitrary<JsonObject> = fc.letrec<{ value: Json; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.constantFrom<Json>(null, true, 0, -1.5, '', 'x', 'api_key.created'),
    fc.array<Json>(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.array(fc.tuple(name, tie('value')), { maxLength: 5 }).map((members) => Object.fromEntries(members)),
})).object

/** A document of some name, with strangers thrown among its members, high and low. */
export const spoiltDocument: fc.Arbitrary<JsonObject> = fc
  .tuple(fc.constantFrom(...documents.map(([, document]) => document)), odd, odd, odd)
  .map(([document, high, actor, details]) => {
    const type = document.type as string
    const inside = (member: string, strangers: JsonObject) => ({ ...(document[member] as JsonObject), ...strangers })
    return { ...high, ...document, actor: inside('actor', actor), [type]: inside(type, details) }
  })
