/** What the client's types let through and refuse; tsc reads these lines, vitest only runs them. */
import { expectTypeOf, it } from 'vitest'
import type { EventInput, EventOf, TypedEvent } from '../../dist/event/index.js'
import type { EventSaid, KnownType, Receipt, Sealedlog } from '../../dist/client/index.js'

/** Never called: only its types count. */
async function said(log: Sealedlog): Promise<void> {
  await log.record({ type: 'api_key.created', details: { id: 'key_1', data: { scopes: ['read'] } } })
  // @ts-expect-error: scope, not scopes
  await log.record({ type: 'api_key.created', details: { id: 'key_1', data: { scope: ['read'] } } })
  // @ts-expect-error: a number where a string belongs
  await log.record({ type: 'project.deleted', details: { id: 7 } })
  // @ts-expect-error: actors have types
  await log.record({ type: 'api_key.created', actor: { id: 'user_1' } })
  // @ts-expect-error: no such member
  await log.record({ type: 'api_key.created', target: [] })
  // @ts-expect-error: the type is required
  await log.record({ actor: { type: 'user' } })
}

async function ownTypes(log: Sealedlog): Promise<void> {
  await log.record({ type: 'invoice.paid', details: { amount: 12, lines: [{ sku: 'a' }] } })
  // @ts-expect-error: an own type has the same envelope
  await log.record({ type: 'invoice.paid', actors: [] })
  // @ts-expect-error: no outcome
  await log.record({ type: 'invoice.paid', outcome: 'fine' })
}

async function wide(log: Sealedlog, type: string, event: EventInput, typed: TypedEvent): Promise<void> {
  await log.record({ type, details: { anything: true } })
  await log.record(event)
  await log.record(typed)
  const either = Math.random() < 0.5 ? 'user.added' : 'user.deleted'
  await log.record({ type: either, details: { id: 'user_1' } })
  const known: EventOf<'user.added'> = { type: 'user.added', details: { id: 'user_2', data: { role: 'owner' } } }
  await log.record(known)
}

async function many(log: Sealedlog, events: readonly EventInput[], stream: AsyncIterable<EventInput>): Promise<void> {
  await log.recordAll(events)
  await log.recordAll(stream)
  await log.recordAll(events.map(({ id }) => ({ type: 'row.imported', targets: [{ type: 'row', id: id ?? '' }] })))
  await log.recordAll([
    { type: 'user.added', details: { id: 'user_1' } },
    { type: 'invoice.paid', details: { amount: 1 } },
  ])
  // @ts-expect-error: rule, not role
  await log.recordAll([{ type: 'user.added', details: { data: { rule: 'owner' } } }])
}

async function read(log: Sealedlog): Promise<void> {
  log.list({ type: ['api_key.*', 'user.added', 'invoice.paid'], outcome: 'denied', since: new Date(), q: 'type:x' })
  // @ts-expect-error: there is no such filter
  log.list({ actor: 'user_1' })
  // @ts-expect-error: no outcome
  log.list({ outcome: 'fine' })
  log.tail({ after: 'latest', actor_id: 'user_1' })
  // @ts-expect-error: a tail has an order of its own
  log.tail({ order: 'desc' })
}

it('known types have their details, other types are open, and the envelope is always checked', () => {
  expectTypeOf([said, ownTypes, wide, many, read]).toBeArray()
  expectTypeOf<Awaited<ReturnType<typeof said>>>().toBeVoid()
  expectTypeOf<'login.failed' | 'user.added'>().toExtend<KnownType>()
  expectTypeOf<Extract<KnownType, `sealedlog.${string}`>>().toBeNever()
  expectTypeOf<EventSaid<'user.added'>>().toEqualTypeOf<EventOf<'user.added'>>()
  expectTypeOf<Receipt['status']>().toEqualTypeOf<'recorded' | 'duplicate'>()
})
