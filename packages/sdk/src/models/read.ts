/** Reading a model's document: from text, strictly, and by the members without which it is something else. */
import {
  AuditError,
  type Issue,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  parseJsonText,
} from '../base/index.js'
import { BOUNDS, type DetailsSchema } from '../event/index.js'
import { SDKValidationError } from './result.js'
import { REQUIRED } from './schemas.js'

/**
 * The object that a JSON text is. Text that would lose something as a JavaScript value (equal members, integers
 * that a double rounds, lone surrogates) is refused, as is a member called `__proto__`.
 *
 * @throws SDKValidationError that names the place
 */
export const parseDocument = (name: string, text: unknown): JsonObject =>
  refusing(name, text, () => {
    if (typeof text !== 'string') throw wrongKind(`What was given is ${kindOf(text as Json)}, not JSON text.`)
    const value = parseJsonText(text, { depthMax: BOUNDS.MODEL_DEPTH_MAX })
    if (isJsonObject(value)) return value
    throw wrongKind(`The JSON is ${kindOf(value)}, not an object.`)
  })

const wrongKind = (message: string): AuditError =>
  new AuditError('invalid_json', message, { issues: [{ pointer: '', code: 'wrong_type', message }] })

/** Refuses a document that lacks a required member, or has one of another kind. */
export function checkRequired(name: string, schema: DetailsSchema, document: JsonObject, text: string): void {
  const issues = missingIn(schema, document, '').slice(0, BOUNDS.REFUSALS_MAX)
  if (issues.length === 0) return
  refusing(name, text, () => {
    const message = issues.map((issue) => `${issue.pointer}: ${issue.message}`).join('; ')
    throw new AuditError('invalid_event', message, { issues })
  })
}

function missingIn(schema: DetailsSchema, value: Json | undefined, pointer: string): Issue[] {
  if (isJsonArray(value)) {
    const { items } = schema
    return items === undefined ? [] : value.flatMap((item, i) => missingItem(items, item, `${pointer}/${i}`))
  }
  const required = REQUIRED.get(schema)
  if (required === undefined || !isJsonObject(value)) return []
  return required.flatMap((member) => {
    const wanted = schema.properties?.[member]
    const found = Object.hasOwn(value, member) ? value[member] : undefined
    const issue = wanted && issueOf(wanted, found, `${pointer}/${member}`)
    return issue ? [issue] : missingIn(wanted ?? {}, found, `${pointer}/${member}`)
  })
}

function missingItem(schema: DetailsSchema, item: Json, pointer: string): Issue[] {
  const issue = issueOf(schema, item, pointer)
  return issue ? [issue] : missingIn(schema, item, pointer)
}

function issueOf({ type }: DetailsSchema, found: Json | undefined, pointer: string): Issue | undefined {
  if (found === undefined) return { pointer, code: 'required', message: `expected ${article(type)}, found nothing` }
  if (kindName(found) === type) return undefined
  return { pointer, code: 'wrong_type', message: `expected ${article(type)}, found ${kindOf(found)}` }
}

/** The value's kind, as JSON Schema names it. */
function kindName(value: Json): string {
  if (value === null) return 'null'
  return isJsonArray(value) ? 'array' : typeof value
}

const article = (kind: string | undefined): string => (/^[aeio]/.test(kind ?? '') ? `an ${kind}` : `a ${kind}`)

const kindOf = (value: Json): string => (value === null ? 'null' : article(kindName(value)))

function refusing<T>(name: string, text: unknown, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof AuditError)) throw error
    throw new SDKValidationError(`Failed to parse '${name}' from JSON`, error, text)
  }
}
