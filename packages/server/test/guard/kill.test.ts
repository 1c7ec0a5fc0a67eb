/** Killed without warning under load: marks never lead, and the next start brings them to the log. */
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openLogReader } from '../../dist/store/index.js'
import { ServeProcess } from '../cli/support.js'
import { marksIn, serve, temporaryFolder } from './support.js'

const KILLS = 5
const SEED = Number(process.env.SEED ?? randomInt(2 ** 31))
const SERVE_KEY = 'slk_the_root_key_of_the_command_line_tests'

/** Waits of every length, the same ones for one seed. */
function* waits(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    yield 200 + (state % 900)
  }
}

/** Records until the server is gone. */
async function pour(url: string, round: number): Promise<void> {
  for (let i = 0; ; i++) {
    const events = Array.from({ length: 20 }, (_, j) => ({ id: `${round}-${i}-${j}`, org: 'default', type: 'a.b' }))
    const answer = await fetch(`${url}/v1/events/batch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${SERVE_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(events),
    }).catch(() => undefined)
    if (answer === undefined) return
    await answer.arrayBuffer().catch(() => undefined)
  }
}

async function sizes(data: string): Promise<ReadonlyMap<string, number>> {
  const store = openLogReader(join(data, 'log.sqlite'))
  const found = new Map((await store.heads('', 100)).map(({ origin, size }) => [origin, size]))
  await store.close()
  return found
}

test(`marks are never ahead of the log, ${KILLS} kills (SEED=${SEED})`, async () => {
  const data = join(temporaryFolder(), 'data')
  const wait = waits(SEED)
  const seen: number[] = []
  for (let round = 0; round < KILLS; round++) {
    const server = await ServeProcess.start(data)
    const load = Promise.all([pour(server.url, round), pour(server.url, round + 1_000)])
    await sleep(wait.next().value as number)
    await server.end('SIGKILL')
    await load
    const heads = await sizes(data)
    for (const { origin, size } of marksIn(`${data}.marks`)) {
      expect(size).toBeLessThanOrEqual(heads.get(origin) ?? -1)
      seen.push(size)
    }
  }
  expect(Math.max(...seen)).toBeGreaterThan(0)
  const last = await serve(data)
  await last.close()
  expect(last.said).toEqual([])
  const heads = await sizes(data)
  for (const { origin, size } of marksIn(`${data}.marks`)) expect(size).toBe(heads.get(origin))
})
