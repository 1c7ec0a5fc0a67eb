/** What is refused arrives in both official clients as their own exception, with message, type, param and code. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { makeCorpus, SEED } from './corpus.js'
import { CLIENTS, connect, expectEnvelope, gather, list, LIST_PATH, startWorld, type World } from './support.js'

const HOUR_MS = 3_600_000

/** The server's clock: the real one, moved or broken by a test. */
const clock = { aheadMs: 0, broken: false }
function nowMs(): number {
  if (clock.broken) throw new Error('the clock is broken')
  return Date.now() + clock.aheadMs
}

let world: World
let limited: World
/** The retry count that each attempt said, and how it was answered. */
const attempts: { readonly retry: string; status: number; readonly retryAfter: string | undefined }[] = []

type Headers = Readonly<Record<string, string>>

function watch({ server }: World): void {
  server.app.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (request.headers['x-stainless-retry-count'] === undefined) return
    let retryAfter: string | undefined
    const writeHead = response.writeHead.bind(response) as (status: number, headers: Headers) => ServerResponse
    // headers that are handed over with the status are not to be asked for afterwards
    response.writeHead = ((status: number, headers: Headers) => {
      retryAfter = headers['retry-after']
      return writeHead(status, headers)
    }) as typeof response.writeHead
    response.on('finish', () =>
      attempts.push({
        retry: String(request.headers['x-stainless-retry-count']),
        status: response.statusCode,
        retryAfter,
      }),
    )
  })
}

const keys = { acme: '', globex: '', unbound: '', writer: '', revoked: '', expired: '', root: '' }
const ONLY_THEIRS = 'evt_of_globex_alone'

beforeAll(async () => {
  world = await startWorld({ nowMs })
  watch(world)
  keys.acme = await world.organization('acme')
  keys.globex = await world.organization('globex')
  keys.root = world.server.rootKey.value
  keys.unbound = (await world.makeKey('*', ['read'])).key
  keys.writer = (await world.makeKey('acme', ['write'])).key
  const revoked = await world.makeKey('acme', ['read'])
  keys.revoked = revoked.key
  await world.call('DELETE', `/v1/keys/${revoked.id}`)
  const expires_at = new Date(Date.now() + HOUR_MS).toISOString()
  keys.expired = (await world.makeKey('acme', ['read'], { expires_at })).key
  expect((await world.get(keys.expired, '')).status).toBe(200)
  clock.aheadMs = 2 * HOUR_MS
  await world.record('acme', makeCorpus(SEED, 'acme', 40))
  await world.record('globex', [{ dialect: 'native', documents: [{ id: ONLY_THEIRS, type: 'a.b' }] }])
})
afterAll(() => world.close())
beforeEach(() => {
  attempts.length = 0
})

/** The error that a call throws. */
async function thrownBy(call: () => PromiseLike<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> {
  try {
    await call()
  } catch (error) {
    return error as InstanceType<typeof OpenAI.APIError>
  }
  throw new Error('nothing was thrown')
}

type ErrorClass = 'BadRequestError' | 'AuthenticationError' | 'PermissionDeniedError' | 'NotFoundError'

interface Case {
  readonly name: string
  readonly query?: object
  readonly key?: keyof typeof keys
  readonly organization?: string
  readonly call?: (client: OpenAI) => PromiseLike<unknown>
  readonly is: ErrorClass
  readonly param?: string
  readonly code: string
  readonly message: RegExp
}

const CASES: readonly Case[] = [
  ...[0, 101, -1, 2.5, 'x'].map(
    (limit): Case => ({
      name: `limit ${limit}`,
      query: { limit },
      is: 'BadRequestError',
      param: 'limit',
      code: 'invalid_parameter',
      message: /limit.*from 1 to 100/,
    }),
  ),
  ...(['after', 'before'] as const).flatMap((param): readonly Case[] => [
    {
      name: `an unknown ${param}`,
      query: { [param]: 'audit_log-none' },
      is: 'BadRequestError',
      param,
      code: 'invalid_cursor',
      message: new RegExp(`${param}.*audit_log-none`),
    },
    {
      name: `${param} an event of another organization`,
      query: { [param]: ONLY_THEIRS },
      is: 'BadRequestError',
      param,
      code: 'invalid_cursor',
      message: new RegExp(ONLY_THEIRS),
    },
  ]),
  {
    name: 'an unknown parameter, with the nearest name',
    query: { event_type: ['a.b'] },
    is: 'BadRequestError',
    param: 'event_type[]',
    code: 'unknown_parameter',
    message: /event_types\[\]/,
  },
  {
    name: 'a parameter that OpenAI’s list has not',
    query: { order: 'asc' },
    is: 'BadRequestError',
    param: 'order',
    code: 'unknown_parameter',
    message: /order/,
  },
  {
    name: 'a time that is none',
    query: { effective_at: { gte: 'yesterday' } },
    is: 'BadRequestError',
    param: 'effective_at[gte]',
    code: 'invalid_parameter',
    message: /yesterday/,
  },
  {
    name: 'tenant_only with a type that is not tenant-scoped',
    query: { tenant_only: true, event_types: ['tenant.user.added', 'api_key.created'] },
    is: 'BadRequestError',
    param: 'event_types[]',
    code: 'invalid_parameter',
    message: /api_key\.created/,
  },
  {
    name: 'a key that nobody made',
    key: 'root',
    is: 'AuthenticationError',
    code: 'invalid_api_key',
    message: /not known/,
  },
  { name: 'a revoked key', key: 'revoked', is: 'AuthenticationError', code: 'invalid_api_key', message: /revoked/ },
  { name: 'an expired key', key: 'expired', is: 'AuthenticationError', code: 'invalid_api_key', message: /expired/ },
  {
    name: 'a key that may not read',
    key: 'writer',
    is: 'PermissionDeniedError',
    code: 'insufficient_scope',
    message: /Missing scopes: api\.audit_logs\.read/,
  },
  {
    name: 'a key bound to another organization than the client names',
    organization: 'globex',
    is: 'PermissionDeniedError',
    code: 'organization_mismatch',
    message: /"acme".*"globex"/,
  },
  {
    name: 'a bound key and an organization that does not exist, which it does not learn',
    organization: 'nowhere',
    is: 'PermissionDeniedError',
    code: 'organization_mismatch',
    message: /"acme".*"nowhere"/,
  },
  {
    name: 'an unknown organization',
    key: 'unbound',
    organization: 'nowhere',
    is: 'NotFoundError',
    code: 'organization_not_found',
    message: /nowhere/,
  },
  {
    name: 'no organization where there are several',
    key: 'unbound',
    is: 'BadRequestError',
    param: 'Sealedlog-Organization',
    code: 'organization_required',
    message: /more than one organization/,
  },
  {
    name: 'an organization that cannot be one',
    key: 'unbound',
    organization: 'a/b',
    is: 'BadRequestError',
    param: 'openai-organization',
    code: 'invalid_parameter',
    message: /a\/b/,
  },
  {
    name: 'another route of OpenAI’s',
    call: (client) => client.admin.organization.projects.list(),
    is: 'NotFoundError',
    code: 'not_found',
    message: /\/v1\/organization\/projects/,
  },
]

describe.each(CLIENTS)('%s throws', (_client, Client) => {
  const connectAs = ({ key = 'acme', organization, name }: Partial<Case>): OpenAI =>
    connect(Client, world, name === 'a key that nobody made' ? 'sk-admin-wrong' : keys[key], {
      organization: organization ?? null,
    })

  test.each(CASES)('for $name', async (each) => {
    const client = connectAs(each)
    const call = each.call ?? (() => list(client, each.query ?? {}))
    const error = await thrownBy(() => call(client))
    expect(error).toBeInstanceOf(Client[each.is])
    expect(error).toBeInstanceOf(Client.APIError)
    const { status, type, param, code } = error
    expect({ type, param, code }).toEqual({
      type: 'invalid_request_error',
      param: each.param ?? null,
      code: each.code,
    })
    expect(error.message).toMatch(new RegExp(`^${status} `))
    expect(error.message).toMatch(each.message)
    expect(Object.keys(error.error as object).sort()).toEqual(['code', 'message', 'param', 'type'])
    expect(error.requestID).toMatch(/^req_/)
    expect(attempts).toEqual([{ retry: '0', status, retryAfter: undefined }])
  })

  test('a server error after three attempts, and says nothing of its cause', async () => {
    clock.broken = true
    try {
      const error = await thrownBy(() => list(connectAs({}), {}))
      expect(error).toBeInstanceOf(Client.InternalServerError)
      expect(error).toMatchObject({ status: 500, type: 'server_error', param: null, code: 'internal_error' })
      expect(error.message).not.toContain('clock')
      expect(attempts.map(({ retry }) => retry)).toEqual(['0', '1', '2'])
    } finally {
      clock.broken = false
    }
  })

  test('nothing when the client names the organization its key is bound to', async () => {
    expect(await gather(connectAs({ organization: 'acme' }), {})).not.toEqual([])
    expect(await gather(connectAs({ key: 'unbound', organization: 'acme' }), {})).not.toEqual([])
    expect(await gather(connectAs({ key: 'root', organization: 'globex' }), {})).toHaveLength(1)
  })
})

describe('over its rate', () => {
  let reader: string
  let standsAtMs: number | undefined

  beforeAll(async () => {
    limited = await startWorld({ rates: { perKey: 1, perOrganization: 0 }, nowMs: () => standsAtMs ?? Date.now() })
    watch(limited)
    reader = (await limited.makeKey('default', ['read'])).key
  })
  afterAll(() => limited.close())

  /** The clock stands still, and the key has nothing left. */
  async function exhaust(): Promise<void> {
    standsAtMs = (standsAtMs ?? Date.now()) + 60_000
    for (let n = 0; n < 2; n++) expect((await limited.get(reader, '')).status).toBe(200)
    attempts.length = 0
  }

  describe.each(CLIENTS)('%s', (_, Client) => {
    test('throws a RateLimitError that says when to come back', async () => {
      await exhaust()
      const error = await thrownBy(() => list(connect(Client, limited, reader), {}, { maxRetries: 0 }))
      expect(error).toBeInstanceOf(Client.RateLimitError)
      expect(error).toMatchObject({ status: 429, type: 'requests', param: null, code: 'rate_limit_exceeded' })
      expect(error.message).toMatch(/^429 .*Retry-After/)
      const retryAfter = Number(error.headers?.get('retry-after'))
      expect(retryAfter).toBeGreaterThanOrEqual(1)
      expect(retryAfter).toBeLessThanOrEqual(60)
    })

    test('comes back by itself, and gives up after three attempts', async () => {
      await exhaust()
      await thrownBy(() => list(connect(Client, limited, reader), {}))
      expect(attempts).toEqual(['0', '1', '2'].map((retry) => ({ retry, status: 429, retryAfter: '1' })))
    })

    test('comes back by itself, and succeeds once the time has passed', async () => {
      await exhaust()
      const page = list(connect(Client, limited, reader), {})
      await expect.poll(() => attempts.length).toBe(1)
      standsAtMs = (standsAtMs as number) + 1_000
      expect((await page).data).toEqual([])
      expect(attempts.map(({ status }) => status)).toEqual([429, 200])
    })
  })
})

describe('the envelope, whole', () => {
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(`${world.server.url}${path}`, { method, headers })

  test.each<readonly [string, () => Promise<Response>, number, string | null]>([
    ['without a key', () => get(LIST_PATH), 401, 'invalid_api_key'],
    ['with a key that is no bearer', () => get(LIST_PATH, { authorization: 'Basic abc' }), 401, 'invalid_api_key'],
    ['on an unknown route', () => get('/v1/organization/usage/completions'), 404, 'not_found'],
    ['on an unknown route, with a query', () => get('/v1/organization/audit_log?limit=1'), 404, 'not_found'],
    ['below the route', () => get(`${LIST_PATH}/x`), 404, 'not_found'],
    ['by another method', () => get(LIST_PATH, {}, 'POST'), 405, 'method_not_allowed'],
    ['by deletion', () => get(LIST_PATH, {}, 'DELETE'), 405, 'method_not_allowed'],
  ])('comes %s', async (_, call, status, code) => {
    const response = await call()
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toContain('application/json')
    expect(await expectEnvelope(response)).toMatchObject({ code, param: null, type: 'invalid_request_error' })
  })

  test('comes nowhere else: the other routes answer with problems', async () => {
    const response = await get('/v1/organizations/acme')
    expect(response.headers.get('content-type')).toContain('application/problem+json')
  })

  test('a request id is echoed, so that the client can name it', async () => {
    const response = await get(LIST_PATH, { 'x-request-id': 'mine-1' })
    expect(response.headers.get('x-request-id')).toBe('mine-1')
  })
})
