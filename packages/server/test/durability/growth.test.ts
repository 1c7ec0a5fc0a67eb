/** Nothing grows without bound: a short soak, and a stranger who reads an old state of the log for long. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { Client } from './client.js'
import { startMachine, temporaryFolder } from './machine.js'

const SOAK = fileURLToPath(new URL('../../../../scripts/soak.mjs', import.meta.url))
const SOAK_EVENTS = 20_000
const TIMEOUT_MS = 300_000
const SEED = Number(process.env.SEED ?? 11)
/** What the writer leaves of a write-ahead log that had to grow. */
const WRITE_AHEAD_BYTES_MAX = 33_554_432
const LARGE_BATCHES = 12
const LARGE_BATCH_EVENTS = 1_000

async function sayLarge(client: Client, batch: number): Promise<void> {
  const events = Array.from({ length: LARGE_BATCH_EVENTS }, (_, i) => ({
    id: `evt_${batch}_${i}`,
    type: 'invoice.paid',
    description: 'x'.repeat(3_000),
  }))
  await client.json({ method: 'POST', path: '/v1/events/batch', body: JSON.stringify(events) }, 201)
}

interface Judged {
  readonly what: string
  readonly first: number
  readonly last: number
  readonly most: number
}

describe('what must not grow', { timeout: TIMEOUT_MS }, () => {
  it(`is bounded over ${SOAK_EVENTS} events of mixed load, after which the log verifies`, async () => {
    const soak = spawn(process.execPath, [SOAK, '--events', String(SOAK_EVENTS), '--seed', String(SEED), '--json'])
    let [said, complained] = ['', '']
    soak.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
    soak.stderr.setEncoding('utf8').on('data', (text: string) => (complained += text))
    const [code] = (await once(soak, 'close')) as [number]
    expect([code, complained], said).toEqual([0, ''])
    const { judged, faults, counts } = JSON.parse(said) as {
      judged: readonly Judged[]
      faults: readonly string[]
      counts: { readonly [what: string]: number }
    }
    console.log(judged.map(({ what, first, last, most }) => `${what}: ${first}, ${last}, ${most}`).join('\n'))
    expect(faults).toEqual([])
    for (const did of ['lists', 'searches', 'polls', 'erasures', 'streamed']) expect(counts[did]).toBeGreaterThan(0)
    const of = (name: string) => judged.find(({ what }) => what === name) as Judged
    expect(of('descriptors').last).toBeLessThanOrEqual(of('descriptors').first + 8)
    expect(of('write-ahead MB').most).toBeLessThan(128)
    expect(of('index files').most).toBeLessThan(64)
  })

  it('the write-ahead log: it grows while somebody reads an older state, and shrinks when he is done', async () => {
    const server = await startMachine(temporaryFolder())
    const client = new Client(server, 16)
    const size = () => statSync(join(server.folder, 'log.sqlite-wal')).size
    const stranger = new DatabaseSync(join(server.folder, 'log.sqlite'), { readOnly: true })
    stranger.exec('BEGIN')
    stranger.prepare('SELECT count(*) FROM entry').get()
    for (let batch = 0; batch < LARGE_BATCHES; batch++) await sayLarge(client, batch)
    const grown = size()
    stranger.exec('COMMIT')
    stranger.close()
    for (let batch = 0; batch < 3; batch++) await sayLarge(client, LARGE_BATCHES + batch)
    console.log(`the write-ahead log came to ${grown} bytes, and went back to ${size()}`)
    expect(grown).toBeGreaterThan(WRITE_AHEAD_BYTES_MAX)
    expect(size()).toBeLessThanOrEqual(WRITE_AHEAD_BYTES_MAX)
    client.close()
    expect((await server.stop()).code).toBe(0)
  })
})
