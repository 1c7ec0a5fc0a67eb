/** A full disk: nothing acknowledged is lost, the error is clear, and service resumes when space returns. */
import { randomInt } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Call, Client } from './client.js'
import { BUSY, chanceOf, Plan } from './load.js'
import { type Machine, startMachine, temporaryFolder } from './machine.js'
import { limitFiles, smallDisk } from './small-disk.js'
import { type Refusal, Story } from './story.js'

const DISK_MEGABYTES = 160
/** So much is left when the ballast is in: load fills it. */
const LEFT_BYTES = 400_000
const UNITS = 250
const TIMEOUT_MS = 300_000
const SEED = Number(process.env.SEED ?? randomInt(2 ** 31))

/** What somebody may ask of a server whose disk is full, beside recording: each writes. */
const WRITES: readonly Call[] = [
  { method: 'PUT', path: '/v1/organizations/late', body: '{}' },
  { method: 'POST', path: '/v1/keys', body: '{"organization":"acme","name":"late","scopes":["read"]}' },
  { method: 'PUT', path: '/v1/saved-queries/mine', org: BUSY, body: '{"q":"type:invoice.paid"}' },
  { method: 'POST', path: '/v1/redactions', org: 'default', body: '{"basis":"asked for","events":[{"index":0}]}' },
]

/** The world of a test: a log with some events in it, and somebody who remembers. */
async function begin(folder: string): Promise<{ server: Machine; client: Client; story: Story }> {
  console.log(`seed ${SEED} (SEED=${SEED} runs it again)`)
  const server = await startMachine(folder)
  const client = new Client(server, 16)
  const story = new Story(new Plan(chanceOf(SEED), Date.now()))
  await story.settle(client)
  const erased = { type: 'invoice.paid', actor: { type: 'user', id: 'user_1', name: 'Ada' } }
  await client.json({ method: 'POST', path: '/v1/events', org: 'default', body: JSON.stringify(erased) }, 201)
  expect(await story.pour(client, UNITS)).toEqual([])
  expect(await story.check(client)).toEqual([])
  return { server, client, story }
}

/** Every refusal says what happened, and when to come back. */
function expectClear(refusals: readonly Refusal[], why: RegExp): void {
  for (const { status, headers, problem } of refusals) {
    expect([status, problem.code], JSON.stringify(problem)).toEqual([503, 'storage_failed'])
    expect(problem.detail).toMatch(why)
    expect(problem.detail).toMatch(/Check the disk, then say the same event ids again/)
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
  }
}

/** The server that a start became, or undefined where it ended instead. */
async function startedOrNot(folder: string): Promise<Machine | string> {
  try {
    return await startMachine(folder)
  } catch (error) {
    return String(error)
  }
}

/** Reading goes on; a list that the index cannot give for now says so. */
async function expectReadable(client: Client, story: Story): Promise<void> {
  expect(await story.checkLog(client)).toEqual([])
  const faults = await story.check(client).catch((error: Error) => {
    expect(error.message).toMatch(/ answered 503: .*"storage_failed".*index cannot follow the log .*Check the disk/)
    return 'no lists'
  })
  if (faults === 'no lists') console.log('the index has no room: lists are refused, and say why')
  else expect(faults).toEqual([])
  for (const path of ['/healthz', '/metrics']) expect((await client.call({ path })).status).toBe(200)
}

/** Everything that was refused is said again, and then everything ever said is there once. */
async function expectResumed(client: Client, story: Story): Promise<void> {
  expect(await story.check(client)).toEqual([])
  expect(await story.sayAgain(client)).toEqual([])
  expect(await story.pour(client, UNITS)).toEqual([])
  expect(await story.check(client)).toEqual([])
  expect(story.recorded).toBe(story.acknowledged)
}

const disk = smallDisk(DISK_MEGABYTES)
if (disk === undefined)
  console.warn(
    'Nobody may mount a small disk here: as root, `mount -t tmpfs` can. A limit on the size of files stands in.',
  )

describe.skipIf(disk === undefined)('a disk that is really full', { timeout: TIMEOUT_MS }, () => {
  it('refuses what does not fit, goes on reading, survives kills, and takes events again when there is room', async () => {
    if (disk === undefined) return
    let { server, client, story } = await begin(disk.folder)
    disk.fill(LEFT_BYTES)
    const refusals = await story.pour(client, UNITS)
    console.log(`${refusals.length} of ${UNITS} requests did not fit; ${disk.freeBytes()} bytes are free`)
    expect(refusals.length).toBeGreaterThan(0)
    expectClear(refusals, /disk is full/)
    await expectReadable(client, story)
    for (const call of WRITES) {
      const { status, headers, body } = await client.call(call)
      expect([call.path, status], body.toString()).toEqual([call.path, 503])
      expect(body.toString()).toMatch(/"storage_failed".*disk/)
      expect(Number(headers['retry-after'])).toBeGreaterThan(0)
    }
    // Without a restart: the next request after there is room.
    disk.free()
    await expectResumed(client, story)
    for (const call of WRITES) expect((await client.call(call)).status).toBeLessThan(300)

    disk.fill()
    expectClear(await story.pour(client, UNITS), /disk is full/)
    await server.kill()
    client.close()
    // Not a byte is free at this start: either it serves what there is, or it says why not.
    const started = await startedOrNot(disk.folder)
    console.log(typeof started === 'string' ? started : 'a start on the full disk serves')
    if (typeof started === 'string') expect(started).toMatch(/disk is full|ENOSPC|no space left/i)
    else {
      client = new Client(started, 16)
      await expectReadable(client, story)
      expectClear(await story.pour(client, 20), /disk is full/)
      await started.kill()
      client.close()
    }

    disk.free()
    server = await startMachine(disk.folder)
    client = new Client(server, 16)
    await expectResumed(client, story)
    client.close()
    expect((await server.stop()).code).toBe(0)
  })
})

describe('a limit on how large files may grow', { timeout: TIMEOUT_MS }, () => {
  it('refuses what would pass it, goes on reading, and takes events again when it is lifted', async (context) => {
    const { server, client, story } = await begin(temporaryFolder())
    const pid = server.process.pid ?? 0
    const bytes = statSync(join(server.folder, 'log.sqlite-wal')).size + LEFT_BYTES
    if (!limitFiles(pid, bytes)) {
      await server.stop()
      return context.skip('prlimit is not on the PATH: apt-get install util-linux')
    }
    const refusals = await story.pour(client, UNITS)
    console.log(`${refusals.length} of ${UNITS} requests passed the limit of ${bytes} bytes`)
    expect(refusals.length).toBeGreaterThan(0)
    expectClear(refusals, /disk I\/O error|disk is full/)
    await expectReadable(client, story)
    limitFiles(pid, 'unlimited')
    await expectResumed(client, story)
    client.close()
    expect((await server.stop()).code).toBe(0)
  })
})
