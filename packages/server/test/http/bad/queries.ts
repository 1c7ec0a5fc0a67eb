/** Query strings that mean nothing, and cursors that nobody gave out. */
import { BOUNDS } from '@sealedlog/sdk/event'
import { queryRow, type Row, type World } from './row.js'

const invalid = (param: string) => ({ code: 'invalid_parameter', param }) as const
const unknown = (param: string) => ({ code: 'unknown_parameter', param }) as const

const limits = (world: World): readonly Row[] => [
  ...['0', '-1', '1001', '1.5', 'abc', '', '1e2', '0x10', ' 1', '10 ', '９', '99999999999999999999'].map((limit) =>
    queryRow(world, `/v1/events?limit=${encodeURIComponent(limit)}`, invalid('limit')),
  ),
  queryRow(world, '/v1/events/tail?limit=1001', invalid('limit')),
  queryRow(world, '/v1/events/tail?wait=31', invalid('wait')),
  queryRow(world, '/v1/events/tail?wait=-1', invalid('wait')),
  queryRow(world, '/v1/events/tail?wait=soon', invalid('wait')),
  queryRow(world, '/v1/organization/audit_logs?limit=101', invalid('limit')),
  queryRow(world, '/v1/organization/audit_logs?limit=0', invalid('limit')),
]

const after = (world: World): readonly Row[] => [
  queryRow(world, '/v1/events/tail?after=1000000', { status: 409, code: 'after_beyond_end', param: 'after' }),
  queryRow(world, '/v1/events/tail?after=9007199254740991', { status: 409, code: 'after_beyond_end', param: 'after' }),
  ...['-2', '1.5', 'first', '', '9007199254740993', 'LATEST', 'evt_1'].map((text) =>
    queryRow(world, `/v1/events/tail?after=${text}`, invalid('after')),
  ),
]

const words = (world: World): readonly Row[] => [
  queryRow(world, '/v1/events?order=newest', { ...invalid('order'), says: 'desc or asc' }),
  queryRow(world, '/v1/events?order=dsc', { ...invalid('order'), says: 'Did you mean "desc"' }),
  queryRow(world, '/v1/events?dialect=open_ai', { ...invalid('dialect'), says: 'Did you mean "openai"' }),
  queryRow(world, '/v1/events?outcome=failed', { ...invalid('outcome'), says: 'success, failure' }),
  queryRow(world, '/v1/events?type=api key.*', invalid('type')),
  queryRow(world, '/v1/events?type=*.created', invalid('type')),
  queryRow(world, '/v1/events?type=a*b*', invalid('type')),
  queryRow(world, '/v1/events?bucket=', invalid('bucket')),
  queryRow(world, '/v1/events?actor_id=', invalid('actor_id')),
  queryRow(world, '/v1/events?actor_type=a/b', invalid('actor_type')),
  queryRow(world, '/v1/events?target_type=%00', invalid('target_type')),
  queryRow(world, '/v1/events?ip_address=1.2.3', invalid('ip_address')),
  queryRow(world, '/v1/events?ip_address=1.2.3.256', invalid('ip_address')),
  queryRow(world, '/v1/events?ip_address=10.0.0.0%2F33', { ...invalid('ip_address'), says: 'a network' }),
  queryRow(world, '/v1/events?q=actr:user_1', { code: 'invalid_query', param: 'q', says: 'Did you mean "actor"' }),
  queryRow(world, '/v1/events?q=(a', { code: 'invalid_query', param: 'q', says: 'position 2' }),
  queryRow(world, '/v1/events/tail?q=outcome:failed', { code: 'invalid_query', param: 'q', says: 'success, failure' }),
  queryRow(world, `/v1/events?q=${'x'.repeat(BOUNDS.QUERY_CHARS_MAX + 1)}`, {
    code: 'invalid_query',
    says: 'QUERY_CHARS_MAX',
  }),
  queryRow(world, '/v1/events?q=a&q=b', invalid('q')),
  queryRow(world, '/v1/events?ip_address=::1::', invalid('ip_address')),
  queryRow(world, '/v1/events?since=yesterday', invalid('since')),
  queryRow(world, '/v1/events?since=1795165941', invalid('since')),
  queryRow(world, '/v1/events?until=2026-11-20T09:12:21+01:00', { ...invalid('until'), says: '%2B' }),
  queryRow(world, '/v1/events?since=2026-11-21T00:00:00Z&until=2026-11-20T00:00:00Z', invalid('until')),
  queryRow(world, '/v1/events/recorded-1?include=proofs', { ...invalid('include'), says: 'Did you mean "proof"' }),
]

const names = (world: World): readonly Row[] => [
  queryRow(world, '/v1/events?actor=user_1', unknown('actor')),
  queryRow(world, '/v1/events?actorid=user_1', { ...unknown('actorid'), says: 'Did you mean "actor_id"' }),
  queryRow(world, '/v1/events?limt=5', { ...unknown('limt'), says: 'Did you mean "limit"' }),
  queryRow(world, '/v1/events?after=1', { ...unknown('after'), says: '"after"' }),
  queryRow(world, '/v1/events?Limit=5', { ...unknown('Limit'), says: 'Did you mean "limit"' }),
  queryRow(world, '/v1/events?__proto__=x', unknown('__proto__')),
  queryRow(world, '/v1/events?constructor=x', unknown('constructor')),
  queryRow(world, '/v1/events?=x', unknown('')),
  queryRow(world, '/v1/events?limit%5B%5D=5', unknown('limit[]')),
  queryRow(world, `/v1/events?${'x'.repeat(5_000)}=1`, unknown('x'.repeat(60))),
  queryRow(world, '/v1/events/tail?cursor=x', unknown('cursor')),
  queryRow(world, '/v1/events/tail?order=asc', unknown('order')),
  queryRow(world, '/v1/events/recorded-1?limit=5', unknown('limit')),
  queryRow(world, '/v1/organizations?cursor=x', unknown('cursor')),
  queryRow(world, '/v1/organizations/acme?x=1', unknown('x')),
  queryRow(world, '/v1/keys?org=acme', unknown('org')),
  queryRow(world, '/v1/organizations/acme/tlog/checkpoint?x=1', unknown('x')),
  queryRow(world, '/v1/organizations/acme/tlog/tile/0/000.p/1?x=1', unknown('x')),
  queryRow(world, '/v1/organization/audit_logs?order=asc', unknown('order')),
  queryRow(world, '/v1/organization/audit_logs?event_type=a.b', { ...unknown('event_type'), says: 'event_types[]' }),
  {
    ...queryRow(world, '/v1/events?proof=1', unknown('proof')),
    send: { path: '/v1/events?proof=1', key: world.key, body: {} },
  },
  {
    ...queryRow(world, '/v1/events/batch?limit=1', unknown('limit')),
    send: { path: '/v1/events/batch?limit=1', key: world.key, body: [] },
  },
]

const counts = (world: World): readonly Row[] => [
  ...[
    'limit=5&limit=5',
    'order=asc&order=asc',
    'cursor=a&cursor=b',
    'since=x&since=y',
    'dialect=native&dialect=native',
  ].map((query) => queryRow(world, `/v1/events?${query}`, invalid(query.split('=')[0] ?? ''))),
  queryRow(world, '/v1/events/tail?after=0&after=1', invalid('after')),
  queryRow(
    world,
    `/v1/events?${Array(BOUNDS.PARAMETER_VALUES_MAX + 1)
      .fill('actor_id=u')
      .join('&')}`,
    {
      ...invalid('actor_id'),
      limit: 'PARAMETER_VALUES_MAX',
    },
  ),
  queryRow(
    world,
    `/v1/events?${Array(BOUNDS.PARAMETERS_MAX + 1)
      .fill('x=1')
      .join('&')}`,
    {
      code: 'invalid_parameter',
      limit: 'PARAMETERS_MAX',
    },
  ),
  queryRow(
    world,
    `/v1/organization/audit_logs?${Array(BOUNDS.PARAMETER_VALUES_MAX + 1)
      .fill('actor_ids[]=u')
      .join('&')}`,
    {
      ...invalid('actor_ids[]'),
      limit: 'PARAMETER_VALUES_MAX',
    },
  ),
]

/** Percent-encoding that is not UTF-8, in the query and in the path. */
const encoding = (world: World): readonly Row[] => [
  ...['%FF', '%C0%AF', '%ED%A0%80', '%E2%82', '%', '%4', '%zz'].map((text) =>
    queryRow(world, `/v1/events?actor_id=${text}`, { code: 'malformed_request' }),
  ),
  queryRow(world, '/v1/events?%FF=1', { code: 'malformed_request' }),
  queryRow(world, '/v1/organization/audit_logs?after=%FF', { code: 'malformed_request' }),
  queryRow(world, '/v1/events/%FF', { code: 'malformed_request' }),
  queryRow(world, '/v1/events/%zz', { code: 'malformed_request' }),
  queryRow(world, '/v1/organizations/%ED%A0%80/tlog/vkey', { code: 'malformed_request' }),
]

function cursors(world: World): readonly Row[] {
  const bytes = Buffer.from(world.cursor, 'base64url')
  const flipped = (at: number) =>
    Buffer.from(bytes.map((byte, i) => (i === at ? byte ^ 1 : byte))).toString('base64url')
  const forged: { readonly [name: string]: string } = {
    empty: '',
    words: 'next-page-please',
    'base64 of words': Buffer.from('index=5&time=now').toString('base64url'),
    'as many random bytes': Buffer.alloc(bytes.length, 7).toString('base64url'),
    'cut by one character': world.cursor.slice(0, -1),
    'cut in half': world.cursor.slice(0, world.cursor.length / 2),
    'one character longer': `${world.cursor}A`,
    'of another version': Buffer.from(bytes.map((byte, i) => (i === 0 ? byte + 1 : byte))).toString('base64url'),
    'another time': flipped(8),
    'another index': flipped(16),
    'another tag': flipped(bytes.length - 1),
    'in padded base64': `${bytes.toString('base64')}=`,
    'of another organization': world.betaCursor,
    'very long': 'A'.repeat(5_000),
  }
  return [
    ...Object.entries(forged).map(
      ([name, cursor]): Row => ({
        ...queryRow(world, `/v1/events?cursor=${encodeURIComponent(cursor)}`, {
          code: 'invalid_cursor',
          param: 'cursor',
        }),
        name: `a cursor: ${name}`,
      }),
    ),
    queryRow(world, '/v1/organization/audit_logs?after=nothing', { code: 'invalid_cursor', param: 'after' }),
    queryRow(world, '/v1/organization/audit_logs?before=beta-1', { code: 'invalid_cursor', param: 'before' }),
    queryRow(world, `/v1/organization/audit_logs?after=${'x'.repeat(5_000)}`, {
      code: 'invalid_cursor',
      param: 'after',
    }),
  ]
}

export const queryRows = (world: World): readonly Row[] =>
  [limits, after, words, names, counts, encoding, cursors].flatMap((rows) => rows(world))
