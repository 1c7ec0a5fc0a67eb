/** Laws of keys: found by hash, listed by organization, revoked once and for ever. */
import assert from 'node:assert/strict'
import type { KeyRecord } from '../port.js'
import type { HandLaw } from './bench.js'

const KEYS: readonly KeyRecord[] = [
  keyOf('key_c', 'acme', 30, { scopes: ['write'] }),
  keyOf('key_a', 'acme', 10, { scopes: ['write', 'read', 'admin'], expiresAtMs: 99 }),
  keyOf('key_b', '*', 20, { scopes: ['read'] }),
  keyOf('key_d', 'acme', 30, { name: 'Zoë’s key' }),
]

export function keyLaws(law: HandLaw): void {
  law('a key is found as it was added, by its hash and by its id', async ({ store }) => {
    for (const key of KEYS) {
      await store.addKey(key)
      assert.deepEqual(await store.findKey(key.hash), key)
      assert.deepEqual(await store.getKey(key.id), key)
    }
  })

  law('an unknown key is not found', async ({ store }) => {
    await store.addKey(KEYS[0] ?? keyOf('key_x', 'acme', 0, {}))
    assert.equal(await store.findKey('00'), undefined)
    assert.equal(await store.getKey('key_unknown'), undefined)
    assert.equal(await store.revokeKey('key_unknown', 1), false)
  })

  law('keys are listed oldest first: an organization’s, the unbound, or all', async ({ store }) => {
    for (const key of KEYS) await store.addKey(key)
    const ids = async (org: string | undefined) => (await store.listKeys(org)).map(({ id }) => id)
    assert.deepEqual(await ids('acme'), ['key_a', 'key_c', 'key_d'])
    assert.deepEqual(await ids('*'), ['key_b'])
    assert.deepEqual(await ids(undefined), ['key_a', 'key_b', 'key_c', 'key_d'])
    assert.deepEqual(await ids('nobody'), [])
  })

  law('a key is revoked for ever, and the first time stands', async ({ store }) => {
    for (const key of KEYS) await store.addKey(key)
    assert.equal(await store.revokeKey('key_a', 500), true)
    assert.equal(await store.revokeKey('key_a', 900), true)
    assert.equal((await store.getKey('key_a'))?.revokedAtMs, 500)
    const revoked = (await store.listKeys(undefined)).filter(({ revokedAtMs }) => revokedAtMs !== null)
    assert.deepEqual(
      revoked.map(({ id }) => id),
      ['key_a'],
    )
  })

  law('a key that was looked up before, or meanwhile, is found revoked from then on', async ({ store }) => {
    for (const key of KEYS) await store.addKey(key)
    for (const { id, hash } of KEYS) {
      await store.findKey(hash)
      const revoking = store.revokeKey(id, 500)
      await store.findKey(hash)
      await revoking
      assert.equal((await store.findKey(hash))?.revokedAtMs, 500)
    }
  })
}

function keyOf(id: string, org: string, createdAtMs: number, rest: Partial<KeyRecord>): KeyRecord {
  const hash = Buffer.from(id.padEnd(32, '.')).toString('hex')
  return {
    id,
    hash,
    org,
    name: `The key ${id}`,
    scopes: [],
    createdAtMs,
    expiresAtMs: null,
    revokedAtMs: null,
    ...rest,
  }
}
