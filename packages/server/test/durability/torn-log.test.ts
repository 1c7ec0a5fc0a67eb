/**
 * A torn log. What a crash can tear is survived: the end of the write-ahead log that was not synced, and pages of the
 * file that a checkpoint was writing while the write-ahead log still holds them. What only a bad disk or a hand can tear
 * is found: the server does not start, or the log is read-only, or whoever verifies is told; never is less shown as all.
 */
import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { appendFileSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { Client } from './client.js'
import type { JsonObject } from './independent.js'
import { type Chance, chanceOf, ORGANIZATIONS, Plan, wholeNumber } from './load.js'
import { startMachine, temporaryFolder } from './machine.js'
import { Story } from './story.js'
import { copyOf, DAMAGES, garblePage, pagesOf } from './tearing.js'

const UNITS = 250
const PAGES_TRIED = 8
const TIMEOUT_MS = 300_000
const SEED = Number(process.env.SEED ?? randomInt(2 ** 31))
const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const EVENT = JSON.stringify({ type: 'invoice.paid' })
const LOG = 'log.sqlite'
const WAL = 'log.sqlite-wal'
const [WAL_HEADER_BYTES, FRAME_HEADER_BYTES, PAGE_BYTES] = [32, 24, 4_096]
const FRAME_BYTES = FRAME_HEADER_BYTES + PAGE_BYTES

const chance = chanceOf(SEED)
const bytes = (count: number): Buffer => Buffer.from(Array.from({ length: count }, () => wholeNumber(chance, 0, 255)))

/** The frames of a write-ahead log (sqlite.org/walformat.html). */
function framesOf(wal: Buffer): readonly Buffer[] {
  const count = Math.floor((wal.length - WAL_HEADER_BYTES) / FRAME_BYTES)
  return Array.from({ length: count }, (_, i) =>
    wal.subarray(WAL_HEADER_BYTES + i * FRAME_BYTES).subarray(0, FRAME_BYTES),
  )
}

const pageOf = (frame: Buffer): number => frame.readUInt32BE(0)

/** What a crash may leave behind the last synced commit: what was being written when it came. */
const TAILS: readonly (readonly [what: string, tail: (wal: Buffer) => Buffer])[] = [
  ['half of a frame’s header', (wal) => (framesOf(wal).at(-1) as Buffer).subarray(0, 11)],
  ['a frame’s header without its page', (wal) => (framesOf(wal).at(-1) as Buffer).subarray(0, FRAME_HEADER_BYTES)],
  ['a frame that is cut short', (wal) => (framesOf(wal).at(-1) as Buffer).subarray(0, 3_000)],
  ['a frame of zeros', () => Buffer.alloc(FRAME_BYTES)],
  ['frames of noise', () => bytes(3 * FRAME_BYTES + 77)],
  // the very frames of a commit, in the wrong place: each frame's checksum goes on from the one before
  ['a commit’s frames once more', (wal) => Buffer.concat(framesOf(wal).slice(-4))],
  ['a page that was written in part', (wal) => partlyZero(framesOf(wal).at(-1) as Buffer)],
]

function partlyZero(frame: Buffer): Buffer {
  const torn = Buffer.from(frame)
  torn.fill(0, FRAME_HEADER_BYTES + 512 * wholeNumber(chance, 1, 7))
  return torn
}

/** What loses bytes that were acknowledged. No crash does that to bytes that were synced. */
const LOSSES: readonly (readonly [what: string, lose: (path: string, chance: Chance) => void])[] = [
  ['cut short', (path) => truncateSync(path, Math.floor(statSync(path).size * (0.3 + 0.5 * chance())))],
  ['garbled in its last page', (path) => garblePage(path, pagesOf(path) - 1, chance)],
  ['garbled in the middle', (path) => garblePage(path, Math.floor(pagesOf(path) / 2), chance)],
  ['deleted', (path) => rmSync(path)],
]

describe('a torn log', { timeout: TIMEOUT_MS }, () => {
  /** killed, with all of its write-ahead log; and stopped, with none */
  const folders = { killed: temporaryFolder(), stopped: '' }
  const story = new Story(new Plan(chanceOf(SEED), Date.now()))

  beforeAll(async () => {
    console.log(`seed ${SEED} (SEED=${SEED} runs it again)`)
    const server = await startMachine(folders.killed)
    const client = new Client(server, 16)
    await story.settle(client)
    expect(await story.pour(client, UNITS)).toEqual([])
    expect(await story.check(client)).toEqual([])
    await marked(folders.killed, await story.size(client))
    await server.kill()
    client.close()
    folders.stopped = copyOf(folders.killed)
    expect((await (await startMachine(folders.stopped)).stop()).code).toBe(0)
  }, TIMEOUT_MS)

  it.each(TAILS)('with %s behind its last commit is the log that was acknowledged', async (_, tail) => {
    const folder = copyOf(folders.killed)
    appendFileSync(join(folder, WAL), tail(readFileSync(join(folder, WAL))))
    await expectWhole(folder)
  })

  it('whose file was torn by a checkpoint is whole: the write-ahead log has those pages', async () => {
    const folder = copyOf(folders.killed)
    const pages = [...new Set(framesOf(readFileSync(join(folder, WAL))).map(pageOf))]
    for (const page of pages) {
      // Written in part, written wrongly, never written: what lies between the syncs of a checkpoint.
      if (page <= pagesOf(join(folder, LOG)) || chance() < 0.3) garblePage(join(folder, LOG), page - 1, chance)
    }
    await expectWhole(folder)
  })

  it('without the memory that processes share is whole', async () => {
    for (const name of ['deleted', 'emptied', 'replaced by garbage']) {
      const folder = copyOf(folders.killed)
      DAMAGES[name]?.(join(folder, `${LOG}-shm`), chance)
      await expectWhole(folder)
    }
  })

  async function expectWhole(folder: string): Promise<void> {
    const server = await startMachine(folder)
    const client = new Client(server, 16)
    expect(await story.check(client), `seed ${SEED}`).toEqual([])
    const { status } = await client.call({ method: 'POST', path: '/v1/events', org: 'default', body: EVENT })
    expect(status).toBe(201)
    client.close()
    expect((await server.stop()).code).toBe(0)
  }

  it.each(LOSSES)(
    'whose acknowledged write-ahead log is %s is not written to any more, and says why',
    async (_, lose) => {
      const folder = copyOf(folders.killed)
      lose(join(folder, WAL), chance)
      const outcome = await outcomeOf(folder)
      console.log(`${outcome.kind}: ${outcome.why.slice(0, 250)}`)
      expect(outcome.kind).not.toBe('whole')
      expect(['read-only', 'refused']).toContain(outcome.kind)
      expect(outcome.why).toMatch(/sealedlog restore|sealedlog start-over/)
    },
  )

  it('whose file is damaged anywhere is refused, read-only, or found by whoever verifies: never shown as whole', async () => {
    const kinds = new Map<string, number>()
    const count = pagesOf(join(folders.stopped, LOG))
    const tried = new Set([0, 1, count - 1])
    while (tried.size < Math.min(PAGES_TRIED, count)) tried.add(wholeNumber(chance, 0, count - 1))
    for (const page of tried) {
      const folder = copyOf(folders.stopped)
      garblePage(join(folder, LOG), page, chance)
      const outcome = await outcomeOf(folder)
      console.log(`page ${page} of ${count}: ${outcome.kind}: ${outcome.why.slice(0, 160)}`)
      kinds.set(outcome.kind, (kinds.get(outcome.kind) ?? 0) + 1)
      expect(outcome.kind, `page ${page}, seed ${SEED}: ${outcome.why}`).not.toBe('silent')
    }
    expect(kinds.get('whole') ?? 0).toBeLessThan(tried.size / 2)
  })

  it.each(['cut short', 'cut in its last page', 'emptied', 'deleted', 'replaced by garbage'])(
    'whose file is %s does not pass for the log that was there',
    async (name) => {
      const folder = copyOf(folders.stopped)
      DAMAGES[name]?.(join(folder, LOG), chance)
      const outcome = await outcomeOf(folder)
      console.log(`${outcome.kind}: ${outcome.why.slice(0, 250)}`)
      expect(['refused', 'read-only', 'found']).toContain(outcome.kind)
      if (outcome.kind !== 'found') expect(outcome.why).toMatch(/sealedlog restore|sealedlog start-over/)
    },
  )

  interface Outcome {
    /** `silent` is what may not be: something is missing or different, and nobody says so */
    readonly kind: 'refused' | 'read-only' | 'found' | 'whole' | 'silent'
    readonly why: string
  }

  /** What becomes of a damaged folder: what its start says, what recording says, and what verifying finds. */
  async function outcomeOf(folder: string): Promise<Outcome> {
    const verified = spawnSync(process.execPath, [MAIN, 'verify', folder], { encoding: 'utf8', timeout: 60_000 })
    const server = await startMachine(folder, [], ['--log-level', 'error']).catch((error: Error) => error)
    if (server instanceof Error) return { kind: 'refused', why: server.message }
    const client = new Client(server, 16)
    const faults = await story.checkLog(client).catch((error: Error) => [error.message])
    const refusals: string[] = []
    for (const org of ORGANIZATIONS) {
      const { status, body } = await client.call({ method: 'POST', path: '/v1/events', org, body: EVENT })
      if (status !== 201) refusals.push(`${status} ${(JSON.parse(body.toString()) as JsonObject).detail as string}`)
    }
    client.close()
    await server.kill()
    if (refusals.length > 0) return { kind: 'read-only', why: `${refusals[0]}\n${server.stderr()}` }
    if (verified.status !== 0) return { kind: 'found', why: verified.stdout + verified.stderr }
    return faults.length === 0 ? { kind: 'whole', why: verified.stdout } : { kind: 'silent', why: faults.join('; ') }
  }
})

/** Waits until the marks know so many entries: from then on, whatever is missing is missed. */
async function marked(folder: string, entries: number): Promise<void> {
  const marks = new DatabaseSync(join(folder, 'marks'), { readOnly: true, timeout: 5_000 })
  try {
    for (let tries = 0; tries < 200; tries++) {
      const { known } =
        marks
          .prepare(
            "SELECT sum(size) AS known FROM mark WHERE org IN ('acme', 'globex', 'initech', 'umbrella', 'hooli')",
          )
          .get() ?? {}
      if (known === entries) return
      await sleep(50)
    }
    throw new Error('the marks do not come to the log’s end')
  } finally {
    marks.close()
  }
}
