/** Witnesses as processes: two over one memory race and never cosign a fork; killed at any moment, none forgets what it said. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { get, post, temporaryFolder, TestLog } from './support.js'

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

const running = new Set<ChildProcess>()
afterAll(() => {
  for (const child of running) child.kill('SIGKILL')
})

interface Process {
  readonly child: ChildProcess
  readonly url: string
  readonly vkey: string
  readonly policyLine: string
}

async function launch(data: string, logs: string, ...more: readonly string[]): Promise<Process> {
  const args = [MAIN, 'witness', '--data', data, '--logs', logs, '--port', '0', '--json', ...more]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  running.add(child)
  child.once('exit', () => running.delete(child))
  const died = once(child, 'exit').then(([code]) => Promise.reject(new Error(`it ended with ${String(code)}`)))
  const [line] = (await Promise.race([once(createInterface(child.stdout), 'line'), died])) as [string]
  died.catch(() => undefined)
  const { url, vkey, policy_line: policyLine } = JSON.parse(line) as { url: string; vkey: string; policy_line: string }
  return { child, url, vkey, policyLine }
}

async function end({ child }: Process, signal: NodeJS.Signals): Promise<number | null> {
  const ended = once(child, 'exit') as Promise<[number | null]>
  child.kill(signal)
  return (await ended)[0]
}

function logsFile(folder: string, logs: readonly TestLog[]): string {
  const path = join(folder, 'logs')
  writeFileSync(path, logs.map(({ vkey }) => `${vkey}\n`).join(''))
  return path
}

const SEED = Number(process.env.SEED ?? Date.now() % 100_000)
let state = SEED
/** Numbers that follow from the seed. */
const chance = (below: number): number => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
  return (state >>> 8) % below
}

describe('two processes over one memory', () => {
  test('cosign one side of each fork, however the two sides race', async () => {
    const folder = temporaryFolder()
    const logs = Array.from({ length: 30 }, (_, i) => new TestLog(`race.example/${i}`))
    const file = logsFile(folder, logs)
    const data = join(folder, 'witness')
    const one = await launch(data, file)
    const two = await launch(data, file)
    expect(two.vkey).toBe(one.vkey)
    const outcomes = await Promise.all(
      logs.map(async (log) => {
        const sides = [log, log.fork(0)]
        const replies = await Promise.all(
          [one, two, two, one].map(({ url }, i) => post(url, (sides[i % 2] as TestLog).growth(0, 7))),
        )
        const won = replies.flatMap(({ status }, i) => (status === 200 ? [i % 2] : []))
        for (const { status } of replies) expect([200, 409]).toContain(status)
        return new Set(won).size
      }),
    )
    expect(outcomes).toEqual(logs.map(() => 1))
    expect(await end(one, 'SIGTERM')).toBe(0)
    expect(await end(two, 'SIGINT')).toBe(0)
  }, 30_000)
})

describe('a witness that is killed', () => {
  test('comes back with all that it said, and refuses the other side of it', async () => {
    console.log(`seed ${SEED}`)
    const folder = temporaryFolder()
    const logs = Array.from({ length: 8 }, (_, i) => new TestLog(`kill.example/${i}`))
    const file = logsFile(folder, logs)
    const held = new Map(logs.map((log) => [log, 0]))
    let witness = await launch(join(folder, 'witness'), file)
    for (let round = 0; round < 4; round++) {
      const { url } = witness
      const over = new AbortController()
      const work = logs.map(async (log) => {
        for (let sent = 0; !over.signal.aborted; sent++) {
          const from = held.get(log) ?? 0
          const size = from + 1 + ((sent + round) % 5)
          const reply = await post(url, log.growth(from, size)).catch(() => undefined)
          if (reply?.status === 200) held.set(log, size)
          // A kill may lose the answer to what was kept: the witness is asked where it stands, as any client would.
          else if (reply?.status === 409) held.set(log, Number(reply.text))
          else return
        }
      })
      while ([...held.values()].reduce((a, b) => a + b, 0) < (round + 1) * (200 + chance(200)))
        await get(url, '/healthz')
      await end(witness, 'SIGKILL')
      over.abort()
      await Promise.all(work)
      witness = await launch(join(folder, 'witness'), file)
      for (const [log, size] of held) {
        const { text } = await get(witness.url, `/${log.hash}/checkpoint`)
        const kept = Number(text.split('\n')[1])
        expect(kept, `seed ${SEED}, round ${round}`).toBeGreaterThanOrEqual(size)
        expect(text.startsWith(log.text(kept))).toBe(true)
        expect((await post(witness.url, log.fork(kept - 1).growth(kept, kept))).status).toBe(409)
        expect((await post(witness.url, log.fork(kept - 1).growth(kept, kept + 3))).status).toBe(422)
        held.set(log, kept)
      }
    }
    expect(await end(witness, 'SIGTERM')).toBe(0)
  }, 60_000)

  test('reads its file of logs again when it is told to, and keeps the old ones where the new file is wrong', async () => {
    const folder = temporaryFolder()
    const [a, b] = [new TestLog('hup.example/a'), new TestLog('hup.example/b')] as const
    const file = logsFile(folder, [a])
    const witness = await launch(join(folder, 'witness'), file, '--name', 'w.example')
    expect(witness.policyLine).toBe(`witness w.example ${witness.vkey} ${witness.url}`)
    expect((await post(witness.url, b.growth(0, 1))).status).toBe(404)
    logsFile(folder, [a, b])
    witness.child.kill('SIGHUP')
    while ((await post(witness.url, b.growth(0, 1))).status === 404);
    writeFileSync(file, 'nonsense\n')
    witness.child.kill('SIGHUP')
    for (let i = 0; i < 50; i++) expect((await get(witness.url, '/healthz')).status).toBe(200)
    expect((await post(witness.url, b.growth(1, 2))).status).toBe(200)
    await end(witness, 'SIGTERM')
  }, 30_000)
})
