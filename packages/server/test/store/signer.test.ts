/** Signers: the seed's own, and one that a module makes, which the writer's thread signs with before a commit. */
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fillEvent, sealEvent } from '@sealedlog/sdk/event'
import { openNote } from '@sealedlog/sdk/merkle'
import { describe, expect, test } from 'vitest'
import {
  checkLog,
  deriveCheckpointKey,
  loadSigner,
  SeedSigner,
  SqliteStore,
  type Unit,
} from '../../dist/store/index.js'
import { startServer } from '../../dist/server.js'
import { verifierOf } from '../../dist/store/signing.js'
import { codeOf, idsOf, NOW_MS, OTHER_SEED, SEED, temporaryFolder, unitOf } from './support.js'

const MODULE = fileURLToPath(new URL('./kms-signer.mjs', import.meta.url))
const ORIGIN = 'example.com/log'

const open = (folder: string, signerModule?: string) =>
  SqliteStore.open({ folder, seed: SEED, nowMs: () => NOW_MS, ...(signerModule === undefined ? {} : { signerModule }) })

async function rotation(store: SqliteStore): Promise<Unit> {
  const key = await store.nextKey('acme')
  const event = fillEvent({ id: `rotation.${key.generation}`, type: 'log.key_rotated' }, NOW_MS, randomBytes)
  const act = { rotatesTo: key.generation }
  return { org: 'acme', events: [sealEvent(event, 'acme', randomBytes, { key_rotated: key })], act }
}

describe('the seed’s signer', () => {
  test('derives the keys that it always did', () => {
    const signer = new SeedSigner(SEED)
    for (const generation of [1, 2, 30])
      expect(signer.keyOf(ORIGIN, generation).vkey).toBe(deriveCheckpointKey(SEED, ORIGIN, generation).vkey)
    expect(signer.fingerprint).not.toBe(new SeedSigner(OTHER_SEED).fingerprint)
  })

  test('takes a seed of 32 bytes and no other', () => {
    for (const bytes of [0, 31, 33]) expect(() => new SeedSigner(new Uint8Array(bytes))).toThrow(/32 bytes/)
  })
})

describe('a signer’s module', () => {
  test('signs in the writer’s thread; a log of the seed is rotated to it, and the folder opened again goes on', async () => {
    const folder = temporaryFolder()
    const plain = await open(folder)
    await plain.createLog('acme', 'Acme')
    await plain.append([unitOf('acme', ...idsOf(0, 5))])
    const before = await plain.nextKey('acme')
    await plain.close()

    const store = await open(folder, MODULE)
    const next = await store.nextKey('acme')
    expect(next).not.toEqual(before)
    await store.append([unitOf('acme', 'more'), await rotation(store), unitOf('acme', 'and more')])
    const head = await store.head('acme')
    expect(head?.vkey).toBe(next.vkey)
    const keys = (await store.keys('acme')).map(({ vkey }) => verifierOf(vkey))
    expect(openNote(head?.checkpoint ?? '', keys)).toMatchObject({ verified: { length: 2 }, unverified: [] })
    expect((await checkLog(store, 'acme')).size).toBe(8)
    await store.close()

    const again = await open(folder, MODULE)
    await again.append([unitOf('acme', 'later')])
    expect((await checkLog(again, 'acme')).size).toBe(9)
    await again.close()
  })

  test('that is left out later is missed: nothing is signed with another key', async () => {
    const folder = temporaryFolder()
    const store = await open(folder, MODULE)
    for (const org of ['acme', 'umbrella']) await store.createLog(org, org)
    await store.append([await rotation(store)])
    const head = await store.head('acme')
    await store.close()
    const plain = await open(folder)
    const [refused, recorded] = await plain.append([unitOf('acme', 'e'), unitOf('umbrella', 'e')])
    expect(refused).toMatchObject({ refused: { code: 'signing_key_mismatch' } })
    expect(recorded).toMatchObject({ size: 1 })
    expect(await plain.head('acme')).toEqual(head)
    await plain.close()
  })

  test('whose signature does not hold is not believed, and nothing is recorded', async () => {
    const store = await open(temporaryFolder(), MODULE)
    await store.createLog('acme', 'Acme')
    for (const _ of [2, 3]) await store.append([await rotation(store)])
    const head = await store.head('acme')
    const broken = store.append([await rotation(store)])
    await expect(broken).rejects.toMatchObject({ code: 'storage_failed', message: /signed does not verify/ })
    await store.append([unitOf('acme', 'e')])
    expect((await checkLog(store, 'acme')).size).toBe((head?.size ?? 0) + 1)
    await store.close()
  })

  test.each([
    ['is not there', undefined],
    ['throws', 'throw new Error("no token")'],
    ['has no default export', 'export const signer = 1'],
    ['makes nothing', 'export default () => undefined'],
    ['makes no signer', 'export default () => ({})'],
  ])('that %s is refused at the start', async (_what, text) => {
    const folder = temporaryFolder()
    const path = join(folder, 'signer.mjs')
    if (text !== undefined) writeFileSync(path, text)
    expect(await codeOf(() => open(join(folder, 'data'), path))).toBe('invalid_configuration')
  })

  test('that names its keys otherwise is refused', async () => {
    const path = join(temporaryFolder(), 'signer.mjs')
    writeFileSync(path, 'export default (own) => ({ keyOf: (origin, n) => own.keyOf(`${origin}x`, n) })')
    const signer = await loadSigner(path, new SeedSigner(SEED))
    expect(() => signer.keyOf(ORIGIN, 1)).toThrow(/example\.com\/logx/)
  })
})

test('a server signs with the module, and its checks at start-up know the module’s keys', async () => {
  const data = join(temporaryFolder(), 'data')
  const signingSeed = Buffer.from(SEED).toString('base64')
  const options = { data, port: 0, drainMs: 0, signerModule: MODULE, signingSeed, rootKey: 'k'.repeat(32) }
  const post = async (url: string, path: string, body: string) => {
    const headers = { authorization: `Bearer ${options.rootKey}`, 'content-type': 'application/json' }
    return (await fetch(`${url}${path}`, { method: 'POST', headers, body })).status
  }
  const first = await startServer(options)
  expect(await post(first.url, '/v1/organizations/default/tlog/rotate', '')).toBe(200)
  await first.close()
  const second = await startServer(options)
  expect(await post(second.url, '/v1/events', '{"type":"user.added"}')).toBe(201)
  await second.close()
  const store = await open(data, MODULE)
  const [key] = await store.keys('default')
  await store.close()
  expect(key?.generation).toBe(2)
  expect(key?.vkey).not.toBe(deriveCheckpointKey(SEED, key?.origin ?? '', 2).vkey)
  await expect(startServer({ ...options, signerModule: '' })).rejects.toThrow(/cannot be used/)
})
