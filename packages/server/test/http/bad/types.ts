/** Registrations of event types that break a rule, and events that break an event type. */
import { BOUNDS } from '@sealedlog/sdk/event'
import type { Row, World } from './row.js'

function registrations(world: World): readonly Row[] {
  const row = (name: string, body: unknown, more: Partial<Row> = {}): Row => ({
    name: `event type: ${name}`,
    send: { method: 'PUT', path: '/v1/event-types/new.type', key: world.adminKey, body },
    status: 422,
    code: 'invalid_event_type',
    ...more,
  })
  const at = (path: string, body: unknown, more: Partial<Row>): Row =>
    row(path, body, { send: { method: 'PUT', path: `/v1/event-types/${path}`, key: world.adminKey, body }, ...more })
  const schema = (name: string, details: unknown, more: Partial<Row> = {}): Row => row(name, { details }, more)
  return [
    row('an array', [], { says: 'is a JSON object' }),
    row('null', 'null', { says: 'is a JSON object' }),
    row('broken JSON', '{"mode":', { status: 400, code: 'invalid_json' }),
    row('a duplicate member', '{"mode":"off","mode":"warn"}', { status: 400, code: 'invalid_json', pointer: '/mode' }),
    row(
      'an unknown member',
      { modes: 'off' },
      { pointer: '/modes', issue: 'unknown_member', says: 'Did you mean "mode"' },
    ),
    row('what the server says', { version: 1 }, { pointer: '/version', issue: 'unknown_member' }),
    row('an unknown mode', { mode: 'warm' }, { pointer: '/mode', issue: 'not_one_of', says: 'Did you mean "warn"' }),
    row('another type', { type: 'a.b' }, { pointer: '/type', issue: 'not_one_of' }),
    row('a sentence with a hole', { sentence: '{who} did' }, { pointer: '/sentence', issue: 'bad_format' }),
    row(
      'an expected version that is none',
      { expected_version: -1 },
      { pointer: '/expected_version', issue: 'wrong_type' },
    ),
    row('another version than expected', { expected_version: 3 }, { status: 412, code: 'revision_mismatch' }),
    row('a schema that is none', { metadata: 'string' }, { pointer: '/metadata', issue: 'wrong_type' }),
    schema(
      'a keyword that is none',
      { requird: [] },
      { pointer: '/details/requird', issue: 'unknown_member', says: 'Did you mean "required"' },
    ),
    schema(
      'a reference elsewhere',
      { $ref: 'http://127.0.0.1:1/x' },
      { pointer: '/details/$ref', issue: 'not_allowed' },
    ),
    schema('a reference round and round', { $ref: '#' }, { limit: 'SCHEMA_CHAIN_MAX' }),
    schema(
      'another draft',
      { $schema: 'http://json-schema.org/schema#' },
      { pointer: '/details/$schema', issue: 'not_one_of' },
    ),
    schema(
      'a format that is none',
      { format: 'dateTime' },
      { pointer: '/details/format', issue: 'not_one_of', says: 'date-time' },
    ),
    schema(
      'a pattern that backtracks',
      { pattern: '^(?=a)(a+)+$' },
      { pointer: '/details/pattern', issue: 'bad_format', says: 'linear time' },
    ),
    schema(
      'a pattern one character too long',
      { pattern: 'x'.repeat(BOUNDS.SCHEMA_PATTERN_CHARS_MAX + 1) },
      { limit: 'SCHEMA_PATTERN_CHARS_MAX' },
    ),
    schema(
      'a pattern one state too large',
      { pattern: `x{${BOUNDS.SCHEMA_PATTERN_STATES_MAX}}` },
      { limit: 'SCHEMA_PATTERN_STATES_MAX' },
    ),
    schema(
      'one byte too large',
      { title: 'x'.repeat(BOUNDS.SCHEMA_BYTES_MAX - '{"title":""}'.length + 1) },
      { limit: 'SCHEMA_BYTES_MAX' },
    ),
    schema(
      'one level too deep',
      JSON.parse(`${'{"not":'.repeat(BOUNDS.SCHEMA_DEPTH_MAX)}{}${'}'.repeat(BOUNDS.SCHEMA_DEPTH_MAX)}`),
      { limit: 'SCHEMA_DEPTH_MAX' },
    ),
    schema('very deep', JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`), { status: 400, code: 'invalid_json' }),
    schema(
      'one part too many',
      { allOf: Array.from({ length: BOUNDS.SCHEMA_PARTS_MAX }, () => true) },
      { limit: 'SCHEMA_PARTS_MAX' },
    ),
    ...['audit.mine', 'log.mine', 'sealedlog.mine'].map((type) =>
      at(type, {}, { code: 'reserved_type', pointer: '/type', issue: 'reserved_type' }),
    ),
    at('a%20b', {}, { pointer: '/type', issue: 'bad_format' }),
    at('a%2Fb', {}, { pointer: '/type', issue: 'bad_format' }),
    at('x'.repeat(BOUNDS.TYPE_CHARS_MAX + 1), {}, { limit: 'TYPE_CHARS_MAX' }),
  ]
}

function calls(world: World): readonly Row[] {
  const row = (line: string, more: Partial<Row>, key = world.key, headers = {}): Row => {
    const [method = '', path = ''] = line.split(' ')
    return {
      name: line.slice(0, 80),
      send: { method, path, key, headers },
      status: 404,
      code: 'event_type_not_found',
      ...more,
    }
  }
  const denied = { status: 403, code: 'insufficient_scope' } as const
  return [
    row('GET /v1/event-types/no.such', {}),
    row('GET /v1/event-types/api_key.created?version=1', {}),
    row('GET /v1/event-types/no.such/versions', {}),
    row('POST /v1/event-types/no.such/check', {}),
    row('DELETE /v1/event-types/no.such', {}),
    row('DELETE /v1/event-types/api_key.created', {}),
    row('GET /v1/event-types?include=all', { status: 400, code: 'invalid_parameter', param: 'include' }),
    row('GET /v1/event-types?limit=1001', { status: 400, code: 'invalid_parameter', param: 'limit' }),
    row('GET /v1/event-types?versoin=1', { status: 400, code: 'unknown_parameter', param: 'versoin' }),
    row('GET /v1/event-types/a.b?version=0', { status: 400, code: 'invalid_parameter', param: 'version' }),
    row('POST /v1/event-types/a.b/check?cursor=x', { status: 404 }),
    row('DELETE /v1/event-types/a.b', { status: 404, code: 'event_type_not_found' }, world.adminKey),
    row('GET /v1/event-types', denied, world.writeKey),
    row('GET /v1/event-types', denied, world.adminKey),
    row('POST /v1/event-types/a.b/check', denied, world.adminKey),
    row('DELETE /v1/event-types/a.b', denied, world.readKey),
    row('GET /v1/event-types', { status: 403, code: 'organization_mismatch' }, world.key, {
      'sealedlog-organization': 'beta',
    }),
    row('GET /v1/event-types', { status: 400, code: 'organization_required' }, world.unboundKey),
    row('GET /v1/event-types', { status: 401, code: 'invalid_key' }, world.revokedKey),
    {
      name: 'an If-Match that is no revision',
      send: {
        method: 'PUT',
        path: '/v1/event-types/a.b',
        key: world.adminKey,
        body: {},
        headers: { 'if-match': 'W/"x"' },
      },
      status: 400,
      code: 'invalid_parameter',
      param: 'If-Match',
    },
    {
      name: 'a check of a body and of a version',
      send: { path: '/v1/event-types/a.b/check?version=1', key: world.readKey, body: {} },
      status: 400,
      code: 'invalid_parameter',
      param: 'version',
    },
    {
      name: 'a check by a cursor of somebody else',
      send: { path: `/v1/event-types/a.b/check?cursor=${world.betaCursor}`, key: world.readKey, body: {} },
      status: 400,
      code: 'invalid_cursor',
    },
  ]
}

export const typeRows = (world: World): readonly Row[] => [registrations, calls].flatMap((rows) => rows(world))
