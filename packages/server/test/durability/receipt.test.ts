/** A receipt proves to its caller, by the caller's own code, that exactly its event was recorded. */
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Client } from './client.js'
import { type Json, type JsonObject, openCheckpoint, type Pinned, pinKey, verifyReceipt } from './independent.js'
import { type Machine, startMachine, temporaryFolder } from './machine.js'

const ORG = 'acme'

const target = (n: number): JsonObject => ({ type: n % 2 === 0 ? 'api_key' : 'user', id: `target_${n}` })

/** Events as callers say them; the outcome that the catalogue gives where they name none. */
const EVENTS: readonly (readonly [what: string, said: JsonObject, outcome?: string])[] = [
  ['the least there is', { type: 'invoice.paid' }],
  [
    'every group',
    {
      id: 'evt_every.group:1',
      type: 'api_key.created',
      occurred_at: '2026-01-31T23:59:59.123456789+05:30',
      outcome: 'denied',
      actor: {
        type: 'agent',
        id: 'agent_1',
        name: 'Ada “the agent” Lovelace\n\u2028',
        email: 'ada@example.com',
        metadata: { plan: 'pro', nested: { z: [1, 2, { b: null, a: true }], a: {} } },
        session: { id: 'sess_1', metadata: {} },
        api_key: { id: 'key_9', type: 'service_account' },
      },
      on_behalf_of: { type: 'user', id: 'user_2', name: 'Grace' },
      targets: [{ type: 'api_key', id: 'key_1', name: 'k', display_name: 'K', metadata: { n: 1 } }, target(1)],
      project: { id: 'proj_1', name: 'P' },
      bucket: 'billing',
      description: 'a key was made',
      details: { scopes: ['read', 'write'], '': 'empty name', '\u20ac': 1, '\ufb33': 2, '😀': 3, ö: 4, '1': 5, A: 6 },
      changes: [
        { path: 'role', before: 'reader', after: 'owner' },
        { path: 'n', before: null },
        { path: 'm', after: {} },
      ],
      context: {
        ip_address: '192.0.2.7',
        user_agent: 'curl/8',
        request_id: 'req_1',
        correlation_id: 'c',
        trace_id: 't',
      },
      metadata: { big: 1e21, small: 1e-7, tenth: 0.1, third: 333333333.3333332, safe: 9007199254740991, minus: -5 },
    },
  ],
  ['more than ten targets', { type: 'a.b', targets: Array.from({ length: 23 }, (_, n) => target(n)) }],
  ['a hundred targets', { type: 'a.b', targets: Array.from({ length: 100 }, (_, n) => target(n)) }],
  ['targets of which some are only a type', { type: 'a.b', targets: [{ type: 'x' }, target(1), { type: 'y' }] }],
  ['no actor', { type: 'a.b', targets: [target(0)], details: { a: 1 } }],
  ['no actor, and an address', { type: 'a.b', context: { ip_address: '2001:db8::1', user_agent: '' } }],
  ['an actor who is only a type', { type: 'a.b', actor: { type: 'system' } }],
  ['a time without fraction', { type: 'a.b', occurred_at: '2026-03-01T00:00:00Z' }],
  ['empty values', { type: 'a.b', details: {}, metadata: {}, changes: [], project: {}, description: '' }],
  ['an outcome from the catalogue', { type: 'login.failed', actor: { type: 'user', id: 'u' } }, 'failure'],
  [
    'what a dialect carried',
    { type: 'a.b', actor: { type: 'user', extra: { openai: { ja3: 'x' } } }, extra: { unkey: { a: 1 } } },
  ],
]

interface Proven {
  readonly said: JsonObject
  readonly outcome: string
  /** the answer's bytes */
  readonly body: Buffer
}

describe('a receipt with its proof', () => {
  let server: Machine
  let client: Client
  let pinned: Pinned
  const proven: Proven[] = []

  beforeAll(async () => {
    server = await startMachine(temporaryFolder())
    client = new Client(server)
    const created = {
      method: 'POST',
      path: '/v1/organizations',
      body: JSON.stringify({ id: ORG, name: 'Acme' }),
    } as const
    const { vkey } = await client.json<{ vkey: string }>(created, 201)
    pinned = { org: ORG, key: pinKey(vkey) }
    // Enough before and after that proofs have steps on both sides.
    await record(Array.from({ length: 300 }, (_, n) => ({ type: 'a.b', id: `before_${n}` })))
    for (const [, said, outcome = 'success'] of EVENTS) proven.push({ said, outcome, body: await prove(said) })
  })

  afterAll(async () => {
    client.close()
    await server.stop()
  })

  async function prove(said: JsonObject, status = 201): Promise<Buffer> {
    const answer = await client.call({
      method: 'POST',
      path: '/v1/events?include=proof',
      org: ORG,
      body: JSON.stringify(said),
    })
    expect(answer.status, answer.body.toString()).toBe(status)
    return answer.body
  }

  const record = (events: readonly JsonObject[]) =>
    client.json<{ data: readonly JsonObject[]; checkpoint: string }>(
      { method: 'POST', path: '/v1/events/batch?include=proof', org: ORG, body: JSON.stringify(events) },
      200,
      201,
    )

  const parse = (body: Buffer): JsonObject => JSON.parse(body.toString()) as JsonObject

  it.each(EVENTS.map(([what], i) => [what, i] as const))('proves an event with %s', (_, i) => {
    const { said, outcome, body } = proven[i] as Proven
    const receipt = parse(body)
    verifyReceipt(receipt, said, pinned, outcome)
    expect(receipt.status).toBe('recorded')
  })

  it('proves the same event again, with the same leaf and the same salts', async () => {
    const { said, body } = proven[1] as Proven
    const again = parse(await prove(said, 200))
    verifyReceipt(again, said, pinned)
    const { leaf, disclosures, index } = parse(body)
    expect(again).toMatchObject({ leaf, disclosures, index, status: 'duplicate' })
  })

  it('proves each event of a batch under one checkpoint', async () => {
    const said = Array.from({ length: 40 }, (_, n) => ({ type: 'a.b', id: `batched_${n}`, targets: [target(n)] }))
    const { data, checkpoint } = await record(said)
    expect(data).toHaveLength(said.length)
    said.forEach((event, i) => verifyReceipt({ ...data[i], checkpoint }, event, pinned))
  })

  it('proves an event that is read later, under the checkpoint of then', async () => {
    const { said } = proven[1] as Proven
    const { id, org, index, recorded_at, proof } = await client.json({
      path: `/v1/events/${said.id as string}?include=proof`,
      org: ORG,
    })
    const { leaf_hash } = parse((proven[1] as Proven).body)
    const receipt = {
      ...(proof as JsonObject),
      id,
      org,
      index,
      recorded_at,
      leaf_hash,
      status: 'recorded',
    } as JsonObject
    verifyReceipt(receipt, said, pinned)
    const [then, now] = [parse((proven[1] as Proven).body), receipt].map(({ checkpoint }) =>
      openCheckpoint(checkpoint, pinned.key),
    )
    expect(now?.size).toBeGreaterThan(then?.size ?? 0)
  })

  it('gives every group of every event a salt of its own', () => {
    const salts = proven.flatMap(({ body }) =>
      (parse(body).disclosures as readonly string[]).map((disclosure) => (JSON.parse(disclosure) as string[])[0]),
    )
    expect(new Set(salts).size).toBe(salts.length)
  })

  describe('is refused', () => {
    const anyProven = () => fc.integer({ min: 0, max: proven.length - 1 }).map((i) => proven[i] as Proven)
    const refused = ({ said, outcome }: Proven, receipt: Json) =>
      expect(() => verifyReceipt(receipt, said, pinned, outcome)).toThrow()

    it('when one byte of leaf, leaf hash, checkpoint, a disclosure or an inclusion hash is another', () => {
      const members = ['leaf', 'leaf_hash', 'checkpoint', 'disclosures', 'inclusion', 'id', 'org', 'recorded_at']
      fc.assert(
        fc.property(
          anyProven(),
          fc.constantFrom(...members),
          fc.nat(),
          fc.nat(),
          fc.integer({ min: 1, max: 255 }),
          (one, member, at, which, mask) => {
            const receipt = parse(one.body)
            const value = receipt[member] as string | readonly string[]
            fc.pre(value.length > 0)
            const change = (text: string) => {
              const bytes = Buffer.from(text)
              bytes[at % bytes.length]! ^= mask
              return bytes.toString()
            }
            const list =
              typeof value === 'string'
                ? undefined
                : value.map((item, i) => (i === which % value.length ? change(item) : item))
            refused(one, { ...receipt, [member]: list ?? change(value as string) })
          },
        ),
        { numRuns: 3_000 },
      )
    })

    it('when the index is another', () => {
      fc.assert(
        fc.property(anyProven(), fc.integer({ min: -2, max: 1_000 }), (one, index) => {
          const receipt = parse(one.body)
          fc.pre(index !== receipt.index)
          refused(one, { ...receipt, index })
        }),
        { numRuns: 1_000 },
      )
    })

    it('when any one byte of the answer is another', () => {
      fc.assert(
        fc.property(anyProven(), fc.nat(), fc.integer({ min: 1, max: 255 }), (one, at, mask) => {
          const bytes = Buffer.from(one.body)
          bytes[at % bytes.length]! ^= mask
          expect(() => {
            const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
            verifyReceipt(JSON.parse(text) as Json, one.said, pinned, one.outcome)
          }, bytes.toString()).toThrow()
        }),
        { numRuns: 5_000 },
      )
    })

    it('when a disclosure or a step is left out, doubled or moved', () => {
      for (const one of proven) {
        const receipt = parse(one.body)
        for (const member of ['disclosures', 'inclusion'] as const) {
          const [first, ...rest] = receipt[member] as readonly string[]
          if (first === undefined) continue
          refused(one, { ...receipt, [member]: rest })
          refused(one, { ...receipt, [member]: [first, first, ...rest] })
          if (member === 'inclusion') refused(one, { ...receipt, inclusion: [...rest, first] })
        }
      }
    })

    it('when it is of another event, or under the key of another organization', async () => {
      const [one, other] = proven as [Proven, Proven]
      refused(other, parse(one.body))
      refused(one, parse(other.body))
      const call = { method: 'PUT', path: '/v1/organizations/globex', body: '{}' } as const
      const { vkey } = await client.json<{ vkey: string }>(call, 201)
      expect(() => verifyReceipt(parse(one.body), one.said, { org: ORG, key: pinKey(vkey) })).toThrow(/pinned/)
    })
  })
})
