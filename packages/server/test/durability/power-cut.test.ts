/** The power fails: whatever the disk kept of what was not synced, everything acknowledged before is there. */
import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { Client } from './client.js'
import { leafHash, naiveRoot, openCheckpoint, type Pinned, pinKey, rootsAt } from './independent.js'
import { type Chance, chanceOf, Plan, type Receipt, wholeNumber } from './load.js'
import { startMachine, temporaryFolder } from './machine.js'
import { cutPower, POWER_TRACED } from './power.js'
import { readLeaves } from './story.js'
import { bytesOf, type Call, parseTrace } from './strace.js'

const REQUESTS = 300
const CONNECTIONS = 16
/** One request in so many erases, which empties the write-ahead log into the file: so both files are being written. */
const ERASES_EVERY = 12
const CUTS = 8
const TIMEOUT_MS = 300_000
const STRING_BYTES_MAX = 131_072
const SEED = Number(process.env.SEED ?? randomInt(2 ** 31))
const ORG = 'default'
const FILES = ['log.sqlite', 'log.sqlite-wal']

const hasStrace = spawnSync('strace', ['-V']).status === 0
const GET_IT = 'strace is not on the PATH, so no write can be seen: apt-get install strace'
if (!hasStrace && !process.env.CI) console.warn(`${GET_IT}. Skipped here; CI must have it.`)

/** A 201, and the line on which its first byte was written: from there on, its caller may know. */
interface Heard {
  readonly line: number
  readonly checkpoint: string
  readonly receipts: readonly Receipt[]
}

function heardOf(calls: readonly Call[]): readonly Heard[] {
  return calls.flatMap((call) => {
    if (!call.file.startsWith('socket:')) return []
    const text = bytesOf(call).toString()
    if (!text.startsWith('HTTP/1.1 201 ')) return []
    const said = JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)) as Receipt & {
      data?: Receipt[]
      checkpoint?: string
    }
    if (said.checkpoint === undefined || (said.data ?? [said])[0]?.leaf_hash === undefined) return []
    return [{ line: call.from, checkpoint: said.checkpoint, receipts: said.data ?? [said] }]
  })
}

describe.skipIf(!hasStrace && !process.env.CI)('the power fails', { timeout: TIMEOUT_MS }, () => {
  const folder = join(temporaryFolder(), 'data')
  const chance = chanceOf(SEED)
  let calls: readonly Call[] = []
  let heard: readonly Heard[] = []
  let pinned: Pinned

  beforeAll(async () => {
    if (!hasStrace) throw new Error(GET_IT)
    console.log(`seed ${SEED} (SEED=${SEED} runs it again)`)
    const file = join(temporaryFolder(), 'trace')
    const traced = [...POWER_TRACED, 'write', 'writev', 'sendto', 'sendmsg']
    const options = ['-f', '-y', '-tt', '-s', String(STRING_BYTES_MAX), '-e', `trace=${traced.join()}`, '-o', file]
    const server = await startMachine(folder, ['strace', ...options])
    const client = new Client(server, CONNECTIONS)
    const { vkey } = await client.json<{ vkey: string }>({ path: `/v1/organizations/${ORG}` })
    pinned = { org: ORG, key: pinKey(vkey) }
    const plan = new Plan(chanceOf(SEED + 1), Date.now())
    let left = REQUESTS
    const one = async () => {
      while (left-- > 0) await sayOrErase(client, plan, left)
    }
    await Promise.all(Array.from({ length: CONNECTIONS }, one))
    client.close()
    expect((await server.stop()).code).toBe(0)
    calls = parseTrace(readFileSync(file, 'latin1').split('\n'))
    heard = heardOf(calls)
  }, TIMEOUT_MS)

  async function sayOrErase(client: Client, plan: Plan, number: number): Promise<void> {
    const { events, batched } = plan.next()
    const body = JSON.stringify(batched ? events : events[0])
    const path = batched ? '/v1/events/batch' : '/v1/events'
    await client.json({ method: 'POST', path, body }, 201)
    if (number % ERASES_EVERY !== 0) return
    const erased = JSON.stringify({ basis: 'asked for', events: [{ id: events[0]?.id as string, groups: ['actor'] }] })
    await client.json({ method: 'POST', path: '/v1/redactions', body: erased }, 201)
  }

  /** A data folder as the disk has it when the power fails at a line: the log's files, and the secrets, which are older. */
  function folderAt(line: number, by: Chance): string {
    const cut = temporaryFolder()
    for (const name of ['signing.key', 'root.key']) copyFileSync(join(folder, name), join(cut, name))
    cutPower(calls, line, new Map(FILES.map((name) => [join(folder, name), join(cut, name)])), by)
    return cut
  }

  it(`at any of ${CUTS} moments: what was acknowledged by then is there, in its place, under the same roots`, async () => {
    expect(heard.length).toBe(REQUESTS)
    expect(calls.filter(({ name, file }) => name === 'pwrite64' && file.endsWith('log.sqlite')).length).toBeGreaterThan(
      100,
    )
    const first = heard[0]?.line ?? 0
    const last = calls.at(-1)?.to ?? 0
    for (let cut = 0; cut < CUTS; cut++) {
      const line = wholeNumber(chance, first, last)
      const server = await startMachine(folderAt(line, chance))
      const client = new Client(server)
      const { leaves, root } = await readLeaves(client, pinned)
      client.close()
      await server.kill()
      const told = heard.filter((each) => each.line < line)
      const faults = faultsOf(leaves, root, told)
      console.log(`line ${line} of ${last}: ${told.length} answers, ${leaves.length} entries`)
      expect(faults, `line ${line}, seed ${SEED}`).toEqual([])
    }
  })

  it('and a log that did not sync would be caught', async () => {
    const asleep = calls.filter(({ name, file }) => !(name.endsWith('sync') && file.endsWith('-wal')))
    const caught: string[] = []
    for (let cut = 0; cut < 3; cut++) {
      const line = wholeNumber(chance, heard.at(-20)?.line ?? 0, heard.at(-1)?.line ?? 0)
      const to = temporaryFolder()
      for (const name of ['signing.key', 'root.key']) copyFileSync(join(folder, name), join(to, name))
      cutPower(asleep, line, new Map(FILES.map((name) => [join(folder, name), join(to, name)])), chance)
      const server = await startMachine(to).catch((error: Error) => caught.push(error.message))
      if (typeof server === 'number') continue
      const client = new Client(server)
      const found = await readLeaves(client, pinned).catch((error: Error) => error)
      client.close()
      await server.kill()
      if (found instanceof Error) caught.push(found.message)
      else
        caught.push(
          ...faultsOf(
            found.leaves,
            found.root,
            heard.filter((each) => each.line < line),
          ).slice(0, 1),
        )
    }
    expect(caught.length).toBeGreaterThan(0)
  })

  function faultsOf(leaves: readonly Buffer[], root: Buffer, told: readonly Heard[]): readonly string[] {
    const hashes = leaves.map(leafHash)
    const faults: string[] = []
    if (!naiveRoot(hashes).equals(root)) faults.push('the leaves do not give the signed root')
    for (const { id, index, leaf_hash } of told.flatMap(({ receipts }) => receipts))
      if (hashes[index]?.toString('base64') !== leaf_hash) faults.push(`${id} is not at ${index}`)
    const signed = told.map(({ checkpoint }) => openCheckpoint(checkpoint, pinned.key))
    const roots = rootsAt(hashes, new Set(signed.map(({ size }) => size)))
    for (const { size, root: then } of signed)
      if (roots.get(size)?.equals(then) !== true) faults.push(`the root that was signed for ${size} is another one`)
    return faults
  }
})
