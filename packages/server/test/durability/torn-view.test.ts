/** Torn files beside the log: of the index, of the marks, of locks and secrets. What was acknowledged stays, and nobody is told less. */
import { randomInt } from 'node:crypto'
import { existsSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeAll, describe, expect, it } from 'vitest'
import { Client } from './client.js'
import type { Json, JsonObject } from './independent.js'
import { BUSY, chanceOf, Plan, wholeNumber } from './load.js'
import { type Machine, startMachine, temporaryFolder } from './machine.js'
import { Story } from './story.js'
import { copyOf, DAMAGES, filesOf } from './tearing.js'

/** Enough that an index which keeps what is new in memory has written some of it down. */
const EVENTS = 5_000
const UNITS = 60
/** Damages that each file gets, of those there are. */
const DAMAGES_A_FILE = 2
const TIMEOUT_MS = 300_000
const SEED = Number(process.env.SEED ?? randomInt(2 ** 31))

const chance = chanceOf(SEED)
const LOUD = ['--log-level', 'warn']

/** Lists equal the leaves: all of them, and one type of them. */
async function expectLists(client: Client, story: Story): Promise<void> {
  for (const faults of [await story.checkLog(client), await story.checkLists(client, BUSY)]) expect(faults).toEqual([])
}

/** What marks say, as far as they can be read. */
function saidBy(path: string): string {
  if (!existsSync(path)) return 'nothing'
  const db = new DatabaseSync(path)
  try {
    const rows = ['mark', 'redaction'].map((table) => db.prepare(`SELECT * FROM ${table}`).all())
    return JSON.stringify(rows)
  } catch (error) {
    return String(error)
  } finally {
    db.close()
  }
}

function some<T>(all: readonly T[], count: number): readonly T[] {
  const left = [...all]
  return Array.from({ length: Math.min(count, all.length) }, () =>
    left.splice(wholeNumber(chance, 0, left.length - 1), 1),
  ).flat()
}

describe('files beside the log', { timeout: TIMEOUT_MS }, () => {
  const folders: { [how in 'killed' | 'stopped']: string } = { killed: temporaryFolder(), stopped: '' }
  const story = new Story(new Plan(chanceOf(SEED), Date.now()))

  beforeAll(async () => {
    console.log(`seed ${SEED} (SEED=${SEED} runs it again)`)
    const server = await startMachine(folders.killed)
    const client = new Client(server, 16)
    await story.settle(client)
    expect(await story.pour(client, UNITS)).toEqual([])
    await story.sayMany(client, EVENTS)
    await expectLists(client, story)
    await server.kill()
    client.close()
    folders.stopped = copyOf(folders.killed)
    expect((await (await startMachine(folders.stopped)).stop()).code).toBe(0)
  }, TIMEOUT_MS)

  /** Starts a damaged folder, does something with it, and stops it. @returns what it logged */
  async function serving(folder: string, what: (client: Client, server: Machine) => Promise<void>): Promise<string> {
    const server = await startMachine(folder, [], LOUD)
    const client = new Client(server, 16)
    await what(client, server)
    client.close()
    expect((await server.stop()).code).toBe(0)
    return server.stderr()
  }

  /** Records an event that nobody remembers, for each folder goes its own way. @returns the status, and a refusal's code */
  async function record(client: Client, org = 'default'): Promise<readonly [number, Json | undefined]> {
    const { status, body } = await client.call({
      method: 'POST',
      path: '/v1/events',
      org,
      body: '{"type":"invoice.paid"}',
    })
    return [status, (JSON.parse(body.toString()) as JsonObject).code]
  }

  it.each(['killed', 'stopped'] as const)(
    'of the index, torn in every way after a server was %s: lists are the log',
    async (how) => {
      const files = filesOf(folders[how], 'index')
      expect(files.length).toBeGreaterThan(0)
      for (const file of files)
        for (const name of some(Object.keys(DAMAGES), DAMAGES_A_FILE)) {
          console.log(`${file} is ${name}`)
          const folder = copyOf(folders[how])
          DAMAGES[name]?.(join(folder, file), chance)
          await serving(folder, async (client) => {
            await expectLists(client, story)
            expect(await record(client)).toEqual([201, undefined])
          })
        }
    },
  )

  it('of the index, all gone: lists are the log', async () => {
    const folder = copyOf(folders.stopped)
    for (const file of filesOf(folder, 'index')) DAMAGES.deleted?.(join(folder, file), chance)
    await serving(folder, (client) => expectLists(client, story))
  })

  it('of the marks, torn in every way: everything is there and is recorded, or whoever is refused is told why', async () => {
    for (const name of Object.keys(DAMAGES)) {
      const folder = copyOf(folders.stopped)
      const before = saidBy(join(folder, 'marks'))
      DAMAGES[name]?.(join(folder, 'marks'), chance)
      const isLost = saidBy(join(folder, 'marks')) !== before
      let refused: Json | undefined
      const said = await serving(folder, async (client) => {
        expect(await story.checkLog(client)).toEqual([])
        refused = (await record(client, BUSY))[1]
      })
      const [told = 'nothing is said'] = /The marks in[^"]*|There are no marks[^"]*|The log of[^"]*/.exec(said) ?? []
      console.log(`marks ${name}: ${typeof refused === 'string' ? refused : 'recorded'}; ${told}`)
      expect([undefined, 'log_read_only']).toContain(refused)
      // Where nothing that is read was hit, there is nothing to say.
      if (isLost) expect(said).toMatch(/marks/)
    }
  })

  it('of locks: the server starts', async () => {
    for (const file of filesOf(folders.killed, 'lock').filter((path) => path !== 'lock'))
      for (const name of some(Object.keys(DAMAGES), DAMAGES_A_FILE)) {
        const folder = copyOf(folders.killed)
        DAMAGES[name]?.(join(folder, file), chance)
        await serving(folder, async (client) => expect(await record(client)).toEqual([201, undefined]))
      }
  })

  it('of secrets: the server does not start with others, and says which file it is', async () => {
    for (const file of ['signing.key', 'root.key'])
      for (const name of ['emptied', 'cut', 'replaced by garbage']) {
        const folder = copyOf(folders.stopped)
        if (name === 'cut') truncateSync(join(folder, file), 12)
        else DAMAGES[name]?.(join(folder, file), chance)
        await expect(startMachine(folder), `${file} ${name}`).rejects.toThrow(new RegExp(`ended before.*${file}`, 's'))
      }
  })
})
