/** Batches that are none, or in which something is wrong. */
import { BOUNDS } from '@sealedlog/sdk/event'
import { manyOf } from '../support.js'
import { eventOfBytes } from './meaning.js'
import type { Row, World } from './row.js'

const good = { type: 'a.b' }

export function batchRows(world: World): readonly Row[] {
  const row = (name: string, body: unknown, expected: Omit<Row, 'name' | 'send'>, type = 'application/json'): Row => ({
    name: `batch: ${name}`,
    send: { path: '/v1/events/batch', key: world.key, body, headers: { 'content-type': type } },
    ...expected,
  })
  const lines = (name: string, body: string, expected: Omit<Row, 'name' | 'send'>): Row =>
    row(`NDJSON, ${name}`, body, expected, 'application/x-ndjson')
  const none = { status: 422, code: 'invalid_batch' } as const
  const refused = { status: 422, code: 'invalid_event' } as const
  const large = { status: 413, code: 'batch_too_large', limit: 'BATCH_EVENTS_MAX' } as const
  const conflict = { status: 409, code: 'event_conflict', issue: 'event_conflict' } as const
  return [
    row('an empty array', [], none),
    row('an event, not an array', good, none),
    row('null', 'null', none),
    row('a string', '"a.b"', none),
    row('an object that holds the events', { events: [good] }, none),
    row('null in the array', [good, null], { ...refused, pointer: '/1', issue: 'wrong_type' }),
    row('an array in the array', [[good]], { ...refused, pointer: '/0', issue: 'wrong_type' }),
    row('a string in the array', ['a.b'], { ...refused, pointer: '/0', issue: 'wrong_type' }),
    row('a bad event at the end', [good, good, { type: 'a.b', actor: { id: 'x' } }], {
      ...refused,
      pointer: '/2/actor/type',
    }),
    row('a bad event alone', [{ type: 7 }], { ...refused, pointer: '/0/type' }),
    row('only reserved types', [{ type: 'log.x' }, { type: 'audit.x' }], {
      status: 422,
      code: 'reserved_type',
      pointer: '/1/type',
    }),
    row('an empty body', '', { status: 400, code: 'invalid_json' }),
    row('a trailing comma', '[{"type":"a.b"},]', { status: 400, code: 'invalid_json' }),
    row('a duplicate member in an event', '[{"type":"a.b"},{"type":"a.b","type":"a.b"}]', {
      status: 400,
      code: 'invalid_json',
      pointer: '/1/type',
    }),
    row('one event too many', manyOf(BOUNDS.BATCH_EVENTS_MAX + 1, good), large),
    row('a hundred thousand events', `[${Array(100_000).fill('{}').join()}]`, large),
    row('one event of one byte too many', [eventOfBytes(BOUNDS.EVENT_BYTES_MAX + 1)], {
      ...refused,
      pointer: '/0',
      issue: 'too_large',
      limit: 'EVENT_BYTES_MAX',
    }),
    row('an event of one byte too many among others', [good, eventOfBytes(BOUNDS.EVENT_BYTES_MAX + 1), good], {
      ...refused,
      pointer: '/1',
      issue: 'too_large',
    }),
    row('other content under a recorded id', [good, { id: 'recorded-1', type: 'a.c' }], {
      ...conflict,
      pointer: '/1/id',
    }),
    row('other content under a recorded id, alone', [{ id: 'recorded-1', type: 'a.c' }], {
      ...conflict,
      pointer: '/0/id',
    }),
    row(
      'the same id twice with other content',
      [
        { id: 'n1', ...good },
        { id: 'n1', type: 'a.c' },
      ],
      { ...conflict, pointer: '/1/id' },
    ),
    row(
      'events of two organizations',
      [
        { ...good, org: 'acme' },
        { ...good, org: 'beta' },
      ],
      {
        status: 403,
        code: 'organization_mismatch',
      },
    ),
    row('an event of another organization among others', [good, { ...good, org: 'beta' }, good], {
      status: 403,
      code: 'organization_mismatch',
    }),
    lines('nothing but white space', '\n \r\n\t\n', none),
    lines('nothing', '', none),
    lines('a broken line', '{"type":"a.b"}\n{"type":\n{"type":"a.b"}', {
      status: 400,
      code: 'invalid_json',
      pointer: '/1',
      says: 'Line 2:',
    }),
    lines('a broken line after empty ones', '{"type":"a.b"}\n\n\n{"type":"a.b"', {
      status: 400,
      code: 'invalid_json',
      pointer: '/1',
      says: 'Line 4:',
    }),
    lines('a line that says a member twice', '{"type":"a.b"}\r\n{"type":"a.b","type":"a.b"}', {
      status: 400,
      code: 'invalid_json',
      pointer: '/1/type',
      issue: 'duplicate_member',
      says: 'Line 2:',
    }),
    lines('a line that is an array', '{"type":"a.b"}\n[{"type":"a.b"}]', {
      ...refused,
      pointer: '/1',
      issue: 'wrong_type',
    }),
    lines('two events on a line', '{"type":"a.b"}{"type":"a.b"}', {
      status: 400,
      code: 'invalid_json',
      says: 'Line 1:',
    }),
    lines('an event over two lines', '{"type":\n"a.b"}', { status: 400, code: 'invalid_json', says: 'Line 1:' }),
    lines('one event too many', '{"type":"a.b"}\n'.repeat(BOUNDS.BATCH_EVENTS_MAX + 1), large),
  ]
}
