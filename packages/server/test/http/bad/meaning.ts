/** Events of the right shape that mean what no event may mean. */
import { formatTime } from '@sealedlog/sdk/base'
import { BOUNDS, RESERVED_BUCKET, RESERVED_TYPE_PREFIXES, SERVER_MEMBERS } from '@sealedlog/sdk/event'
import { eventRow, type Row, type World } from './row.js'

const refused = { status: 422, code: 'invalid_event' } as const

const reserved = (world: World): readonly Row[] => [
  ...RESERVED_TYPE_PREFIXES.map((prefix) =>
    eventRow(
      world,
      `the type ${prefix}x`,
      { type: `${prefix}x` },
      {
        status: 422,
        code: 'reserved_type',
        pointer: '/type',
        issue: 'reserved_type',
      },
    ),
  ),
  eventRow(
    world,
    'the reserved bucket',
    { type: 'a.b', bucket: RESERVED_BUCKET },
    {
      ...refused,
      pointer: '/bucket',
      issue: 'reserved_bucket',
    },
  ),
  eventRow(
    world,
    'a reserved type and bucket',
    { type: 'audit.x', bucket: RESERVED_BUCKET },
    {
      ...refused,
      pointer: '/bucket',
    },
  ),
]

const serverMembers = (world: World): readonly Row[] =>
  SERVER_MEMBERS.map((name) =>
    eventRow(
      world,
      `the server’s ${name}`,
      { type: 'a.b', [name]: 1 },
      {
        ...refused,
        pointer: `/${name}`,
        issue: 'unknown_member',
        says: 'set by the server',
      },
    ),
  )

/** Names that every JavaScript object has: nothing special, and no member of an event. */
const inherited = (world: World): readonly Row[] =>
  ['constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'].map((name) =>
    eventRow(
      world,
      `a member called ${name}`,
      { type: 'a.b', [name]: {} },
      {
        ...refused,
        pointer: `/${name}`,
        issue: 'unknown_member',
      },
    ),
  )

const NO_TIMES: readonly string[] = [
  'yesterday',
  '2026-11-20',
  '2026-11-20T09:12:21',
  '2026-11-20 09:12:21Z',
  '2026-13-01T00:00:00Z',
  '2026-02-30T00:00:00Z',
  '2026-11-20T24:00:00Z',
  '2026-11-20T09:60:00Z',
  '2026-11-20T09:12:21+24:00',
  '2026-11-20T09:12:21.1234567890Z',
  '1795165941',
  '+002026-11-20T09:12:21Z',
]

const times = (world: World): readonly Row[] => [
  ...NO_TIMES.map((occurred_at) =>
    eventRow(
      world,
      `occurred_at ${occurred_at}`,
      { type: 'a.b', occurred_at },
      {
        ...refused,
        pointer: '/occurred_at',
        issue: 'bad_format',
      },
    ),
  ),
  eventRow(
    world,
    'a millisecond more than 24 hours ahead',
    {
      type: 'a.b',
      occurred_at: formatTime(world.nowMs + BOUNDS.AHEAD_MS_MAX + 1),
    },
    { ...refused, pointer: '/occurred_at', issue: 'too_late', limit: 'AHEAD_MS_MAX' },
  ),
  eventRow(
    world,
    'the year 9999',
    { type: 'a.b', occurred_at: '9999-12-31T23:59:59Z' },
    {
      ...refused,
      pointer: '/occurred_at',
      issue: 'too_late',
    },
  ),
  eventRow(
    world,
    'past the year 9999 by its offset',
    { type: 'a.b', occurred_at: '9999-12-31T23:59:59-12:00' },
    {
      ...refused,
      pointer: '/occurred_at',
    },
  ),
  eventRow(
    world,
    'before 1970',
    { type: 'a.b', occurred_at: '1969-12-31T23:59:59.999Z' },
    {
      ...refused,
      pointer: '/occurred_at',
      issue: 'too_early',
    },
  ),
  eventRow(
    world,
    'before 1970 by its offset',
    { type: 'a.b', occurred_at: '1970-01-01T00:30:00+01:00' },
    {
      ...refused,
      pointer: '/occurred_at',
      issue: 'too_early',
    },
  ),
]

const words = (world: World): readonly Row[] => [
  eventRow(
    world,
    'an outcome misspelt',
    { type: 'a.b', outcome: 'sucess' },
    {
      ...refused,
      pointer: '/outcome',
      issue: 'not_one_of',
      says: 'Did you mean "success"',
    },
  ),
  eventRow(
    world,
    'an outcome in capitals',
    { type: 'a.b', outcome: 'DENIED' },
    {
      ...refused,
      pointer: '/outcome',
      says: 'Did you mean "denied"',
    },
  ),
  eventRow(
    world,
    'an actor misspelt',
    { type: 'a.b', acter: { type: 'user' } },
    {
      ...refused,
      pointer: '/acter',
      says: 'Did you mean "actor"',
    },
  ),
  eventRow(
    world,
    'another product’s word',
    { type: 'a.b', severity: 'x' },
    { ...refused, pointer: '/severity', says: 'Known: id' },
  ),
  eventRow(
    world,
    'a member with a slash and a tilde',
    { type: 'a.b', 'a/b~c': 1 },
    { ...refused, pointer: '/a~1b~0c' },
  ),
  eventRow(
    world,
    'a hundred targets of which one is wrong',
    {
      type: 'a.b',
      targets: Array.from({ length: 100 }, (_, i) => ({ type: i === 73 ? '' : 'user' })),
    },
    { ...refused, pointer: '/targets/73/type' },
  ),
  eventRow(
    world,
    'an IPv4 address with a leading zero',
    { type: 'a.b', context: { ip_address: '010.0.0.1' } },
    {
      ...refused,
      pointer: '/context/ip_address',
    },
  ),
]

const sizes = (world: World): readonly Row[] => [
  eventRow(world, 'one byte past EVENT_BYTES_MAX', eventOfBytes(BOUNDS.EVENT_BYTES_MAX + 1), {
    ...refused,
    pointer: '',
    issue: 'too_large',
    limit: 'EVENT_BYTES_MAX',
  }),
  eventRow(
    world,
    'one byte past EVENT_BYTES_MAX, in two bytes a character',
    {
      type: 'a.b',
      details: { p: 'ä'.repeat(BOUNDS.EVENT_BYTES_MAX / 2) },
    },
    { ...refused, limit: 'EVENT_BYTES_MAX' },
  ),
  eventRow(world, 'one byte past BODY_BYTES_MAX', bodyOfBytes(BOUNDS.BODY_BYTES_MAX + 1), {
    status: 413,
    code: 'body_too_large',
    limit: 'BODY_BYTES_MAX',
  }),
  {
    name: 'one byte past BATCH_BYTES_MAX',
    send: { path: '/v1/events/batch', key: world.key, body: `[${bodyOfBytes(BOUNDS.BATCH_BYTES_MAX - 1)}]` },
    status: 413,
    code: 'body_too_large',
    limit: 'BATCH_BYTES_MAX',
  },
]

/** An event whose one disclosure has so many bytes. */
export function eventOfBytes(bytes: number): object {
  const frame = `["${'s'.repeat(22)}","details",{"p":""}]`.length
  return { type: 'a.b', details: { p: 'x'.repeat(bytes - frame) } }
}

/** An event in a body of so many bytes, most of them white space. */
export const bodyOfBytes = (bytes: number): string => '{"type":"a.b"}'.padEnd(bytes)

const conflicts = (world: World): readonly Row[] => [
  eventRow(
    world,
    'other content under a recorded id',
    { id: 'recorded-1', type: 'a.c' },
    {
      status: 409,
      code: 'event_conflict',
      pointer: '/id',
      issue: 'event_conflict',
    },
  ),
  eventRow(
    world,
    'one more member under a recorded id',
    { id: 'recorded-1', type: 'a.b', metadata: {} },
    {
      status: 409,
      code: 'event_conflict',
      pointer: '/id',
    },
  ),
]

const dialects = (world: World): readonly Row[] => {
  const row = (name: string, dialect: string, body: unknown, pointer: string): Row => ({
    name: `${dialect}: ${name}`,
    send: { path: `/v1/events?dialect=${dialect}`, key: world.key, body },
    status: 422,
    code: 'invalid_event',
    pointer,
  })
  return [
    row('no type', 'openai', { id: 'o1', effective_at: 1 }, '/type'),
    row('a time that is text', 'openai', { id: 'o1', type: 'a.b', effective_at: '1' }, '/effective_at'),
    row('a time far ahead', 'openai', { id: 'o1', type: 'a.b', effective_at: 9_000_000_000 }, '/effective_at'),
    row('an id of another shape', 'openai', { id: 'o 1', type: 'a.b', effective_at: 1 }, '/id'),
    {
      ...row('a reserved type', 'openai', { id: 'o1', type: 'log.x', effective_at: 1 }, '/type'),
      code: 'reserved_type',
    },
    row('not an object', 'openai', '[]', ''),
    row('no event', 'unkey', { event_id: 'u1', time: 1 }, '/event'),
    row('a time that is text', 'unkey', { event_id: 'u1', event: 'a.b', time: 'now' }, '/time'),
    row('a time far ahead', 'unkey', { event_id: 'u1', event: 'a.b', time: 9e12 }, '/time'),
    row('no event', 'unkey_go', { ActorID: 'x' }, '/Event'),
  ]
}

export const meaningRows = (world: World): readonly Row[] =>
  [reserved, serverMembers, inherited, times, words, sizes, conflicts, dialects].flatMap((rows) => rows(world))
