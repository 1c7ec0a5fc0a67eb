/** Many events: cut into batches that the server takes, and told of as one. */
import * as fc from 'fast-check'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { cut } from '../../dist/client/batches.js'
import type { CallFailed } from '../../dist/client/index.js'
import { BOUNDS } from '../../dist/event/index.js'
import { all, clientOf, entriesOf, errorOf, type Log, makeClock, type Proxy, startLog, startProxy } from './support.js'

let log: Log
let proxy: Proxy

beforeAll(async () => {
  log = await startLog({ rates: { key: 0, organization: 0 } as never })
  proxy = await startProxy(log)
})
beforeEach(() => {
  proxy.seen.length = 0
  proxy.next()
})

const outgoing = (text: string, org?: string) => ({ id: '', org, text })
const { BATCH_EVENTS_MAX, BATCH_BYTES_MAX } = BOUNDS

test('every event once, in order, in batches of one organization and within the limits', async () => {
  const event = fc.record({ org: fc.constantFrom(undefined, 'a', 'b'), text: fc.integer({ min: 0, max: 4_000_000 }) })
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 30 }), async (said) => {
      const events = said.map(({ org, text }, i) => ({ id: String(i), org, text: ' '.repeat(text) }))
      const batches = await all(cut(events))
      expect(batches.flat().map(({ id }) => id)).toEqual(events.map(({ id }) => id))
      for (const batch of batches) {
        expect(new Set(batch.map(({ org }) => org)).size).toBe(1)
        expect(batch.reduce((bytes, { text }) => bytes + text.length + 1, 0)).toBeLessThanOrEqual(BATCH_BYTES_MAX)
      }
    }),
    { numRuns: 30 },
  )
})

test('a batch is cut at its limits and not before', async () => {
  const sizes = async (texts: readonly string[]) =>
    (await all(cut(texts.map((text) => outgoing(text))))).map((b) => b.length)
  const many = (count: number) => Array.from({ length: count }, () => '{}')
  expect(await sizes(many(BATCH_EVENTS_MAX))).toEqual([BATCH_EVENTS_MAX])
  expect(await sizes(many(BATCH_EVENTS_MAX + 1))).toEqual([BATCH_EVENTS_MAX, 1])
  // A line feed each; é has two bytes.
  expect(await sizes(['é'.repeat(BATCH_BYTES_MAX / 2 - 2), 'xx'])).toEqual([2])
  expect(await sizes(['é'.repeat(BATCH_BYTES_MAX / 2 - 2), 'xxx'])).toEqual([1, 1])
  expect(await sizes(['x'.repeat(BATCH_BYTES_MAX + 1), '{}'])).toEqual([1, 1])
})

test('two thousand five hundred events are three batches, recorded in order', async () => {
  const client = clientOf(proxy, log)
  async function* stream() {
    for (let i = 0; i < 2_500; i++) yield { type: 'row.imported', description: `row ${i}` }
  }
  const receipts = await client.recordAll(stream())
  expect(proxy.seen.map(({ body }) => body.split('\n').length - 1)).toEqual([1000, 1000, 500])
  const first = receipts[0]?.index ?? -1
  expect(receipts.map(({ index }) => index)).toEqual(Array.from({ length: 2_500 }, (_, i) => first + i))
  expect((await client.get(receipts[2_345]?.id ?? '')).description).toBe('row 2345')
})

test('nothing to record is no call', async () => {
  expect(await clientOf(proxy, log).recordAll([])).toEqual([])
  expect(proxy.seen).toHaveLength(0)
})

test('a batch whose answer is lost is recorded once, and each of its events is proven', async () => {
  const client = clientOf(proxy, log, makeClock())
  const events = Array.from({ length: 5 }, (_, i) => ({ type: 'user.added', id: `evt_lost_${i}`, metadata: { i } }))
  proxy.next('lose request', 'lose answer')
  const receipts = await client.recordAll([...events, ...events.slice(0, 2)], { proof: true })
  expect(receipts.map(({ status }) => status)).toEqual(Array.from({ length: 7 }, () => 'duplicate'))
  expect(receipts[5]?.index).toBe(receipts[0]?.index)
  const { data } = await client.list({ type: 'user.added' }).page()
  expect(data).toHaveLength(5)
})

test('a refused batch says what was recorded before it, and names its events by their place among all', async () => {
  const events = Array.from({ length: 1_200 }, (_, i) => ({ type: i === 1_100 ? 'not a type' : 'role.created' }))
  const error: CallFailed = await errorOf(clientOf(proxy, log).recordAll(events))
  expect(error).toMatchObject({ code: 'invalid_event', status: 422, isUncertain: false })
  expect(error.receipts).toHaveLength(1_000)
  expect(error.eventIds).toHaveLength(200)
  expect(error.issues.map(({ pointer }) => pointer)).toEqual(['/1100/type'])
  expect(error.message).toContain('The 1000 events before this batch are recorded.')
  const { data } = await clientOf(proxy, log).list({ type: 'role.created', limit: 1000 }).page()
  expect(data).toHaveLength(1_000)
})

test('so does an event that is no JSON, and a batch that nobody answers', async () => {
  const lost = Array.from({ length: 2_001 }, (_, i) => ({
    type: 'role.deleted',
    metadata: { n: i === 2_000 ? NaN : i },
  }))
  const error: CallFailed = await errorOf(clientOf(proxy, log).recordAll(lost))
  expect(error).toMatchObject({ code: 'invalid_event', status: 0 })
  // The second batch was not sent yet: it was seen to be full when the next event came.
  expect(error.receipts).toHaveLength(1_000)
  expect(proxy.seen).toHaveLength(1)
  const events = Array.from({ length: 1_001 }, () => ({ type: 'role.deleted' }))
  proxy.next('pass', 'lose answer', 'lose request')
  const later: CallFailed = await errorOf(clientOf(proxy, log, { ...makeClock(), retries: 1 }).recordAll(events))
  expect(later).toMatchObject({ code: 'no_answer', isUncertain: true })
  expect(later.receipts).toHaveLength(1_000)
  expect(later.eventIds).toHaveLength(1)
  expect((await entriesOf(log)).length).toBeGreaterThan(0)
})
