/** The sync of the data precedes the first byte of the 201: seen by strace, which a SIGKILL test cannot see. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { Client } from './client.js'
import { chanceOf, ORGANIZATIONS, Plan, pour, type SaidUnit, say } from './load.js'
import { startMachine, temporaryFolder } from './machine.js'
import { type Call, checkTrace, parseTrace, TRACED } from './strace.js'

const CONNECTIONS = 64
const REQUESTS = 400
const TIMEOUT_MS = 120_000
/** More than the longest write: an answer with 50 receipts. */
const STRING_BYTES_MAX = 131_072

const hasStrace = spawnSync('strace', ['-V']).status === 0
const GET_IT = 'strace is not on the PATH, so no sync can be seen: apt-get install strace'
if (!hasStrace && !process.env.CI) console.warn(`${GET_IT}. Skipped here; CI must have it.`)

/** Runs the server under strace, does something with it, stops it, and reads the trace. */
async function trace(act: (client: Client) => Promise<void>): Promise<Trace> {
  const folder = temporaryFolder()
  const file = join(temporaryFolder(), 'trace')
  const options = ['-f', '-y', '-tt', '-s', String(STRING_BYTES_MAX), '-e', `trace=${TRACED.join()}`, '-o', file]
  const server = await startMachine(join(folder, 'data'), ['strace', ...options])
  const client = new Client(server, CONNECTIONS)
  await act(client)
  client.close()
  expect((await server.stop()).code).toBe(0)
  return { lines: readFileSync(file, 'latin1').split('\n'), wal: join(folder, 'data', 'log.sqlite-wal') }
}

interface Trace {
  readonly lines: readonly string[]
  readonly wal: string
}

const check = ({ lines, wal }: Trace) => checkTrace(lines, wal)

/** The completed syncs of the WAL, in a trace. */
const syncsOf = ({ lines, wal }: Trace): Call[] =>
  parseTrace(lines).filter(({ name, file }) => /^f(data)?sync$/.test(name) && file === wal)

/** The trace as it would be without some calls. */
function without({ lines, wal }: Trace, calls: readonly Call[]): Trace {
  const gone = new Set(calls.flatMap(({ from, to }) => [from, to]))
  return { lines: lines.filter((_, number) => !gone.has(number)), wal }
}

/** The trace as it would be if a call had begun and ended only after another line. */
function later({ lines, wal }: Trace, { from, to }: Call, after: number): Trace {
  // Under another thread's number: its own may be in the middle of something else by then.
  const moved = (from === to ? [from] : [from, to]).map((number) => (lines[number] ?? '').replace(/^\d+/, '999999'))
  const rest = lines.flatMap((line, number) => {
    const kept = number === from || number === to ? [] : [line]
    return number === after ? [...kept, ...moved] : kept
  })
  return { lines: rest, wal }
}

describe.skipIf(!hasStrace && !process.env.CI)('the sync of the data', { timeout: TIMEOUT_MS }, () => {
  let [lone, load]: Trace[] = []
  const unanswered: SaidUnit[] = []

  beforeAll(async () => {
    if (!hasStrace) throw new Error(GET_IT)
    lone = await trace(async (client) => {
      const unit = { org: 'default', batched: false, events: [{ id: 'evt_lone', type: 'invoice.paid' }] }
      expect((await say(client, unit)).receipts[0]?.status).toBe('recorded')
    })
    load = await trace(async (client) => {
      for (const org of ORGANIZATIONS) {
        await client.json({ method: 'PUT', path: `/v1/organizations/${org}`, body: '{}' }, 200, 201)
      }
      const plan = new Plan(chanceOf(Number(process.env.SEED ?? 1)), Date.now())
      let left = REQUESTS
      const listener = { acknowledged: () => undefined, unanswered: (unit: SaidUnit) => unanswered.push(unit) }
      await pour(client, CONNECTIONS, () => (left-- > 0 ? plan.next() : undefined), listener)
    })
  }, TIMEOUT_MS)

  const traced = (which: Trace | undefined): Trace => {
    if (which === undefined) throw new Error('there is no trace')
    return which
  }

  it('ends before the 201 of a lone request begins', () => {
    const { answers, commits, faults } = check(traced(lone))
    expect(faults).toEqual([])
    expect(answers).toHaveLength(1)
    expect(answers[0]?.syncs).toHaveLength(1)
    expect(commits).toBe(1)
  })

  it('ends before each 201 begins, over many connections', () => {
    const { answers, commits, faults } = check(traced(load))
    console.log(`${answers.length} answers on ${commits} commits, each synced before its first byte`)
    expect(faults).toEqual([])
    expect(unanswered).toEqual([])
    expect(answers).toHaveLength(REQUESTS)
    expect(commits).toBeGreaterThan(1)
    expect(commits).toBeLessThan(REQUESTS)
  })

  describe('is asked for: a trace is refused', () => {
    it('where none was made', () => {
      for (const [which, answers] of [
        [lone, 1],
        [load, REQUESTS],
      ] as const) {
        const asynchronous = without(traced(which), syncsOf(traced(which)))
        expect(check(asynchronous).faults).toHaveLength(answers)
      }
    })

    it('where it failed', () => {
      const { lines, wal } = traced(lone)
      const failed = lines.map((line) =>
        line.includes('sync(') ? line.replace(/= 0$/, '= -1 EIO (Input/output error)') : line,
      )
      expect(check({ lines: failed, wal }).faults).toEqual([expect.stringContaining('no sync between')])
    })

    it('where it was of another file', () => {
      const { lines, wal } = traced(lone)
      const other = lines.map((line) => (line.includes('sync(') ? line.replace('log.sqlite-wal', 'index/run-1') : line))
      expect(check({ lines: other, wal }).faults).toEqual([expect.stringContaining('no sync between')])
    })

    it('where it began before the commit was written whole', () => {
      const { lines, wal } = traced(lone)
      const [sync] = check({ lines, wal }).answers[0]?.syncs ?? []
      const commit = lines.findLastIndex((line, number) => number < (sync?.from ?? 0) && line.includes(`<${wal}>, `))
      const begun = (lines[sync?.from ?? 0] ?? '').replace(/\) += 0$/, ' <unfinished ...>')
      const resumed = begun.replace(/fsync\(.*|fdatasync\(.*/, (call) => `<... ${call.split('(')[0]} resumed>) = 0`)
      const early = lines.flatMap((line, number) => {
        if (number === commit) return [begun, line.replace(/^\d+/, '999999')]
        return [number === sync?.from ? resumed : line]
      })
      expect(check({ lines: early, wal }).faults).toEqual([expect.stringContaining('no sync between')])
    })

    it('where any one of them, under load, came after its 201', () => {
      const real = traced(load)
      const { answers } = check(real)
      // The answers that stand on one sync alone; where the next group was synced before it, that one covers it too.
      const onOne = answers.filter(({ syncs }) => syncs.length === 1)
      expect(onOne.length).toBeGreaterThan(10)
      for (const { from, syncs } of onOne.filter((_, i) => i % Math.ceil(onOne.length / 5) === 0)) {
        const { faults } = check(later(real, syncs[0] as Call, from))
        expect(faults.join('\n')).toMatch(/no sync between/)
      }
    })
  })
})
