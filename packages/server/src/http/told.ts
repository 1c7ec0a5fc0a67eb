/** What the log says of events, in the words of the dialect in which they were said. */
import { AuditError, type Issue, pointTo } from '@sealedlog/sdk/base'
import { DIALECT_TABLES, type Dialect, type DialectTable, wirePointerOf } from '@sealedlog/sdk/dialect'
import type { EventInput } from '@sealedlog/sdk/event'
import type { AuditLog, Receipt, Receipts } from '../log/index.js'

/** Records events; what does not fit is told of the fields that were sent. */
export async function recordAs(
  dialect: Dialect,
  log: AuditLog,
  org: string,
  events: readonly EventInput[],
  keyId: string,
): Promise<Receipts> {
  const table = tableOf(dialect)
  if (table === undefined) return log.record(org, events, keyId)
  const receipts = await log.record(org, events, keyId).catch((error: unknown) => {
    throw refusalInWireWords(table, events, error)
  })
  return { ...receipts, data: receipts.data.map((receipt, i) => receiptInWireWords(table, events[i], receipt)) }
}

const tableOf = ({ name }: Dialect): DialectTable | undefined =>
  Object.hasOwn(DIALECT_TABLES, name) ? DIALECT_TABLES[name as keyof typeof DIALECT_TABLES] : undefined

const receiptInWireWords = (table: DialectTable, event: EventInput | undefined, receipt: Receipt): Receipt =>
  receipt.warnings
    ? { ...receipt, warnings: receipt.warnings.map((issue) => inWireWords(table, event, '', issue)) }
    : receipt

/** Pointers of a refusal begin with the number of the event. */
function refusalInWireWords(table: DialectTable, events: readonly EventInput[], error: unknown): unknown {
  if (!(error instanceof AuditError) || error.code !== 'invalid_event') return error
  let { message } = error
  const issues = error.issues.map((issue) => {
    const [number = ''] = /^\/\d+(?=\/)/.exec(issue.pointer) ?? []
    const told = inWireWords(table, events[Number(number.slice(1))], number, issue)
    message = message.replace(issue.message, () => told.message)
    return told
  })
  return new AuditError(error.code, message, { issues })
}

function inWireWords(table: DialectTable, event: EventInput | undefined, number: string, issue: Issue): Issue {
  const native = issue.pointer.slice(number.length)
  const type = pointTo('', event?.type ?? '').slice(1)
  const wire = wirePointerOf(table, native).replace('{type}', () => type)
  const message = issue.message.startsWith(native) ? wire + issue.message.slice(native.length) : issue.message
  return { ...issue, pointer: number + wire, message }
}
