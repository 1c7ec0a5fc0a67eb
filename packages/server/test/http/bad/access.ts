/** Keys that open nothing, scopes that are missing, and organizations that disagree. */
import type { Ask } from '../support.js'
import type { Row, World } from './row.js'

/** Every route that asks for a key, and which scopes will not do. */
const ROUTES: readonly (Omit<Ask, 'key'> & { readonly refuses: readonly ('writeKey' | 'readKey' | 'adminKey')[] })[] = [
  { path: '/v1/events', body: { type: 'a.b' }, refuses: ['readKey', 'adminKey'] },
  { path: '/v1/events/batch', body: [{ type: 'a.b' }], refuses: ['readKey', 'adminKey'] },
  { path: '/v1/events', refuses: ['writeKey', 'adminKey'] },
  { path: '/v1/events/tail', refuses: ['writeKey', 'adminKey'] },
  { path: '/v1/events/recorded-1', refuses: ['writeKey', 'adminKey'] },
  { path: '/v1/organization/audit_logs', refuses: ['writeKey', 'adminKey'] },
  { path: '/v1/organizations', body: { id: 'new' }, refuses: ['writeKey', 'readKey', 'adminKey'] },
  { method: 'PUT', path: '/v1/organizations/new', refuses: ['writeKey', 'readKey', 'adminKey'] },
  { path: '/v1/organizations', refuses: ['writeKey', 'readKey'] },
  { path: '/v1/organizations/acme', refuses: [] },
  { path: '/v1/keys', body: { name: 'x', scopes: ['read'] }, refuses: ['writeKey', 'readKey'] },
  { path: '/v1/keys', refuses: ['writeKey', 'readKey'] },
  { method: 'DELETE', path: '/v1/keys/key_1', refuses: ['writeKey', 'readKey'] },
  { path: '/v1/organizations/acme/tlog/checkpoint', refuses: [] },
  { path: '/v1/organizations/acme/tlog/vkey', refuses: [] },
  { path: '/v1/organizations/acme/tlog/tile/0/000.p/1', refuses: ['writeKey', 'adminKey'] },
]

const nameOf = ({ method, path, body }: Omit<Ask, 'key'>): string =>
  `${method ?? (body === undefined ? 'GET' : 'POST')} ${path}`

const noKey = (world: World): readonly Row[] =>
  ROUTES.flatMap(({ refuses, ...ask }): Row[] => {
    const row = (what: string, code: Row['code'], more: Partial<Ask>): Row => ({
      name: `${nameOf(ask)} with ${what}`,
      send: { ...ask, ...more },
      status: 401,
      code,
      header: 'www-authenticate: Bearer realm="sealedlog"',
    })
    return [
      row('no key', 'missing_key', {}),
      row('an unknown key', 'invalid_key', { key: `slk_${'A'.repeat(43)}` }),
      row('a revoked key', 'invalid_key', { key: world.revokedKey }),
      row('an expired key', 'invalid_key', { key: world.expiredKey }),
      ...refuses.map(
        (scope): Row => ({
          name: `${nameOf(ask)} with the ${scope}`,
          send: { ...ask, key: world[scope] },
          status: 403,
          code: 'insufficient_scope',
        }),
      ),
    ]
  })

const garbledKeys = (world: World): readonly Row[] =>
  [
    '',
    'Bearer',
    'Bearer ',
    world.key,
    `Basic ${world.key}`,
    `Bearer ${world.key} x`,
    `Bearer "${world.key}"`,
    `Bearer ${world.key}x`,
    `Bearer ${world.key.slice(0, -1)}`,
    `Bearer ${world.key.toUpperCase()}`,
    `Bearer${world.key}`,
    `Bearer ${'x'.repeat(513)}`,
    'Bearer *',
    'Bearer null',
  ].map((authorization) => ({
    name: `authorization: ${authorization.slice(0, 30)}`,
    send: { path: '/v1/events', headers: { authorization } },
    status: 401,
    code: 'invalid_key',
  }))

const mismatches = (world: World): readonly Row[] => {
  const mismatch = { status: 403, code: 'organization_mismatch' } as const
  const header = (org: string) => ({ 'sealedlog-organization': org })
  const own = (name: string, send: Omit<Ask, 'key'>): Row => ({ name, send: { ...send, key: world.key }, ...mismatch })
  const event = { path: '/v1/events', body: { type: 'a.b' } }
  return [
    // A bound key must not learn which other organizations exist: beta does, nobody does not.
    ...['beta', 'nobody', 'default', '_system'].flatMap((org): Row[] => [
      own(`a header says ${org}, the key acme`, { ...event, headers: header(org) }),
      own(`OpenAI’s header says ${org}, the key acme`, {
        path: '/v1/organization/audit_logs',
        headers: { 'openai-organization': org },
      }),
      own(`the event says ${org}, the key acme`, { path: '/v1/events', body: { type: 'a.b', org } }),
      own(`the path says ${org}, the key acme`, { path: `/v1/organizations/${org}` }),
      own(`the tile’s path says ${org}, the key acme`, { path: `/v1/organizations/${org}/tlog/tile/0/000.p/1` }),
      own(`a new key is for ${org}, the key acme’s`, {
        path: '/v1/keys',
        body: { name: 'x', scopes: ['read'], organization: org },
      }),
      own(`the list of keys is ${org}’s, the key acme’s`, { path: `/v1/keys?organization=${org}` }),
      own(`a list: the header says ${org}`, { path: '/v1/organizations', headers: header(org) }),
    ]),
    own('the two headers disagree', { ...event, headers: { ...header('acme'), 'openai-organization': 'beta' } }),
    ...[
      {
        what: 'header and event',
        ask: { path: '/v1/events', body: { type: 'a.b', org: 'acme' }, headers: header('beta') },
      },
      {
        what: 'two headers',
        ask: { path: '/v1/events', headers: { ...header('acme'), 'openai-organization': 'beta' } },
      },
      { what: 'header and path', ask: { path: '/v1/organizations/acme/tlog/vkey', headers: header('beta') } },
      {
        what: 'header and body',
        ask: { path: '/v1/keys', body: { organization: 'acme', name: 'x', scopes: ['read'] }, headers: header('beta') },
      },
      {
        what: 'header and key’s id',
        ask: { method: 'DELETE', path: `/v1/keys/${world.betaKeyId}`, headers: header('acme') },
      },
    ].map(
      ({ what, ask }): Row => ({
        name: `${what} disagree, by an unbound key`,
        send: { ...ask, key: world.unboundKey },
        ...mismatch,
      }),
    ),
  ]
}

const unknown = (world: World): readonly Row[] => {
  const none = { status: 404, code: 'organization_not_found' } as const
  const root = (name: string, send: Omit<Ask, 'key'>): Row => ({ name, send: { ...send, key: world.rootKey }, ...none })
  return [
    root('an unknown organization in the header', {
      path: '/v1/events',
      headers: { 'sealedlog-organization': 'nobody' },
    }),
    root('an unknown organization in the event', { path: '/v1/events', body: { type: 'a.b', org: 'nobody' } }),
    root('an unknown organization in a batch', { path: '/v1/events/batch', body: [{ type: 'a.b', org: 'nobody' }] }),
    root('an unknown organization in an envelope', {
      path: '/v1/events?dialect=unkey',
      body: { event: 'a.b', workspace_id: 'nobody' },
    }),
    root('an unknown organization in the path', { path: '/v1/organizations/nobody' }),
    root('an organization in other letters', { path: '/v1/organizations/ACME' }),
    root('an unknown organization’s checkpoint', { path: '/v1/organizations/nobody/tlog/checkpoint' }),
    root('a key for an unknown organization', {
      path: '/v1/keys',
      body: { organization: 'nobody', name: 'x', scopes: ['read'] },
    }),
    {
      name: 'no organization, and there are several',
      send: { path: '/v1/events', key: world.rootKey, body: { type: 'a.b' } },
      status: 400,
      code: 'organization_required',
      param: 'Sealedlog-Organization',
    },
    ...['', '*', 'a b', 'acme, acme', 'acme/../beta', 'x'.repeat(129), 'ä'].map(
      (org): Row => ({
        name: `a header that names no organization: ${org.slice(0, 20)}`,
        send: { path: '/v1/events', key: world.rootKey, headers: { 'sealedlog-organization': org } },
        status: 400,
        code: 'invalid_parameter',
        param: 'sealedlog-organization',
      }),
    ),
    {
      name: 'a key of another organization, to be revoked',
      send: { method: 'DELETE', path: `/v1/keys/${world.betaKeyId}`, key: world.adminKey },
      status: 404,
      code: 'key_not_found',
    },
  ]
}

export const accessRows = (world: World): readonly Row[] =>
  [noKey, garbledKeys, mismatches, unknown].flatMap((rows) => rows(world))
