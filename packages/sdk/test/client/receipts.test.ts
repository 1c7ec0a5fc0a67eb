/** Receipts: what a client can know without trust, and everything it refuses. */
import * as fc from 'fast-check'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { type Receipt, Sealedlog } from '../../dist/client/index.js'
import {
  type Body,
  clientOf,
  errorOf,
  type Log,
  makeClock,
  type Proxy,
  startLog,
  startProxy,
  without,
} from './support.js'

let log: Log
let proxy: Proxy
let vkey: string

beforeAll(async () => {
  log = await startLog()
  proxy = await startProxy(log)
  vkey = await vkeyOf(log)
  for (let i = 0; i < 5; i++) await clientOf(proxy, log).record({ type: 'user.added', id: `evt_${i}` })
})
beforeEach(() => {
  proxy.seen.length = 0
  proxy.next()
})

async function vkeyOf({ url, key }: Log): Promise<string> {
  const path = '/v1/organizations/default/tlog/vkey'
  return (await fetch(`${url()}${path}`, { headers: { authorization: `Bearer ${key}` } })).text()
}

const EVENT = {
  type: 'api_key.created',
  occurred_at: '2026-11-20T10:00:00.5+01:00',
  outcome: 'denied',
  actor: { type: 'user', id: 'user_1', email: 'ada@example.com', session: { id: 's' } },
  on_behalf_of: { type: 'user', id: 'user_2' },
  targets: [{ type: 'api_key', id: 'key_1' }, { type: 'project' }],
  project: { id: 'proj_1' },
  bucket: 'billing',
  description: 'Straße ☃',
  details: { id: 'key_1', data: { scopes: ['read'] } },
  changes: [{ path: 'role', before: null, after: 'owner' }],
  context: { ip_address: '203.0.113.7', user_agent: 'x', request_id: 'req_8' },
  metadata: { n: 1e21, deep: [{ a: [] }] },
} as const

test('every part of an event is proven, and so is one that says next to nothing', async () => {
  const client = clientOf(proxy, log, { vkey })
  const receipt = await client.record(EVENT, { proof: true })
  expect(receipt).toMatchObject({ status: 'recorded', leaf: expect.any(String), inclusion: expect.any(Array) })
  expect(await client.record({ ...EVENT, id: receipt.id }, { proof: true })).toMatchObject({ status: 'duplicate' })
  for (const event of [{}, { targets: [], context: {} }, { actor: { type: 'system' } }, { details: {} }])
    await client.record({ type: 'login.failed', ...event }, { proof: true })
  expect(await client.get(receipt.id, { proof: true })).toMatchObject({ id: receipt.id, proof: { leaf: receipt.leaf } })
})

test('whatever one character is changed in a proven receipt, it is refused', async () => {
  const client = clientOf(proxy, log, { vkey, retries: 0 })
  const honest: Body = await client.record({ ...EVENT, id: 'evt_proven' }, { proof: true })
  // What is said of the status nobody can prove; all else follows from the signed root.
  const { status, ...rest } = honest
  const change = fc.tuple(
    fc.constantFrom(...pathsIn(rest)),
    fc.nat(),
    fc.constantFrom('0', 'A', 'b', '"', '{', '-', '\n', ' '),
  )
  await fc.assert(
    fc.asyncProperty(change, async ([path, at, by]) => {
      const tampered = structuredClone({ ...rest, status })
      fc.pre(alter(tampered, path, at, by))
      proxy.next({ status: 200, body: JSON.stringify(tampered) })
      const error = await errorOf(client.record({ ...EVENT, id: 'evt_proven' }, { proof: true }))
      expect(error).toMatchObject({ name: 'AuditError', code: 'proof_failed' })
    }),
    { numRuns: 400 },
  )
})

/** Where the values of a document stand. */
const pathsIn = (value: Body, path: readonly string[] = []): readonly (readonly string[])[] =>
  typeof value === 'object' ? Object.keys(value).flatMap((name) => pathsIn(value[name], [...path, name])) : [path]

/** Changes one character of a value, or a number by one. Whether there was anything to change. */
function alter(document: Body, path: readonly string[], at: number, by: string): boolean {
  const parent = path.slice(0, -1).reduce((value, name) => value[name], document)
  const name = path.at(-1) ?? ''
  const value = parent[name]
  if (typeof value === 'number') parent[name] = value + (at % 2 === 0 ? 1 : -1)
  else parent[name] = `${value.slice(0, at % value.length)}${by}${value.slice((at % value.length) + 1)}`
  return parent[name] !== value
}

const TAMPERED: readonly (readonly [what: string, change: (answer: Body, other: Body) => Body])[] = [
  ['another event’s receipt', (_answer, other) => other],
  ['another event’s receipt under this id', ({ id }, other) => ({ ...other, id })],
  [
    'another event’s leaf and path',
    (answer, { leaf, inclusion, disclosures }) => ({ ...answer, leaf, inclusion, disclosures }),
  ],
  ['another index', (answer) => ({ ...answer, index: answer.index - 1 })],
  ['a disclosure left out', (answer) => ({ ...answer, disclosures: answer.disclosures.slice(1) })],
  ['a disclosure said twice', (answer) => ({ ...answer, disclosures: [...answer.disclosures, answer.disclosures[0]] })],
  [
    'a disclosure of no group',
    (answer) => ({ ...answer, disclosures: [...answer.disclosures, '["AAAAAAAAAAAAAAAAAAAAAA","x",1]'] }),
  ],
  ['no disclosures at all', (answer) => without(answer, 'disclosures')],
  ['no leaf', (answer) => without(answer, 'leaf')],
  ['no path', (answer) => without(answer, 'inclusion')],
  ['a path cut short', (answer) => ({ ...answer, inclusion: answer.inclusion.slice(1) })],
  ['a path too long', (answer) => ({ ...answer, inclusion: [...answer.inclusion, answer.leaf_hash] })],
  ['an unsigned checkpoint', (answer) => ({ ...answer, checkpoint: `${answer.checkpoint.split('\n\n')[0]}\n` })],
  ['an older checkpoint', (answer, other) => ({ ...answer, checkpoint: other.checkpoint })],
  ['no checkpoint', (answer) => without(answer, 'checkpoint')],
  [
    'a leaf that redacts',
    (answer) => ({ ...answer, leaf: answer.leaf.replace('"occurred_at"', '"log":{},"occurred_at"') }),
  ],
]

test.each(TAMPERED)('refused with proof: %s', async (_what, change) => {
  const client = clientOf(proxy, log, { vkey })
  const other = await client.record({ type: 'user.added', metadata: { other: true } }, { proof: true })
  proxy.next((answer: Body) => change(answer, other))
  const error = await errorOf(client.record(EVENT, { proof: true }))
  expect(error).toMatchObject({ code: 'proof_failed' })
  await client.record(EVENT, { proof: true })
})

test('refused with proof: another organization, also by a client that knows none yet', async () => {
  proxy.next((answer: Body) => ({ ...answer, org: 'acme' }))
  const error = await errorOf(clientOf(proxy, log).record(EVENT, { proof: true }))
  expect(error).toMatchObject({ code: 'proof_failed', message: expect.stringContaining('org in the leaf') })
})

/** What somebody between client and server may make of an event. */
const ALTERED: readonly ((event: Body) => Body)[] = [
  (event) => ({ ...event, actor: { ...event.actor, id: 'user_9' } }),
  (event) => ({ ...event, type: 'api_key.deleted' }),
  (event) => ({ ...event, outcome: 'success' }),
  (event) => ({ ...event, bucket: 'other' }),
  (event) => ({ ...event, occurred_at: '2026-11-20T09:00:00.501Z' }),
  (event) => ({ ...event, targets: event.targets.slice(1) }),
  (event) => ({ ...event, targets: [event.targets[0], { type: 'api_key' }] }),
  (event) => ({ ...event, context: { ...event.context, ip_address: '203.0.113.8' } }),
  (event) => ({ ...event, metadata: { ...event.metadata, more: 1 } }),
  (event) => without(event, 'on_behalf_of'),
  (event) => ({ ...event, changes: [] }),
]

test('an event that was altered on the way is recorded as it never was said, and that is noticed', async () => {
  const client = clientOf(proxy, log, { vkey })
  for (const request of ALTERED) {
    proxy.next({ request })
    expect(await errorOf(client.record(EVENT, { proof: true }))).toMatchObject({ code: 'proof_failed' })
  }
})

const UNTRUE: readonly (readonly [what: string, change: (answer: Body) => Body])[] = [
  ['another id', (answer) => ({ ...answer, id: 'evt_other' })],
  ['no index', (answer) => without(answer, 'index')],
  ['half an index', (answer) => ({ ...answer, index: 0.5 })],
  ['an index beyond the checkpoint', (answer) => ({ ...answer, index: 1_000_000 })],
  ['a leaf hash of 31 bytes', (answer) => ({ ...answer, leaf_hash: btoa('x'.repeat(31)) })],
  ['a leaf hash that is no base64', (answer) => ({ ...answer, leaf_hash: '?'.repeat(44) })],
  ['another organization', (answer) => ({ ...answer, org: 'acme' })],
  ['another status', (answer) => ({ ...answer, status: 'maybe' })],
  ['no time', (answer) => ({ ...answer, recorded_at: 'now' })],
  ['no note', (answer) => ({ ...answer, checkpoint: 'trust me' })],
  [
    'another log’s checkpoint',
    (answer) => ({ ...answer, checkpoint: answer.checkpoint.replace(/^.*\n/, 'a.example/x\n') }),
  ],
  ['an empty document', () => ({})],
]

test.each(UNTRUE)('refused without proof, and without a key: %s', async (_what, change) => {
  const client = clientOf(proxy, log)
  await client.record({ type: 'user.added' })
  proxy.next(change)
  expect(await errorOf(client.record({ type: 'user.added' }))).toMatchObject({ code: 'proof_failed' })
})

test('a batch’s receipts are as many as its events, and no two events stand at one index', async () => {
  const client = clientOf(proxy, log)
  const batch = [{ type: 'user.added' }, { type: 'user.added' }]
  const changes: readonly ((answer: Body) => Body)[] = [
    (answer) => ({ ...answer, data: answer.data.slice(1) }),
    (answer) => ({ ...answer, data: [...answer.data, answer.data[0]] }),
    (answer) => ({ ...answer, data: answer.data.toReversed() }),
    (answer) => ({ ...answer, data: answer.data.map((one: Body) => ({ ...one, index: 0 })) }),
    (answer) => ({ checkpoint: answer.checkpoint }),
  ]
  for (const change of changes) {
    proxy.next(change)
    expect(await errorOf(client.recordAll(batch))).toMatchObject({ code: 'proof_failed' })
  }
})

/** The last checkpoint that a new client gets for saying an old event again. */
async function checkpointNow(): Promise<string> {
  const { checkpoint } = await clientOf(proxy, log).record({ type: 'user.added', id: 'evt_0' })
  return checkpoint
}

test('a log never shrinks: not within a client, nor from one that kept its checkpoints', async () => {
  const older = await checkpointNow()
  const client = clientOf(proxy, log)
  await client.record({ type: 'user.added' })
  const { checkpoints } = client
  const shrink = (answer: Body): Body => ({ ...answer, checkpoint: older })
  for (const one of [client, clientOf(proxy, log, { checkpoints })]) {
    proxy.next(shrink)
    const error = await errorOf(one.record({ type: 'user.added', id: 'evt_0' }))
    expect(error).toMatchObject({
      code: 'proof_failed',
      message: expect.stringMatching(/shrank from \d+ to \d+ entries/),
    })
    expect(one.checkpoints).toEqual(checkpoints)
  }
})

test('a log has one root at a size', async () => {
  const client = clientOf(proxy, log)
  await client.record({ type: 'user.added', id: 'evt_0' })
  const other = btoa('r'.repeat(32))
  proxy.next((answer: Body) => ({ ...answer, checkpoint: answer.checkpoint.replace(/(?<=^.*\n\d+\n).*/, other) }))
  const error = await errorOf(client.record({ type: 'user.added', id: 'evt_0' }))
  expect(error).toMatchObject({ code: 'proof_failed', message: expect.stringContaining(other) })
})

test('answers that overtake one another are no alarm, and the newest is kept', async () => {
  const client = clientOf(proxy, log)
  await client.record({ type: 'user.added' })
  let letGo = (): void => undefined
  const held = new Promise<void>((resolve) => {
    letGo = resolve
  })
  proxy.next(async (answer: Body) => {
    await held
    return answer
  })
  const slow = client.record({ type: 'user.added' })
  const fast: Receipt[] = []
  while (proxy.seen.length < 2) await new Promise((resolve) => setTimeout(resolve, 1))
  while (fast.length < 3) fast.push(await client.record({ type: 'user.added' }))
  letGo()
  await slow
  expect(client.checkpoints.get('default')).toBe(fast[2]?.checkpoint)
  const many = Array.from({ length: 60 }, (_, i) =>
    client.record({ type: 'user.added', metadata: { i } }, { proof: i % 2 === 0 }),
  )
  expect(new Set((await Promise.all(many)).map(({ index }) => index)).size).toBe(60)
})

test('another server in the same place is noticed, until the operator’s word is taken for it', async () => {
  const elsewhere = await startLog({ rootKey: log.key })
  const { checkpoints } = await recordOne(log)
  const client = new Sealedlog({ url: elsewhere.url(), key: log.key, checkpoints })
  const error = await errorOf(client.record({ type: 'user.added' }))
  expect(error).toMatchObject({ code: 'proof_failed', message: expect.stringContaining('forgetCheckpoint') })
  client.forgetCheckpoint('default')
  await client.record({ type: 'user.added' })
  expect(client.checkpoints.get('default')).not.toBe(checkpoints.get('default'))
  const stranger = new Sealedlog({ url: elsewhere.url(), key: log.key, vkey })
  expect(await errorOf(stranger.record({ type: 'user.added' }))).toMatchObject({ code: 'proof_failed' })
  const both = new Sealedlog({ url: elsewhere.url(), key: log.key, vkey: `${vkey}${await vkeyOf(elsewhere)}` })
  expect(await both.record({ type: 'user.added' })).toMatchObject({ status: 'recorded' })
})

async function recordOne({ url, key }: Log): Promise<Sealedlog> {
  const client = new Sealedlog({ url: url(), key })
  await client.record({ type: 'user.added' })
  return client
}

test('what is read with proof is what the leaf says, and no other event', async () => {
  const client = clientOf(proxy, log, { vkey, ...makeClock() })
  const { id } = await client.record(EVENT)
  const other = await client.record({ type: 'user.added' })
  const changes: readonly ((event: Body) => Body)[] = [
    (event) => ({ ...event, outcome: 'success' }),
    (event) => ({ ...event, actor: { ...event.actor, id: 'user_9' } }),
    (event) => ({ ...event, org: 'acme' }),
    (event) => ({ ...event, index: event.index - 1 }),
    (event) => ({ ...event, redacted: ['actor'] }),
    (event) => ({ ...event, proof: { ...event.proof, disclosures: [] } }),
    (event) => ({ ...event, proof: { ...event.proof, checkpoint: 'x' } }),
    (event) => without(event, 'proof'),
    (event) => without(event, 'metadata'),
  ]
  for (const change of changes) {
    proxy.next(change)
    expect(await errorOf(client.get(id, { proof: true }))).toMatchObject({ code: 'proof_failed' })
  }
  proxy.next((event: Body) => ({ ...event, id: other.id }))
  expect(await errorOf(client.get(id))).toMatchObject({ code: 'unexpected_answer' })
})

test('an erased group is lawful to read, and proves no event that is said again', async () => {
  const client = clientOf(proxy, log, { vkey })
  const event = { id: 'evt_erased', type: 'user.added', actor: { type: 'user', id: 'user_1' }, metadata: { n: 1 } }
  await client.record(event)
  const withoutActor = (texts: readonly string[]): readonly string[] =>
    texts.filter((text) => !text.includes(',"actor",'))
  proxy.next(({ proof, ...read }: Body) => ({
    ...read,
    actor: { type: 'user' },
    redacted: ['actor'],
    proof: { ...proof, disclosures: withoutActor(proof.disclosures) },
  }))
  expect(await client.get('evt_erased', { proof: true })).toMatchObject({ redacted: ['actor'] })
  proxy.next((answer: Body) => ({ ...answer, disclosures: withoutActor(answer.disclosures) }))
  expect(await errorOf(client.record(event, { proof: true }))).toMatchObject({ code: 'proof_failed' })
})
