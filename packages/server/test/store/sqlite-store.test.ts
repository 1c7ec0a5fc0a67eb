/** What the SQLite store promises beyond the contract: it finds everything again, and one process holds a folder. */
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { checkLog, type KeyRecord, LOG_FILE, SqliteStore, type SqliteStoreOptions } from '../../dist/store/index.js'
import { codeOf, idsOf, NOW_MS, OTHER_SEED, SEED, temporaryFolder, tinyUnitOf, unitOf } from './support.js'

const PROCESS_MS_MAX = 30_000

const stores: SqliteStore[] = []
const holders: ChildProcess[] = []
afterEach(async () => {
  for (const holder of holders.splice(0)) holder.kill('SIGKILL')
  for (const store of stores.splice(0)) await store.close()
})

async function open(folder: string, options: Partial<SqliteStoreOptions> = {}): Promise<SqliteStore> {
  const store = await SqliteStore.open({ folder, seed: SEED, nowMs: () => NOW_MS, ...options })
  stores.push(store)
  return store
}

interface Holder {
  readonly holder: ChildProcessByStdio<null, Readable, null>
  readonly said: () => readonly string[]
}

/** Another process that holds the folder; resolves when it has it. */
async function hold(folder: string, prefix: string): Promise<Holder> {
  const script = fileURLToPath(new URL('./holder.mjs', import.meta.url))
  const holder = spawn(process.execPath, [script, folder, prefix], { stdio: ['ignore', 'pipe', 'inherit'] })
  holders.push(holder)
  let text = ''
  holder.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  while (!text.includes('ready\n')) await once(holder.stdout, 'data')
  return { holder, said: () => text.slice(0, text.lastIndexOf('\n')).split('\n').slice(1) }
}

describe('a data folder that is opened again', () => {
  test.each([0, 1, 255, 256, 257, 1_000])(
    'at size %i holds everything as it was, and goes on',
    async (size) => {
      const folder = temporaryFolder()
      const first = await open(folder)
      await first.createLog('acme', 'Acme')
      for (let from = 0; from < size; from += 1_000) {
        await first.append([tinyUnitOf('acme', ...idsOf(from, Math.min(from + 1_000, size)))])
      }
      const before = await first.head('acme')
      await first.close()

      const second = await open(folder)
      expect(await second.head('acme')).toEqual(before)
      await second.append([tinyUnitOf('acme', ...idsOf(size, size + 300)), tinyUnitOf('acme', ...idsOf(0, 1))])
      const { ids } = await checkLog(second, 'acme')
      expect(ids).toEqual(idsOf(0, size + 300))
    },
    PROCESS_MS_MAX,
  )

  test(
    'between the edges of a tile of level 1 still fills it',
    async () => {
      const folder = temporaryFolder()
      await (await open(folder)).createLog('acme', 'Acme')
      let from = 0
      for (const size of [300, 40_000, 65_535, 65_536, 65_800]) {
        await stores.pop()?.close()
        const store = await open(folder)
        for (; from < size; from = Math.min(from + 1_000, size)) {
          await store.append([tinyUnitOf('acme', ...idsOf(from, Math.min(from + 1_000, size)))])
        }
        expect((await store.readTile('acme', 1, 0)) === undefined, `no full tile at ${size}`).toBe(size < 65_536)
        expect((await store.head('acme'))?.size).toBe(size)
      }
      expect((await checkLog(stores[0] as SqliteStore, 'acme')).ids).toEqual(idsOf(0, 65_800))
    },
    PROCESS_MS_MAX,
  )

  test('a little more each time is the same log as all at once', async () => {
    const folder = temporaryFolder()
    await (await open(folder)).createLog('acme', 'Acme')
    for (let from = 0; from < 700; from += 90) {
      await stores.pop()?.close()
      const store = await open(folder)
      await store.append([unitOf('acme', ...idsOf(from, from + 90))])
      expect((await checkLog(store, 'acme')).size).toBe(from + 90)
    }
  })

  test('has its keys', async () => {
    const folder = temporaryFolder()
    const key: KeyRecord = {
      id: 'key_1',
      hash: 'ab'.repeat(32),
      org: '*',
      name: 'One',
      scopes: ['read', 'admin'],
      createdAtMs: NOW_MS,
      expiresAtMs: null,
      revokedAtMs: null,
    }
    const first = await open(folder)
    await first.addKey(key)
    await first.revokeKey('key_1', NOW_MS + 1)
    await first.close()
    expect(await (await open(folder)).findKey(key.hash)).toEqual({ ...key, revokedAtMs: NOW_MS + 1 })
  })
})

describe('the lock', () => {
  test('refuses a second store of the same process, by pid, until the first is closed', async () => {
    const folder = temporaryFolder()
    const first = await open(folder)
    const message = new RegExp(`in use by process ${process.pid}\\b`)
    await expect(open(folder)).rejects.toMatchObject({ code: 'data_folder_in_use', message })
    await expect(open(folder), 'refusing does not let go').rejects.toMatchObject({ code: 'data_folder_in_use' })
    await first.close()
    await (await open(folder)).createLog('acme', 'Acme')
  })

  test(
    'refuses a second process, by pid; after kill -9 the folder opens with all that was acknowledged',
    async () => {
      const folder = temporaryFolder()
      for (const round of [1, 2, 3]) {
        const { holder, said } = await hold(folder, `r${round}.`)
        const message = new RegExp(`in use by process ${holder.pid}\\b`)
        await expect(open(folder)).rejects.toMatchObject({ code: 'data_folder_in_use', message })
        while (said().length < 60) await once(holder.stdout, 'data')
        holder.kill('SIGKILL')
        await once(holder, 'close')
        const store = await open(folder, { nowMs: Date.now })
        const { ids } = await checkLog(store, 'acme')
        const acknowledged = said()
        expect(ids.filter((id) => id.startsWith(`r${round}.`)).slice(0, acknowledged.length)).toEqual(acknowledged)
        expect(ids.length % 3).toBe(0)
        await store.append([unitOf('acme', ...[0, 1, 2].map((n) => `after.${round}.${n}`))])
        await store.close()
      }
    },
    PROCESS_MS_MAX,
  )

  test('is refused while this process holds it', async () => {
    const folder = temporaryFolder()
    await open(folder)
    const script = fileURLToPath(new URL('./holder.mjs', import.meta.url))
    const other = spawn(process.execPath, [script, folder, 'x'], { stdio: ['ignore', 'ignore', 'pipe'] })
    holders.push(other)
    let text = ''
    other.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    const [code] = await once(other, 'close')
    expect(code).not.toBe(0)
    expect(text).toMatch(new RegExp(`in use by process ${process.pid}\\b`))
  })

  test('a folder that cannot be made or written is not called "in use"', async () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    await expect(open(file)).rejects.toMatchObject({ code: 'storage_failed', message: /cannot be used/ })
    await expect(open(join(file, 'below'))).rejects.toMatchObject({ code: 'storage_failed' })
  })
})

describe('what is settled once', () => {
  test('another seed is refused, and nothing is changed', async () => {
    const folder = temporaryFolder()
    const first = await open(folder)
    await first.createLog('acme', 'Acme')
    await first.append([unitOf('acme', 'e1')])
    const before = await first.head('acme')
    await first.close()
    const bytesBefore = readFileSync(join(folder, LOG_FILE))
    expect(await codeOf(() => open(folder, { seed: OTHER_SEED }))).toBe('signing_key_mismatch')
    expect(readFileSync(join(folder, LOG_FILE)).equals(bytesBefore)).toBe(true)
    expect(await (await open(folder)).head('acme')).toEqual(before)
  })

  test('the origin base that is given first stands under every log', async () => {
    const folder = temporaryFolder()
    const first = await open(folder, { originBase: 'audit.example.com/logs' })
    const { origin } = await first.createLog('acme', 'Acme')
    expect(origin).toMatch(/^audit\.example\.com\/logs\/[a-z2-7]{26}$/)
    await first.close()
    const refused = open(folder, { originBase: 'other.example.com' })
    await expect(refused).rejects.toMatchObject({ code: 'invalid_configuration', message: /audit\.example\.com\/logs/ })
    const again = await open(folder)
    expect((await again.createLog('umbrella', 'Umbrella')).origin).toMatch(/^audit\.example\.com\/logs\//)
  })

  test('the base that is minted when none is given stands as well', async () => {
    const folder = temporaryFolder()
    const first = await open(folder)
    const [base] = (await first.createLog('acme', 'Acme')).origin.split('/')
    await first.close()
    const second = await open(folder)
    expect((await second.createLog('umbrella', 'Umbrella')).origin.split('/')[0]).toBe(base)
    await second.close()
    expect(await codeOf(() => open(folder, { originBase: 'audit.example.com' }))).toBe('invalid_configuration')
  })

  test.each(['', 'https://a.example', 'a.example/', 'a b', 'A.example', 'a+b', 'x'.repeat(201)])(
    'the base %j is refused before anything is made',
    async (originBase) => {
      const folder = join(temporaryFolder(), 'new')
      expect(await codeOf(() => open(folder, { originBase }))).toBe('invalid_configuration')
      expect(existsSync(folder)).toBe(false)
    },
  )
})

describe('closing', () => {
  test('waits for what was asked, and may be said twice', async () => {
    const folder = temporaryFolder()
    const store = await open(folder)
    await store.createLog('acme', 'Acme')
    const appending = Array.from({ length: 20 }, (_, i) => store.append([unitOf('acme', `e${i}`)]))
    const creating = store.createLog('umbrella', 'Umbrella')
    await Promise.all([store.close(), store.close()])
    await Promise.all(appending)
    expect((await creating).org).toBe('umbrella')
    expect((await (await open(folder)).head('acme'))?.size).toBe(20)
  })

  test('refuses what is asked afterwards', async () => {
    const store = await open(temporaryFolder())
    await store.createLog('acme', 'Acme')
    await store.close()
    expect(await codeOf(() => store.append([unitOf('acme', 'e1')]))).toBe('shutting_down')
  })

  test('leaves one file and its lock behind', async () => {
    const folder = temporaryFolder()
    await (await open(folder)).close()
    expect(readdirSync(folder).sort()).toEqual(['lock', LOG_FILE])
  })
})
