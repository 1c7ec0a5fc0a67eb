/** Speakeasy's family: text in, a result out. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BOUNDS } from '../../dist/event/index.js'
import * as components from '../../dist/models/components/index.js'
import * as operations from '../../dist/models/operations/index.js'
import { PAIRS } from '../../dist/models/pairs.js'
import { expectSame } from '../dialect/support.js'
import { odd } from './support.js'

const { auditLogFromJSON, auditLogToJSON, listAuditLogsResponseFromJSON, SDKValidationError } = components

const WHOLE = { id: 'audit_log-1', type: 'invite.sent', effective_at: 1 }

/** The value of a result, or its error thrown. */
function valueOf<T>(result: components.Result<T>): T {
  if (!result.ok) throw result.error
  return result.value
}

test('names inside are camelCase as well, all the way down', () => {
  const read = auditLogFromJSON(
    JSON.stringify({
      ...WHOLE,
      actor: {
        type: 'api_key',
        api_key: { id: 'key_1', service_account: { id: 's' } },
        session: { ip_address: '192.0.2.1', ip_address_details: { region_code: 'BE' } },
      },
      'rate_limit.updated': {
        id: 'r',
        changes_requested: { max_requests_per_1_minute: 5, batch_1_day_max_input_tokens: 6 },
      },
      'certificates.activated': { certificates: [{ id: 'c', name: 'n' }] },
      'external_storage.registered': { data: { provider: { type: 'aws', account_name: 'a', role_arn: 'b' } } },
    }),
  )
  expect(valueOf(read)).toEqual({
    id: 'audit_log-1',
    type: 'invite.sent',
    effectiveAt: 1,
    actor: {
      type: 'api_key',
      apiKey: { id: 'key_1', serviceAccount: { id: 's' } },
      session: { ipAddress: '192.0.2.1', ipAddressDetails: { regionCode: 'BE' } },
    },
    rateLimitUpdated: { id: 'r', changesRequested: { maxRequestsPer1Minute: 5, batch1DayMaxInputTokens: 6 } },
    certificatesActivated: { certificates: [{ id: 'c', name: 'n' }] },
    externalStorageRegistered: { data: { provider: { type: 'aws', accountName: 'a', roleArn: 'b' } } },
  })
})

describe('a refusal is returned, and names the field', () => {
  test.each([
    ['', /not JSON/, []],
    ['{', /not JSON/, []],
    ['null', /null, not an object/, [['', 'wrong_type']]],
    ['[]', /an array, not an object/, [['', 'wrong_type']]],
    ['"x"', /a string, not an object/, [['', 'wrong_type']]],
    ['{"id":"a","id":"b"}', /id/, [['/id', 'duplicate_member']]],
    ['{"__proto__":{}}', /__proto__/, [['/__proto__', 'forbidden_member']]],
    ['{"n":12345678901234567890}', /12345678901234567890/, [['/n', 'number_not_exact']]],
    [
      '{}',
      /id/,
      [
        ['/id', 'required'],
        ['/type', 'required'],
        ['/effective_at', 'required'],
      ],
    ],
    [
      '{"id":1,"type":null,"effective_at":"2026"}',
      /\/id: expected a string, found a number/,
      [
        ['/id', 'wrong_type'],
        ['/type', 'wrong_type'],
        ['/effective_at', 'wrong_type'],
      ],
    ],
  ])('%s', (text, message, issues) => {
    const read = auditLogFromJSON(text)
    expect(read.ok).toBe(false)
    expect(read.value).toBeUndefined()
    expect(read.error).toBeInstanceOf(SDKValidationError)
    expect(read.error?.message).toMatch(/^Failed to parse 'AuditLog' from JSON: /)
    expect(read.error?.message).toMatch(message)
    expect(read.error?.rawValue).toBe(text)
    expect(read.error?.issues.map((issue) => [issue.pointer, issue.code])).toEqual(issues)
    for (const [pointer] of issues) expect(read.error?.pretty()).toContain(pointer)
  })

  test('in a list, by its place in the list', () => {
    const text = JSON.stringify({ object: 'list', data: [WHOLE, { ...WHOLE, effective_at: null }, 7], has_more: 'no' })
    expect(listAuditLogsResponseFromJSON(text).error?.issues.map((issue) => issue.pointer)).toEqual([
      '/data/1/effective_at',
      '/data/2',
      '/has_more',
    ])
  })

  test('at most a hundred of them', () => {
    const list = (size: number) => JSON.stringify({ data: Array.from({ length: size }, () => null), has_more: false })
    expect(listAuditLogsResponseFromJSON(list(BOUNDS.REFUSALS_MAX)).error?.issues).toHaveLength(BOUNDS.REFUSALS_MAX)
    expect(listAuditLogsResponseFromJSON(list(BOUNDS.REFUSALS_MAX + 1)).error?.issues).toHaveLength(BOUNDS.REFUSALS_MAX)
  })

  test('what no type says is no reason: members of any kind, absent and null ones', () => {
    const wire = { ...WHOLE, actor: null, project: null, 'invite.sent': { data: [1], id: 7 }, 'api_key.created': 'x' }
    expectSame(JSON.parse(auditLogToJSON(valueOf(auditLogFromJSON(JSON.stringify(wire))))) as object, wire)
    expect(valueOf(auditLogFromJSON(JSON.stringify(WHOLE)))).not.toHaveProperty('actor')
  })
})

test('a text as deep as the bound is read, and one deeper refused', () => {
  const deep = (depth: number) => `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`
  expect(components.apiKeyCreatedFromJSON(deep(BOUNDS.MODEL_DEPTH_MAX)).ok).toBe(true)
  const refused = components.apiKeyCreatedFromJSON(deep(BOUNDS.MODEL_DEPTH_MAX + 1))
  expect(refused.error?.issues[0]?.code).toBe('too_deep')
  expect(components.apiKeyCreatedFromJSON('{"a":'.repeat(100_000)).ok).toBe(false)
})

test('every pair is exported, and gives back any object that it takes', () => {
  const exported: { readonly [name: string]: unknown } = { ...components, ...operations }
  const pairs = PAIRS as unknown as { readonly [name: string]: (value: unknown) => unknown }
  const readers = Object.keys(PAIRS).filter((name) => name.endsWith('FromJSON'))
  expect(readers).toHaveLength(90)
  for (const name of Object.keys(PAIRS)) expect(exported[name], name).toBe(pairs[name])
  fc.assert(
    fc.property(fc.constantFrom(...readers), odd, (name, wire) => {
      const read = pairs[name]?.(JSON.stringify(wire)) as components.Result<unknown>
      if (!read.ok) expect(read.error).toBeInstanceOf(SDKValidationError)
      else expectSame(JSON.parse(pairs[name.replace(/FromJSON$/, 'ToJSON')]?.(read.value) as string) as object, wire)
    }),
  )
})

test('a member may be said by its wire name; where both are said, the model’s own counts', () => {
  const log = {
    id: 'a',
    type: 'b',
    effectiveAt: 1,
    actor: {},
    'invite.sent': { data: { email: 'e' } },
    project: undefined,
  }
  expect(JSON.parse(auditLogToJSON(log))).toEqual({
    id: 'a',
    type: 'b',
    effective_at: 1,
    actor: {},
    'invite.sent': { data: { email: 'e' } },
  })
  expect(JSON.parse(auditLogToJSON({ ...log, effective_at: 7 }))).toHaveProperty('effective_at', 1)
})

test('the enumerations’ words are those of the wire', () => {
  expect(components.AuditLogEventType.ApiKeyCreated).toBe('api_key.created')
  expect(components.AuditLogEventType.CheckpointPermissionCreated).toBe('checkpoint.permission.created')
  expect(components.AuditLogEventType.CHECKPOINT_PERMISSION_DOT_CREATED).toBe('checkpoint_permission.created')
  expect(components.AuditLogActorType.ApiKey).toBe('api_key')
  expect(components.AuditLogActorApiKeyType.ServiceAccount).toBe('service_account')
  expect(components.ListAuditLogsResponseObject.List).toBe('list')
})

test('a request becomes the query that OpenAI’s own clients send', () => {
  const { listAuditLogsRequestToQuery } = operations
  expect(
    listAuditLogsRequestToQuery({
      effectiveAt: { gt: 1, gte: 2, lt: 3, lte: undefined },
      projectIds: ['proj_1', 'proj_2'],
      eventTypes: ['api_key.created'],
      actorEmails: ['a+b@example.com'],
      resourceIds: ['res 1'],
      actorIds: [],
      limit: 0,
      after: undefined,
      tenantOnly: false,
    }),
  ).toBe(
    'effective_at%5Bgt%5D=1&effective_at%5Bgte%5D=2&effective_at%5Blt%5D=3&project_ids%5B%5D=proj_1&project_ids%5B%5D=proj_2' +
      '&event_types%5B%5D=api_key.created&actor_emails%5B%5D=a%2Bb%40example.com&resource_ids%5B%5D=res%201&limit=0&tenant_only=false',
  )
  expect(listAuditLogsRequestToQuery({})).toBe('')
})
