/** A witness over HTTP: each answer of c2sp.org/tlog-witness, and the laws that make its cosignatures worth something. */
import { chmodSync, readFileSync, rmSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { concatBytes, encodeBase64, encodeUtf8 } from '@sealedlog/sdk/base'
import {
  checkConsistency,
  cosignatureVerifier,
  formatCheckpoint,
  formatGrowth,
  formatNote,
  type NoteSignature,
  openNote,
  parseCheckpoint,
  parseCosignature,
  parseNote,
  parseVerifierKey,
  signNote,
} from '@sealedlog/sdk/merkle'
import { afterAll, describe, expect, test } from 'vitest'
import { verifyEd25519 } from '../../dist/sink/ed25519.js'
import { parseLogs, type RunningWitness, startWitness, type WitnessServerOptions } from '../../dist/witness/index.js'
import { SqliteWitnessStore } from '../../dist/witness/sqlite/witness-store.js'
import { MISFITS_MAX } from '../../dist/witness/port.js'
import { get, post, temporaryFolder, TestLog } from './support.js'

const running = new Set<RunningWitness>()
afterAll(async () => {
  for (const witness of running) await witness.close()
})

async function start(
  logs: readonly TestLog[],
  { data = temporaryFolder(), ...options }: Partial<WitnessServerOptions> = {},
): Promise<RunningWitness & { readonly data: string }> {
  const vkeys = logs.map(({ vkey }) => vkey).join('\n')
  const witness = await startWitness({ data, logs: parseLogs(vkeys, 'logs'), host: '127.0.0.1', port: 0, ...options })
  running.add(witness)
  return { ...witness, data }
}

async function stop(witness: RunningWitness): Promise<void> {
  running.delete(witness)
  await witness.close()
}

/** The cosignature of an answer, verified over the text that was sent. */
function cosignatureOf(witness: RunningWitness, text: string, lines: string): NoteSignature {
  const verifier = cosignatureVerifier(parseVerifierKey(witness.vkey), verifyEd25519)
  const { verified, unverified } = openNote(`${text}\n${lines}`, [verifier])
  expect([verified.length, unverified.length]).toEqual([1, 0])
  return verified[0] as NoteSignature
}

describe('a witness', () => {
  const log = new TestLog('log.example/1')

  test('cosigns a log from its first checkpoint on, as it grows', async () => {
    const nowMs = 1_700_000_000_999
    const witness = await start([log], { nowMs: () => nowMs })
    for (const [oldSize, size] of [
      [0, 3],
      [3, 300],
      [300, 300],
      [300, 1000],
    ] as const) {
      const { status, type, text } = await post(witness.url, log.growth(oldSize, size))
      expect([status, type]).toEqual([200, 'text/plain; charset=utf-8'])
      const { signature } = cosignatureOf(witness, log.text(size), text)
      expect(parseCosignature(signature)?.timeSeconds).toBe(1_700_000_000)
      const kept = await get(witness.url, `/${log.hash}/checkpoint`)
      expect(kept).toEqual({ status: 200, type, text: `${log.note(size)}${text}` })
    }
  })

  test('takes an empty log, and none that is empty with another root', async () => {
    const witness = await start([log])
    expect((await post(witness.url, log.growth(0, 0))).status).toBe(200)
    expect((await post(witness.url, log.growth(0, 0))).status).toBe(200)
    expect((await post(witness.url, log.growth(0, 2))).status).toBe(200)
    const other = await start([log])
    const text = formatCheckpoint({ origin: log.origin, size: 0, root: log.root(1), extensions: [] })
    const checkpoint = signNote(text, [log.key])
    expect((await post(other.url, formatGrowth({ oldSize: 0, hashes: [], checkpoint }))).status).toBe(422)
  })

  test('answers what it cannot take as the standard says, and goes on from where it was', async () => {
    const stranger = new TestLog('log.example/2')
    const fork = log.fork(3)
    const witness = await start([log])
    const add = (body: string) => post(witness.url, body)
    const size = (n: number) => ({ status: 409, type: 'text/x.tlog.size', text: `${n}\n` })
    const sends = async (body: string, status: number) =>
      expect([status, (await add(body)).status]).toEqual([status, status])
    expect(await add(log.growth(5, 9))).toEqual(size(0))
    expect((await get(witness.url, `/${log.hash}/checkpoint`)).status).toBe(404)
    await sends(log.growth(0, 9), 200)
    const before = await get(witness.url, `/${log.hash}/checkpoint`)

    // 400: what is no such request
    for (const body of [
      '',
      'old 9\n',
      log.growth(9, 20).replace('old 9', 'old 09'),
      log.growth(9, 20).replace('old 9', 'new 9'),
      log.growth(9, 20).slice(0, -1),
      formatGrowth({ oldSize: 9, hashes: [], checkpoint: signNote('only\ntwo\n', [log.key]) }),
      formatGrowth({ oldSize: 21, hashes: [], checkpoint: log.note(20) }),
      `old 9\n${`${encodeBase64(new Uint8Array(32))}\n`.repeat(64)}\n${log.note(20)}`,
    ])
      await sends(body, 400)
    const notText = concatBytes([encodeUtf8('old 0\n\n'), Uint8Array.of(0xff)])
    expect((await post(witness.url, notText)).status).toBe(400)

    // 404, 403: of whom, by whom
    await sends(stranger.growth(0, 1), 404)
    const { text, signatures } = parseNote(log.note(20))
    const [own] = signatures
    const broken = { ...(own as NoteSignature), signature: new Uint8Array(64) }
    const grown = { oldSize: 9, hashes: log.consistency(9, 20) }
    await sends(formatGrowth({ ...grown, checkpoint: signNote(text, [stranger.key]) }), 403)
    await sends(formatGrowth({ ...grown, checkpoint: formatNote({ text, signatures: [broken] }) }), 403)
    await sends(
      formatGrowth({ ...grown, checkpoint: formatNote({ text, signatures: [own as NoteSignature, broken] }) }),
      403,
    )

    // 409: from another size than it holds; the same size with another root
    for (const body of [log.growth(0, 20), log.growth(8, 20), log.growth(10, 20), log.growth(3, 5)])
      expect(await add(body)).toEqual(size(9))
    expect(await add(fork.growth(9, 9))).toEqual(size(9))

    // 422: no proof of growth
    await sends(fork.growth(9, 20), 422)
    await sends(formatGrowth({ ...grown, hashes: grown.hashes.slice(1), checkpoint: log.note(20) }), 422)
    await sends(formatGrowth({ ...grown, hashes: [], checkpoint: log.note(20) }), 422)
    await sends(formatGrowth({ oldSize: 9, hashes: [log.root(1)], checkpoint: log.note(9) }), 422)

    expect(await get(witness.url, `/${log.hash}/checkpoint`)).toEqual(before)
    await sends(log.growth(9, 20), 200)
  })

  test('refuses a proof where there is nothing to prove', async () => {
    const witness = await start([log])
    const body = formatGrowth({ oldSize: 0, hashes: [log.root(1)], checkpoint: log.note(9) })
    expect((await post(witness.url, body)).status).toBe(422)
  })

  test('ignores signatures by keys that it does not know, and keeps none of them', async () => {
    const witness = await start([log])
    const stranger = new TestLog('stranger.example')
    const checkpoint = signNote(log.text(5), [stranger.key, log.key])
    const { status, text } = await post(witness.url, formatGrowth({ oldSize: 0, hashes: [], checkpoint }))
    expect(status).toBe(200)
    expect((await get(witness.url, `/${log.hash}/checkpoint`)).text).toBe(`${log.note(5)}${text}`)
  })

  test('answers a shut door to everything else', async () => {
    const { url } = await start([log])
    expect(await get(url, '/healthz')).toEqual({ status: 200, type: 'text/plain; charset=utf-8', text: 'ok\n' })
    expect((await get(url, '/healthz', 'HEAD')).status).toBe(200)
    expect((await get(url, '/')).status).toBe(404)
    expect((await get(url, `/${log.hash.toUpperCase()}/checkpoint`)).status).toBe(404)
    expect((await get(url, `/${log.hash}/checkpoint`, 'DELETE')).status).toBe(405)
    expect((await get(url, '/add-checkpoint')).status).toBe(405)
    expect((await post(url, 'x'.repeat(262_145)).catch(() => ({ status: 413 }))).status).toBe(413)
  })

  test('goes by the log’s newest key as well as by its old one, where it was told both', async () => {
    const witness = await start([])
    expect((await post(witness.url, log.growth(0, 2))).status).toBe(404)
    witness.setLogs(parseLogs(`# rotated\n\n${log.vkey}\n`, 'logs'))
    expect((await post(witness.url, log.growth(0, 2))).status).toBe(200)
    expect(() => parseLogs(`\n${log.vkey.slice(0, -4)}`, 'logs.txt')).toThrow('Line 2 of logs.txt')
    expect(() => parseLogs(witness.vkey, 'logs.txt')).toThrow('no Ed25519 key of a log')
  })
})

describe('time', () => {
  test('never runs backwards in what is cosigned of a log, whatever the clock does', async () => {
    const log = new TestLog('log.example/time')
    let nowMs = 1_700_000_000_000
    const witness = await start([log], { nowMs: () => nowMs })
    const times: (number | undefined)[] = []
    for (const [oldSize, size, ms] of [
      [0, 1, 0],
      [1, 2, 5_000],
      [2, 2, -100_000],
      [2, 3, -1_000],
      [3, 4, 200_000],
    ] as const) {
      nowMs += ms
      const { text } = await post(witness.url, log.growth(oldSize, size))
      times.push(parseCosignature(cosignatureOf(witness, log.text(size), text).signature)?.timeSeconds)
    }
    expect(times).toEqual([0, 5, 5, 5, 104].map((seconds) => 1_700_000_000 + seconds))
  })
})

describe('a split view', () => {
  test('is cosigned on one side alone, and what spoke for the other is kept as evidence', async () => {
    const log = new TestLog('log.example/split')
    const fork = log.fork(5)
    const witness = await start([log])
    await post(witness.url, log.growth(0, 9))
    expect((await post(witness.url, fork.growth(9, 9))).status).toBe(409)
    expect((await post(witness.url, fork.growth(9, 40))).status).toBe(422)
    expect((await post(witness.url, fork.growth(9, 40))).status).toBe(422)
    await stop(witness)
    const store = new SqliteWitnessStore(join(witness.data, 'witness.sqlite'), witness.vkey)
    const misfits = store.misfits(log.origin)
    expect(misfits.map(({ note }) => note)).toEqual([fork.note(9), fork.note(40)])
    expect(misfits.map(({ request }) => request)).toEqual([fork.growth(9, 9), fork.growth(9, 40)])
    store.close()
    const again = await start([log], { data: witness.data })
    expect((await post(again.url, fork.growth(9, 40))).status).toBe(422)
    expect((await post(again.url, log.growth(9, 40))).status).toBe(200)
  })

  test('is not hidden behind a heap of what only looks like one: a good checkpoint with lines and proofs of a stranger’s', async () => {
    const log = new TestLog('log.example/heap')
    const witness = await start([log])
    await post(witness.url, log.growth(0, 9))
    const bad = log.fork(3).consistency(9, 40)
    for (let i = 0; i < 5; i++) {
      const line = `— stranger/${i} ${Buffer.from(`0000stranger ${i}`).toString('base64')}\n`
      const body = formatGrowth({ oldSize: 9, hashes: bad, checkpoint: log.note(40) + line })
      expect((await post(witness.url, body)).status).toBe(422)
    }
    await post(witness.url, log.fork(5).growth(9, 9))
    await stop(witness)
    const store = new SqliteWitnessStore(join(witness.data, 'witness.sqlite'), witness.vkey)
    expect(store.misfits(log.origin).map(({ note }) => note)).toEqual([log.note(40), log.fork(5).note(9)])
    store.close()
  })

  test('fills no disk: so much evidence is kept, and no more', () => {
    const store = new SqliteWitnessStore(join(temporaryFolder(), 'w.sqlite'), 'vkey')
    for (let i = 0; i < MISFITS_MAX + 5; i++)
      store.advance('o', () => ({ answer: 0, misfit: { note: `note ${i}`, request: '', atSeconds: i } }))
    expect(store.misfits('o')).toHaveLength(MISFITS_MAX)
    const fork = { note: 'a fork', request: '', atSeconds: 1 }
    store.advance('o', () => ({ answer: 0, misfit: fork, isFork: true }))
    expect(store.misfits('o').at(-1)).toEqual(fork)
    store.close()
  })

  test('is never cosigned on both sides, in whatever order requests of two forks come, with restarts between', async () => {
    const data = temporaryFolder()
    let n = 0
    const step = fc.record({
      side: fc.nat(1),
      oldSize: fc.option(fc.nat(12), { freq: 4 }),
      grow: fc.nat(6),
      restart: fc.boolean().map((maybe) => maybe),
    })
    let witness = await start([], { data })
    await fc.assert(
      fc.asyncProperty(fc.nat(6), fc.array(step, { minLength: 4, maxLength: 14 }), async (forkedAt, steps) => {
        const log = new TestLog(`log.example/law/${n++}`)
        const sides = [log, log.fork(forkedAt)]
        const logs = parseLogs(log.vkey, 'logs')
        witness.setLogs(logs)
        const cosigned: { readonly side: number; readonly size: number }[] = []
        let held = 0
        for (const { side, oldSize, grow, restart } of steps) {
          if (restart && grow === 0) {
            await stop(witness)
            witness = await start([log], { data })
          }
          const from = oldSize ?? held
          const { status, text } = await post(witness.url, (sides[side] as TestLog).growth(from, from + grow))
          if (status === 409) expect(text).toBe(`${held}\n`)
          if (status !== 200) continue
          held = from + grow
          cosigned.push({ side, size: held })
        }
        const sizes = cosigned.map(({ size }) => size)
        expect(sizes).toEqual(sizes.toSorted((a, b) => a - b))
        const beyond = cosigned.filter(({ size }) => size > forkedAt).map(({ side }) => side)
        expect(new Set(beyond).size).toBeLessThan(2)
        for (const [i, { side, size }] of cosigned.entries()) {
          const before = cosigned[i - 1]
          if (before === undefined) continue
          const tree = sides[side] as TestLog
          const oldRoot = (sides[before.side] as TestLog).root(before.size)
          const proof = tree.consistency(before.size, size)
          checkConsistency({ oldSize: before.size, newSize: size, oldRoot, newRoot: tree.root(size), proof })
        }
      }),
      { numRuns: 40 },
    )
  })
})

describe('what a witness keeps', () => {
  const log = new TestLog('log.example/kept')

  test('is its own name and key, the key in a file that only its owner reads', async () => {
    const first = await start([log], { name: 'witness.example.com/w1' })
    expect(statSync(join(first.data, 'witness.key')).mode & 0o777).toBe(0o600)
    await stop(first)
    const again = await start([log], { data: first.data })
    expect([again.name, again.vkey]).toEqual(['witness.example.com/w1', first.vkey])
    await expect(start([log], { data: first.data, name: 'another' })).rejects.toThrow('not of another')
    const unnamed = await start([log])
    expect(unnamed.name).toMatch(/^witness-[0-9a-f]{16}\.sealedlog\.invalid$/)
    await expect(start([log], { name: 'a b' })).rejects.toThrow('no name for a key')
  })

  test('must be whole: without its memory, with another key, or with a key that others may read, it does not start', async () => {
    const witness = await start([log])
    const key = join(witness.data, 'witness.key')
    await post(witness.url, log.growth(0, 5))
    await stop(witness)
    const other = await start([log])
    await stop(other)
    chmodSync(key, 0o640)
    await expect(start([log], { data: witness.data })).rejects.toThrow('chmod 600')
    chmodSync(key, 0o600)
    rmSync(join(other.data, 'witness.sqlite'))
    await expect(start([log], { data: other.data })).rejects.toThrow('a witness that forgot')
    rmSync(key)
    await expect(start([log], { data: witness.data })).rejects.toThrow('Put it back')
    expect(() => new SqliteWitnessStore(join(witness.data, 'witness.sqlite'), other.vkey)).toThrow('is of the witness')
    expect(readFileSync(join(other.data, 'witness.key'), 'utf8')).toContain(other.name)
  })

  test('is in a file that refuses to forget, to shrink and to be rewritten', async () => {
    const witness = await start([log])
    await post(witness.url, log.growth(0, 5))
    await post(witness.url, log.fork(2).growth(5, 5))
    await stop(witness)
    const db = new DatabaseSync(join(witness.data, 'witness.sqlite'))
    for (const sql of [
      'DELETE FROM cosigned',
      'DELETE FROM misfit',
      'UPDATE cosigned SET size = 4',
      "UPDATE cosigned SET root = x'00'",
      'UPDATE cosigned SET time = 1',
    ])
      expect(() => db.exec(sql)).toThrow(/forgets nothing|goes forwards/)
    db.close()
  })

  test('is not answered before it is written: when it cannot be, nothing is cosigned', async () => {
    const failures: unknown[] = []
    const witness = await start([log], { onFailure: (error) => failures.push(error) })
    const db = new DatabaseSync(join(witness.data, 'witness.sqlite'))
    db.exec("CREATE TRIGGER full BEFORE INSERT ON cosigned BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    const { status, text } = await post(witness.url, log.growth(0, 5))
    expect([status, text.includes('—')]).toEqual([500, false])
    expect(String(failures)).toContain('disk full')
    expect((await get(witness.url, `/${log.hash}/checkpoint`)).status).toBe(404)
    db.exec('DROP TRIGGER full')
    db.close()
    const later = await post(witness.url, log.growth(0, 5))
    expect(later.status).toBe(200)
    expect(parseCheckpoint(parseNote((await get(witness.url, `/${log.hash}/checkpoint`)).text).text).size).toBe(5)
  })
})
