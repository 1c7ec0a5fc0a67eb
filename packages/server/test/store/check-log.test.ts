/** checkLog passes what holds together and refuses, by name, whatever is altered. */
import { beforeAll, describe, expect, test } from 'vitest'
import {
  checkLog,
  deriveCheckpointKey,
  type LogHead,
  type LogStore,
  MemoryStore,
  type StoredEntry,
} from '../../dist/store/index.js'
import { idsOf, NOW_MS, SEED, unitOf } from './support.js'

const SIZE = 600
const store = new MemoryStore(() => NOW_MS)
let head: LogHead
let entries: readonly StoredEntry[]

beforeAll(async () => {
  await store.createLog('acme', 'Acme')
  await store.createLog('other', 'Other')
  await store.append([unitOf('acme', ...idsOf(0, SIZE)), unitOf('other', ...idsOf(0, SIZE))])
  head = (await store.head('acme')) as LogHead
  entries = await store.readRange('acme', 0, SIZE)
})

type Altered = Partial<Pick<LogStore, 'head' | 'readRange' | 'readTile' | 'readTileRoots'>>

/** The store with some of its answers altered. */
const altered = (answers: Altered): LogStore =>
  new Proxy<LogStore>(store, {
    get: (target, name) => answers[name as keyof Altered] ?? Reflect.get(target, name).bind(target),
  })

const withEntries = (alter: (entries: StoredEntry[]) => void): LogStore => {
  const copies = [...entries]
  alter(copies)
  return altered({ readRange: async (_org, from, to) => copies.slice(from, to) })
}

const withHead = (change: Partial<LogHead>): LogStore => altered({ head: async () => ({ ...head, ...change }) })

function flipped(bytes: Uint8Array | undefined, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes ?? [])
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes)
const replaced = (entry: StoredEntry | undefined, from: string, to: string): Uint8Array =>
  new TextEncoder().encode(text(entry?.leaf).replace(from, to))

const replaceAt = (all: StoredEntry[], i: number, change: Partial<StoredEntry>): void => {
  all[i] = { ...(all[i] as StoredEntry), ...change }
}

describe('checkLog', () => {
  test('passes a log that holds together, and tells its root, ids and redacted groups', async () => {
    const checked = await checkLog(store, 'acme')
    expect(checked).toMatchObject({ org: 'acme', size: SIZE, redactedGroups: 0, ids: idsOf(0, SIZE) })
    expect(head.checkpoint.split('\n').slice(1, 3)).toEqual([String(SIZE), checked.root])
  })

  test('counts groups without a disclosure, which is lawful erasure', async () => {
    const erased = withEntries((all) => {
      replaceAt(all, 7, { disclosures: new Uint8Array(0) })
      const [actor] = text(all[300]?.disclosures).split('\n')
      replaceAt(all, 300, { disclosures: new TextEncoder().encode(actor) })
    })
    expect((await checkLog(erased, 'acme')).redactedGroups).toBe(5)
  })

  const alterations: readonly (readonly [string, RegExp, () => LogStore])[] = [
    ['a missing entry', /index 5: expected entry 5, found entry 6/, () => withEntries((all) => all.splice(5, 1))],
    ['a missing last entry', /index 599: expected entry 599, found no entry/, () => withEntries((all) => all.pop())],
    [
      'two entries swapped',
      /index 5: expected entry 5, found entry 6/,
      () =>
        withEntries((all) => {
          ;[all[5], all[6]] = [all[6] as StoredEntry, all[5] as StoredEntry]
        }),
    ],
    [
      'an entry beyond the head',
      /index 600: expected no entry, found entry 600/,
      () =>
        withEntries((all) => {
          all.push({ ...(all[0] as StoredEntry), index: SIZE })
        }),
    ],
    [
      'a leaf that is not JSON',
      /acme: index 3: /,
      () => withEntries((all) => replaceAt(all, 3, { leaf: flipped(all[3]?.leaf, 0) })),
    ],
    [
      'a leaf of another log',
      /index 4, organization: expected acme, found other/,
      () => withEntries((all) => replaceAt(all, 4, { leaf: replaced(all[4], '"org":"acme"', '"org":"other"') })),
    ],
    [
      'an id that stands twice',
      /index 2, id: expected an id of its own, found e000001 again/,
      () => withEntries((all) => replaceAt(all, 2, { leaf: replaced(all[2], 'e000002', 'e000001') })),
    ],
    [
      'a time that runs backwards',
      /index 9, recorded_at: expected 2026-11-20T09:12:21.340Z or later, found 2026-11-20T09:12:21.339Z/,
      () =>
        withEntries((all) =>
          replaceAt(all, 9, {
            leaf: replaced(
              all[9],
              '"recorded_at":"2026-11-20T09:12:21.340Z',
              '"recorded_at":"2026-11-20T09:12:21.339Z',
            ),
          }),
        ),
    ],
    [
      'a time that is none',
      /index 9, recorded_at/,
      () =>
        withEntries((all) =>
          replaceAt(all, 9, { leaf: replaced(all[9], '"recorded_at":"2026-11-20', '"recorded_at":"2026-13-20') }),
        ),
    ],
    [
      'an altered disclosure',
      /index 8, group "actor": expected .{43}, found .{43}/,
      () => withEntries((all) => replaceAt(all, 8, { disclosures: flipped(all[8]?.disclosures, 60) })),
    ],
    [
      'an altered salt',
      /index 8, group "actor"/,
      () => withEntries((all) => replaceAt(all, 8, { disclosures: flipped(all[8]?.disclosures, 5) })),
    ],
    [
      'a disclosure of no group',
      /index 8, group "x": expected no disclosure/,
      () =>
        withEntries((all) =>
          replaceAt(all, 8, { disclosures: new TextEncoder().encode(`["${'A'.repeat(22)}","x",1]`) }),
        ),
    ],
    [
      'a disclosure twice',
      /index 8, group "actor": expected one disclosure, found two/,
      () =>
        withEntries((all) => {
          const [actor] = text(all[8]?.disclosures).split('\n')
          replaceAt(all, 8, { disclosures: new TextEncoder().encode(`${actor}\n${actor}`) })
        }),
    ],
    [
      'a leaf that says something else',
      /tile 1 of level 0, hash 44: expected .{44}, found .{44}/,
      () => withEntries((all) => replaceAt(all, 300, { leaf: replaced(all[300], '"success"', '"failure"') })),
    ],
    [
      'a leaf altered after the last full tile',
      /root of size 600: expected .{44}, found .{44}/,
      () => withEntries((all) => replaceAt(all, 599, { leaf: replaced(all[599], '"success"', '"failure"') })),
    ],
    [
      'a missing tile',
      /tile 0 of level 0: expected 256 hashes, found no tile/,
      () => altered({ readTile: async () => undefined }),
    ],
    [
      'a tile too short',
      /tile 0 of level 0, hash 255/,
      () =>
        altered({
          readTile: async (org, level, index) => (await store.readTile(org, level, index))?.slice(0, 255 * 32),
        }),
    ],
    [
      'a tile too long',
      /tile 0 of level 0: expected 8192 bytes, found 8193 bytes/,
      () => altered({ readTile: async (...at) => Uint8Array.from([...((await store.readTile(...at)) ?? []), 1]) }),
    ],
    [
      'an altered root of a tile',
      /root of tile 0 of level 0: expected .{44}, found .{44}/,
      () =>
        altered({ readTileRoots: async (...at) => (await store.readTileRoots(...at)).map((root) => flipped(root, 9)) }),
    ],
    [
      'a missing root of a tile',
      /root of tile 0 of level 0: expected .{44}, found no root/,
      () => altered({ readTileRoots: async () => [] }),
    ],
    [
      'an altered tile',
      /tile 0 of level 0, hash 2/,
      () => altered({ readTile: async (...at) => flipped(await store.readTile(...at), 70) }),
    ],
    [
      'an altered checkpoint',
      /checkpoint of size 600: The signature/,
      () => withHead({ checkpoint: head.checkpoint.replace('\n600\n', '\n601\n') }),
    ],
    [
      'a checkpoint that is none',
      /checkpoint of size 600: This is not a signed note/,
      () => withHead({ checkpoint: '' }),
    ],
    ['another key', /No known key signed/, () => withHead({ vkey: deriveCheckpointKey(SEED, head.origin, 1).vkey })],
    ['a key that is none', /not a verifier key/, () => withHead({ vkey: 'x' })],
    [
      'another origin',
      /origin in the checkpoint: expected example.com\/x, found /,
      () => withHead({ origin: 'example.com/x' }),
    ],
    ['another size', /size in the checkpoint: expected 599, found 600/, () => withHead({ size: 599 })],
  ]

  test.each(alterations)('refuses %s', async (_what, message, open) => {
    await expect(checkLog(open(), 'acme')).rejects.toMatchObject({ code: 'proof_failed', message })
  })

  test('does not take a leaf from the future for tampering', async () => {
    const future = withEntries((all) => replaceAt(all, 3, { leaf: replaced(all[3], '"v":1', '"v":2') }))
    await expect(checkLog(future, 'acme')).rejects.toMatchObject({ code: 'unsupported_version' })
  })

  test('passes a log that grows while it is checked', async () => {
    const growing = new MemoryStore(() => NOW_MS)
    await growing.createLog('acme', 'Acme')
    await growing.append([unitOf('acme', ...idsOf(0, 300))])
    const checking = checkLog(growing, 'acme')
    await growing.append([unitOf('acme', ...idsOf(300, 600))])
    expect((await checking).size).toBe(300)
    expect((await checkLog(growing, 'acme')).size).toBe(600)
  })
})
