/** A disk that hardly answers: the queue is bounded, what passes it is refused with 429, and memory stays where it is. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Answer, Client } from './client.js'
import { strike, whyNoFaults } from './failing.js'
import { type Machine, startMachine, temporaryFolder } from './machine.js'

/** How long each sync takes, in microseconds: a commit or two in the whole test. */
const SYNC_DELAY_US = 3_000_000
const ORGS = Array.from({ length: 4 }, (_, i) => `org-${i}`)
const CONNECTIONS = 256
const REQUESTS = 500
const BATCH_EVENTS = 500
const REFUSED_MIN = 150
/** What waits may take, twice over: its limits are of bytes that are held, and what was dropped is not collected at once. */
const GROWTH_MB_MAX = 400
const TIMEOUT_MS = 300_000

const why = whyNoFaults()
if (why !== undefined) console.warn(`${why}. Skipped here; CI must have it.`)

/** Memory of the process's own, in MB. */
const memoryOf = ({ process: { pid } }: Machine): number =>
  Number(/^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024

const batchOf = (request: number): string =>
  JSON.stringify(
    Array.from({ length: BATCH_EVENTS }, (_, i) => ({
      id: `evt_${request}_${i}`,
      type: 'invoice.paid',
      description: 'x'.repeat(400),
    })),
  )

describe.skipIf(why !== undefined)('a disk that stalls', { timeout: TIMEOUT_MS }, () => {
  it('is answered for with 201 or 429 alone; memory is bounded, reading goes on, and then all of it is written', async () => {
    const server = await startMachine(temporaryFolder())
    const [client, reader] = [new Client(server, CONNECTIONS), new Client(server, 2)]
    for (const org of ORGS) await client.json({ method: 'PUT', path: `/v1/organizations/${org}`, body: '{}' }, 201)
    const lasting = await strike(server.process.pid ?? 0, {
      calls: ['fdatasync', 'fsync'],
      what: `delay_enter=${SYNC_DELAY_US}`,
      files: [join(server.folder, 'log.sqlite-wal')],
    })
    const before = memoryOf(server)
    let [most, lifted] = [before, false]
    const answers: { readonly answer: Answer; readonly org: string }[] = []
    let next = 0
    const one = async () => {
      for (let request = next++; request < REQUESTS; request = next++) {
        const org = ORGS[request % ORGS.length] as string
        answers.push({
          answer: await client.call({ method: 'POST', path: '/v1/events/batch', org, body: batchOf(request) }),
          org,
        })
        most = Math.max(most, memoryOf(server))
        // Once it refuses, nobody needs to wait any longer.
        if (!lifted && answers.filter(({ answer }) => answer.status === 429).length > REFUSED_MIN) {
          lifted = true
          expect((await reader.call({ path: '/v1/events?limit=5', org: ORGS[0] as string })).status).toBe(200)
          await lasting.lift()
        }
      }
    }
    await Promise.all(Array.from({ length: CONNECTIONS }, one))
    if (!lifted) await lasting.lift()

    const by = (status: number) => answers.filter(({ answer }) => answer.status === status)
    console.log(
      `${by(201).length} recorded, ${by(429).length} refused; memory ${before.toFixed()} MB before, ${most.toFixed()} MB at the most`,
    )
    expect(by(201).length + by(429).length).toBe(REQUESTS)
    expect(by(429).length).toBeGreaterThan(REFUSED_MIN)
    for (const { answer } of by(429)) {
      expect(answer.body.toString()).toMatch(/"queue_full".*waiting to be written.*nothing was recorded/)
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    }
    expect(most - before).toBeLessThan(GROWTH_MB_MAX)
    for (const org of ORGS) {
      const recorded = by(201).filter((each) => each.org === org).length * BATCH_EVENTS
      const checkpoint = await reader.text({ path: `/v1/organizations/${org}/tlog/checkpoint`, org })
      expect(Number(checkpoint.split('\n')[1])).toBe(recorded)
    }
    client.close()
    reader.close()
    expect((await server.stop()).code).toBe(0)
  })
})
