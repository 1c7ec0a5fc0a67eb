/** Unkey's family: every name of its union, by its Go name; the struct through the dialect. */
import { expect, test } from 'vitest'
import { CATALOGUE, UNKEY_ACTOR_TYPES, UNKEY_TARGET_TYPES } from '../../dist/event/index.js'
import * as auditlog from '../../dist/models/auditlog/index.js'
import { unkeyGoDocuments } from '../dialect/support.js'

const constants = (suffix: string) =>
  Object.entries(auditlog).flatMap(([name, value]) =>
    name.endsWith(suffix) && typeof value === 'string' ? [value] : [],
  )

test('every catalogued name has a constant, and every constant one of its own', () => {
  const events = CATALOGUE.filter((row) => row.origin === 'unkey').map((row) => row.type)
  expect(events).toHaveLength(78)
  expect(constants('Event').toSorted()).toEqual(events.toSorted())
  expect(constants('Actor').toSorted()).toEqual(UNKEY_ACTOR_TYPES.toSorted())
  expect(constants('ResourceType').toSorted()).toEqual(Object.keys(UNKEY_TARGET_TYPES).toSorted())
})

test.each(unkeyGoDocuments)('the struct %s comes back from the event that it says', (_, struct) => {
  expect(auditlog.fromEvent(auditlog.toEvent(struct as unknown as auditlog.AuditLog))).toEqual(struct)
})

test('a struct in TypeScript says an event', () => {
  const log: auditlog.AuditLog = {
    Event: auditlog.KeyCreateEvent,
    WorkspaceID: 'ws_1',
    ActorType: auditlog.RootKeyActor,
    ActorID: 'key_0',
    ActorName: undefined,
    Resources: [{ ID: 'key_1', Type: auditlog.KeyResourceType }],
  }
  expect(auditlog.toEvent(log)).toMatchObject({
    type: 'key.create',
    org: 'ws_1',
    actor: { type: 'rootkey', id: 'key_0' },
    targets: [{ type: 'key', id: 'key_1' }],
  })
  expect(() => auditlog.toEvent({} as auditlog.AuditLog)).toThrow(/Event/)
})
