/** Requests for organizations and keys that break a rule, and paths and methods that do not exist. */
import { BOUNDS } from '@sealedlog/sdk/event'
import type { Row, World } from './row.js'

function organizations(world: World): readonly Row[] {
  const row = (name: string, body: unknown, more: Partial<Row> = {}): Row => ({
    name: `organization: ${name}`,
    send: { path: '/v1/organizations', key: world.rootKey, body },
    status: 422,
    code: 'invalid_organization',
    ...more,
  })
  const put = (name: string, path: string, body?: unknown): Row => ({
    name: `organization: ${name}`,
    send: { method: 'PUT', path, key: world.rootKey, ...(body === undefined ? {} : { body }) },
    status: 422,
    code: 'invalid_organization',
  })
  return [
    row('no id', {}),
    row('an empty id', { id: '' }),
    row('an id of another type', { id: 7 }),
    row('an id with a space', { id: 'a b' }),
    row('an id with a slash', { id: 'a/b' }),
    row('an id one character too long', { id: 'x'.repeat(BOUNDS.ID_CHARS_MAX + 1) }, { limit: 'ID_CHARS_MAX' }),
    row('the instance’s own', { id: '_system' }),
    row('every organization', { id: '*' }),
    row('a name of another type', { id: 'new', name: null }),
    row('an empty name', { id: 'new', name: '' }),
    row(
      'a name one character too long',
      { id: 'new', name: 'x'.repeat(BOUNDS.NAME_CHARS_MAX + 1) },
      { limit: 'NAME_CHARS_MAX' },
    ),
    row('an unknown member', { id: 'new', title: 'New' }, { says: 'Known: id, name' }),
    row('an array', ['new']),
    row('null', 'null'),
    row('broken JSON', '{"id":"new"', { status: 400, code: 'invalid_json' }),
    row('a duplicate id', '{"id":"new","id":"newer"}', { status: 400, code: 'invalid_json', pointer: '/id' }),
    put('an id in the body of a PUT', '/v1/organizations/new', { id: 'new' }),
    put('a PUT of an array', '/v1/organizations/new', []),
    put('a PUT of the instance’s own', '/v1/organizations/_system'),
    put('a PUT of an id with a space', '/v1/organizations/a%20b'),
    put('a PUT of an id with a NUL', '/v1/organizations/a%00b'),
    put('a PUT of an id one character too long', `/v1/organizations/${'x'.repeat(BOUNDS.ID_CHARS_MAX + 1)}`),
  ]
}

function keys(world: World): readonly Row[] {
  const good = { organization: 'acme', name: 'x', scopes: ['read'] }
  const row = (name: string, body: unknown, more: Partial<Row> = {}): Row => ({
    name: `key: ${name}`,
    send: { path: '/v1/keys', key: world.rootKey, body },
    status: 422,
    code: 'invalid_key_request',
    ...more,
  })
  return [
    row('nothing', {}),
    row('an array', [good]),
    row('no name', { ...good, name: undefined }),
    row('an empty name', { ...good, name: '' }),
    row('a name of another type', { ...good, name: 7 }),
    row(
      'a name one character too long',
      { ...good, name: 'x'.repeat(BOUNDS.NAME_CHARS_MAX + 1) },
      { limit: 'NAME_CHARS_MAX' },
    ),
    row('no scopes', { ...good, scopes: undefined }),
    row('an empty list of scopes', { ...good, scopes: [] }),
    row('an unknown scope', { ...good, scopes: ['read', 'root'] }),
    row('a scope twice', { ...good, scopes: ['read', 'read'] }),
    row('a scope that is no list', { ...good, scopes: 'read' }),
    row('a scope of another type', { ...good, scopes: [null] }),
    row('an organization of another type', { ...good, organization: 7 }),
    row('an empty organization', { ...good, organization: '' }),
    row('an organization that could not exist', { ...good, organization: 'x'.repeat(100_000) }),
    row('an end that is no time', { ...good, expires_at: 'tomorrow' }),
    row('an end that is over', { ...good, expires_at: '2020-01-01T00:00:00Z' }),
    row('an end past the year 9999', { ...good, expires_at: '9999-12-31T23:59:59-23:00' }),
    row('an end of another type', { ...good, expires_at: 1_800_000_000 }),
    row('an unknown member', { ...good, scope: 'read' }, { says: 'Did you mean "scopes"' }),
    row('its own key', { ...good, key: 'slk_mine' }, { says: 'Known: organization' }),
    row(
      'unbound, by a key that is not root',
      { ...good, organization: '*' },
      {
        send: { path: '/v1/keys', key: world.unboundKey, body: { ...good, organization: '*' } },
        status: 403,
        code: 'insufficient_scope',
      },
    ),
    row('no such key', undefined, {
      send: { method: 'DELETE', path: '/v1/keys/key_nobody', key: world.rootKey },
      status: 404,
      code: 'key_not_found',
    }),
  ]
}

const METHODS: readonly (readonly [method: string, path: string, allow: string])[] = [
  ['DELETE', '/v1/events', 'GET, HEAD, OPTIONS, POST'],
  ['PUT', '/v1/events', 'GET, HEAD, OPTIONS, POST'],
  ['PATCH', '/v1/events/recorded-1', 'GET, HEAD, OPTIONS'],
  ['DELETE', '/v1/events/recorded-1', 'GET, HEAD, OPTIONS'],
  ['GET', '/v1/events/batch', 'OPTIONS, POST'],
  ['POST', '/v1/events/tail', 'GET, HEAD, OPTIONS'],
  ['POST', '/v1/organization/audit_logs', 'GET, HEAD, OPTIONS'],
  ['DELETE', '/v1/organizations', 'GET, HEAD, OPTIONS, POST'],
  ['PATCH', '/v1/organizations/acme', 'DELETE, GET, HEAD, OPTIONS, PUT'],
  ['PATCH', '/v1/keys', 'GET, HEAD, OPTIONS, POST'],
  ['GET', '/v1/keys/key_1', 'DELETE, OPTIONS'],
  ['POST', '/v1/event-types', 'GET, HEAD, OPTIONS'],
  ['PATCH', '/v1/event-types/a.b', 'DELETE, GET, HEAD, OPTIONS, PUT'],
  ['GET', '/v1/event-types/a.b/check', 'OPTIONS, POST'],
  ['DELETE', '/v1/event-types/a.b/versions', 'GET, HEAD, OPTIONS'],
  ['POST', '/v1/organizations/acme/tlog/checkpoint', 'GET, HEAD, OPTIONS'],
  ['PUT', '/v1/organizations/acme/tlog/tile/0/000', 'GET, HEAD, OPTIONS'],
  ['POST', '/healthz', 'GET, HEAD, OPTIONS'],
  ['DELETE', '/metrics', 'GET, HEAD, OPTIONS'],
  ['POST', '/openapi.json', 'GET, HEAD, OPTIONS'],
]

const methods = (world: World): readonly Row[] =>
  METHODS.map(([method, path, allow]) => ({
    name: `${method} ${path}`,
    send: { method, path, key: world.rootKey },
    status: 405,
    code: 'method_not_allowed',
    header: `allow: ${allow}`,
  }))

const NOWHERE: readonly string[] = [
  '/',
  '/v1',
  '/v1/',
  '/v2/events',
  '/v1/event',
  '/V1/events',
  '/v1//events',
  '/v1/events/recorded-1/more',
  '/v1/organization',
  '/v1/organization/users',
  '/v1/organizations/acme/tlog',
  '/favicon.ico',
  '/.env',
  '/v1/..%2f..%2fetc/passwd',
  `/v1/events/${'x'.repeat(257)}`,
  `/v1/organizations/${'x'.repeat(257)}/tlog/vkey`,
]

const paths = (world: World): readonly Row[] => [
  ...NOWHERE.map(
    (path): Row => ({
      name: `GET ${path.slice(0, 60)}`,
      send: { path, key: world.key },
      status: 404,
      code: 'not_found',
    }),
  ),
  ...['', 'no-such-event', 'beta-1', 'x'.repeat(256), 'a%00b', '%F0%9F%92%A9'].map(
    (id): Row => ({
      name: `GET /v1/events/${id.slice(0, 60)}`,
      send: { path: `/v1/events/${id}`, key: world.key },
      status: 404,
      code: 'event_not_found',
    }),
  ),
  ...[
    '0/000',
    '0/001.p/1',
    '0/000.p/0',
    '0/000.p/256',
    '0/000.p/999',
    '0/0',
    '-1/000',
    '64/000',
    '0/x000',
    'entries/001',
    'data/000',
    '0/000/../000',
    '',
    'x'.repeat(256),
  ].map(
    (path): Row => ({
      name: `tile ${path.slice(0, 60)}`,
      send: { path: `/v1/organizations/acme/tlog/tile/${encodeURI(path).replaceAll('..', '%2e%2e')}`, key: world.key },
      status: 404,
      code: 'tile_not_found',
    }),
  ),
]

export const administrationRows = (world: World): readonly Row[] =>
  [organizations, keys, methods, paths].flatMap((rows) => rows(world))
