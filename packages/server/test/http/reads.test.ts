/** Reads over HTTP: whoever reads by a key is summed, by every route, across restarts, and never for reading a sum. */
import { describe, expect, test } from 'vitest'
import { Subscriber } from './sse.js'
import { as, makeKey, makeOrganizations } from './support.js'
import { DAY_MS, MINUTE_MS, startWorld, type World } from './kept-world.js'

const sums = async (world: World) =>
  (await world.entries('acme')).filter(({ type }) => type === 'sealedlog.reads.summed')

describe('reads', () => {
  test('are counted by every route that shows entries, and said the day after', async () => {
    const world = await startWorld()
    await makeOrganizations(world.server, 'acme')
    const writer = as(world.server, (await makeKey(world.server, 'acme', ['write'])).key)
    const auditor = await makeKey(world.server, 'acme', ['read'])
    await writer(
      'POST /v1/events/batch',
      Array.from({ length: 7 }, (_, i) => ({ id: `e${i}`, type: 'a.b' })),
    )
    const ask = as(world.server, auditor.key)
    const at = '/v1/organizations/acme/tlog'
    for (const line of [
      'GET /v1/events',
      'GET /v1/events?limit=2',
      'GET /v1/events/e1',
      'GET /v1/events/nobody',
      'GET /v1/events/tail?after=3',
      'GET /v1/organization/audit_logs?limit=3',
      `GET ${at}/tile/0/000.p/7`,
      `GET ${at}/tile/entries/000.p/5`,
      `GET ${at}/disclosures/000`,
      `GET ${at}/checkpoint`,
      'GET /v1/events/e1/evidence',
      'GET /v1/events/e1/proof',
    ])
      await ask(line)
    await ask('POST /v1/events/search', { limit: 4 })
    const stream = await new Subscriber(world.server, { key: auditor.key }).opened
    await stream.until(() => stream.indexes.length === 7)
    stream.cut()
    await world.pass(MINUTE_MS)
    await world.restart()
    await as(world.server, auditor.key)('GET /v1/events/e2')
    expect(await sums(world)).toEqual([])
    await world.restart()
    await world.pass(DAY_MS)
    const [sum, ...more] = (await sums(world)).filter(({ actor }) => actor.id === auditor.id)
    expect(more).toEqual([])
    expect(sum).toMatchObject({
      id: `reads-2026-11-20-${auditor.id}`,
      actor: { type: 'key', id: auditor.id, name: 'read of acme' },
      bucket: 'sealedlog',
      details: {
        day: '2026-11-20',
        requests: 12,
        entries: 9 + 2 + 3 + 3 + 5 + 7 + 1 + 4 + 7,
        by_kind: {
          audit_logs: { requests: 1, entries: 3 },
          disclosures: { requests: 1, entries: 7 },
          evidence: { requests: 1, entries: 1 },
          get: { requests: 2, entries: 2 },
          list: { requests: 2, entries: 9 },
          search: { requests: 1, entries: 4 },
          stream: { requests: 1, entries: 7 },
          tail: { requests: 1, entries: 3 },
          tile: { requests: 2, entries: 5 },
        },
      },
    })
  })

  test('of a stream that is shown nothing but sums are none', async () => {
    const world = await startWorld()
    await makeOrganizations(world.server, 'acme')
    const watcher = await makeKey(world.server, 'acme', ['read'])
    const reader = await makeKey(world.server, 'acme', ['read'])
    const stream = await new Subscriber(world.server, { key: watcher.key, query: '?bucket=sealedlog' }).opened
    await as(world.server, reader.key)('GET /v1/events')
    await world.pass(DAY_MS)
    await stream.until(({ dispatched }) => dispatched.some(({ data }) => data.includes('reads-2026-11-20')))
    stream.cut()
    await world.pass(DAY_MS)
    await world.pass(DAY_MS)
    const found = await sums(world)
    const days = found
      .filter(({ actor }) => actor.id === watcher.id)
      .map(({ details }) => [details.day, details.entries])
    expect(days).toEqual([['2026-11-20', 0]])
  })
})
