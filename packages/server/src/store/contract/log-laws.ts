/** Laws of a log as such: how it begins, and how its head is found. */
import assert from 'node:assert/strict'
import { encodeBase64 } from '@sealedlog/sdk/base'
import { EMPTY_ROOT, openNote } from '@sealedlog/sdk/merkle'
import { checkLog } from '../check-log.js'
import { verifierOf } from '../signing.js'
import type { HandLaw } from './bench.js'
import { tinyEvent } from './chance.js'

export function logLaws(law: HandLaw): void {
  law('an empty log has a signed checkpoint of size 0 over the empty tree', async ({ store, clock }) => {
    const head = await store.createLog('acme', 'Acme')
    assert.equal(openNote(head.checkpoint, [verifierOf(head.vkey)]).text, `${head.origin}\n0\n${EMPTY}\n`)
    assert.deepEqual([head.org, head.name, head.size, head.createdAtMs], ['acme', 'Acme', 0, clock.nowMs])
    assert.deepEqual(await checkLog(store, 'acme'), { org: 'acme', size: 0, root: EMPTY, ids: [], redactedGroups: 0 })
  })

  law('creating a log twice returns the first one as it is', async (bench) => {
    const created = await bench.store.createLog('acme', 'Acme')
    bench.clock.nowMs += 1_000
    assert.deepEqual(await bench.store.createLog('acme', 'Another name'), created)
    await bench.createLogs('acme')
    await bench.record('acme', tinyEvent(0))
    const { vkey, origin, size } = await bench.store.createLog('acme', 'Acme')
    assert.deepEqual({ vkey, origin, size }, { vkey: created.vkey, origin: created.origin, size: 1 })
  })

  law('no two logs share an origin or a key, and an origin does not name its organization', async (bench) => {
    await bench.createLogs('acme', 'umbrella')
    const heads = [await bench.head('acme'), await bench.head('umbrella')]
    assert.equal(new Set(heads.flatMap(({ origin, vkey }) => [origin, vkey])).size, 4)
    for (const { org, origin } of heads) assert.ok(!origin.includes(org))
  })

  law('heads are paged by organization id, from strictly after a given one', async (bench) => {
    assert.deepEqual(await bench.store.heads('', 10), [])
    await bench.createLogs('b', 'a', 'B', '_system', 'a:1', 'a.1')
    const orgs = async (after: string, limit: number) => (await bench.store.heads(after, limit)).map(({ org }) => org)
    assert.deepEqual(await orgs('', 10), ['B', '_system', 'a', 'a.1', 'a:1', 'b'])
    assert.deepEqual(await orgs('', 2), ['B', '_system'])
    assert.deepEqual(await orgs('_system', 2), ['a', 'a.1'])
    assert.deepEqual(await orgs('a.', 10), ['a.1', 'a:1', 'b'])
    assert.deepEqual(await orgs('b', 10), [])
    assert.deepEqual(await bench.store.heads('a:1', 1), [await bench.head('b')])
  })

  law('an organization without a log has no head, and its check says so', async ({ store }) => {
    assert.equal(await store.head('nobody'), undefined)
    await assert.rejects(checkLog(store, 'nobody'), { code: 'organization_not_found' })
  })
}

const EMPTY = encodeBase64(EMPTY_ROOT)
