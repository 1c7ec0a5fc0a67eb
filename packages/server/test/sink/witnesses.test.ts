/** Witnesses as a sink: what they sign is put together, and whoever misbehaves harms nobody but himself. */
import {
  checkQuorum,
  cosignatureVerifiers,
  cosignedBy,
  openNote,
  parseCheckpoint,
  parsePolicy,
  type Policy,
} from '@sealedlog/sdk/merkle'
import { beforeAll, describe, expect, test } from 'vitest'
import { askableWitnesses } from '../../dist/sink/askable.js'
import { CosignedNotes } from '../../dist/sink/cosigned-notes.js'
import { WitnessSink } from '../../dist/sink/witness-sink.js'
import { SqliteStore } from '../../dist/store/index.js'
import { parseLogs } from '../../dist/witness/index.js'
import { post, temporaryFolder, TestLog } from '../witness/support.js'
import * as support from './support.js'
import {
  closedPort,
  impostor,
  offer,
  policyOf,
  type PolicyMember,
  Told,
  verifiersOf,
  verifyEd25519,
} from './support.js'

const never = new AbortController().signal
const DAY_MS = 86_400_000
let nowMs = 1_790_000_000_000

/** Witnesses go by the same clock as the sink. */
const witnessOf = (logs: readonly TestLog[] = [], clock = () => nowMs) => support.witnessOf(logs, clock)

async function openStore(folder = temporaryFolder()): Promise<SqliteStore> {
  return SqliteStore.open({ folder, seed: new Uint8Array(32), nowMs: () => nowMs })
}

/** A sink over a log, as a server would have it. */
async function sinkOf(log: TestLog, policy: Policy, store?: SqliteStore) {
  const told = new Told()
  const notes = new CosignedNotes(store ?? (await openStore()), policy)
  let asked = 0
  const sink = new WitnessSink({
    policy,
    notes,
    consistency: async (_, oldSize, size) => log.consistency(oldSize, size),
    verifiersOf: verifiersOf(log),
    events: told,
    nowMs: () => nowMs,
    refreshMs: DAY_MS,
    // What is not hanging must never be cut off, on however busy a machine.
    timeoutMs: 1_500,
    fetch: (...call) => {
      asked++
      return fetch(...call)
    },
  })
  return { sink, notes, told, asked: () => asked }
}

const memberOf = (name: string, { vkey, url }: { vkey: string; url: string }): PolicyMember => ({ name, vkey, url })

/** By whom a note is cosigned, every signature verified. */
function cosigners(log: TestLog, policy: Policy, note: string): readonly string[] {
  const verifiers = cosignatureVerifiers(policy, verifyEd25519)
  return cosignedBy(policy, openNote(note, [log.key, ...verifiers]).verified).map(({ witness }) => witness)
}

describe('two witnesses that behave', () => {
  const log = new TestLog('sink.example/two')
  let members: readonly PolicyMember[]

  beforeAll(async () => {
    members = [memberOf('w1', await witnessOf([log])), memberOf('w2', await witnessOf([log]))]
  })

  test('sign one note between them, which is durable, and are asked again when it changed or a day has passed', async () => {
    const policy = policyOf(2, members)
    const folder = temporaryFolder()
    const store = await openStore(folder)
    const { sink, notes, told, asked } = await sinkOf(log, policy, store)
    expect(await notes.newest('acme')).toBeUndefined()
    expect(await notes.withCosignatures('acme', log.note(5))).toBe(log.note(5))
    expect(await sink.offer(offer(log, 5), never)).toBe(true)
    const found = await notes.newest('acme')
    expect(found).toMatchObject({ size: 5, checkpoint: log.note(5) })
    const { note = '' } = found ?? {}
    expect(note.startsWith(log.note(5))).toBe(true)
    expect(cosigners(log, policy, note)).toEqual(['w1', 'w2'])
    expect(checkQuorum(policy, cosigners(log, policy, note)).satisfied).toBe(true)
    expect(await notes.withCosignatures('acme', log.note(5))).toBe(note)
    expect(await notes.withCosignatures('acme', log.note(6))).toBe(log.note(6))
    expect(asked()).toBe(2)

    expect(await sink.offer(offer(log, 5), never)).toBe(true)
    expect(asked()).toBe(2)
    expect(await sink.offer(offer(log, 700), never)).toBe(true)
    expect(asked()).toBe(4)
    nowMs += DAY_MS
    expect(await sink.offer(offer(log, 700), never)).toBe(true)
    expect(asked()).toBe(6)
    const newest = (await notes.newest('acme'))?.note ?? ''
    const times = cosignedBy(policy, openNote(newest, cosignatureVerifiers(policy, verifyEd25519)).verified)
    expect(times.map(({ timeSeconds }) => timeSeconds)).toEqual([nowMs / 1000, nowMs / 1000])
    expect([told.failures, told.alarms, sink.uncosignedEntries]).toEqual([[], [], 0])

    await store.close()
    const again = await openStore(folder)
    expect((await new CosignedNotes(again).newest('acme'))?.note).toBe(newest)
    // A sink that starts anew knows no sizes: it is told them.
    const second = await sinkOf(log, policy, again)
    expect(await second.sink.offer(offer(log, 701), never)).toBe(true)
    expect([second.told.failures, second.asked()]).toEqual([[], 4])
    await again.close()
  })

  test('prove what they saw to whoever starts', async () => {
    const { sink } = await sinkOf(log, policyOf(1, members))
    expect(await sink.sizesSeen([offer(log, 3)], never)).toEqual(new Map([[log.origin, 701]]))
    expect(await sink.sizesSeen([offer(new TestLog('sink.example/unseen'), 3)], never)).toEqual(new Map())
    const forged = await sinkOf(new TestLog('sink.example/other'), policyOf(1, members))
    expect(await forged.sink.sizesSeen([offer(log, 3)], never)).toEqual(new Map())
  })
})

describe('a witness that does not behave', () => {
  const log = new TestLog('sink.example/broken')
  const other = new TestLog('sink.example/other')

  const KINDS: readonly (readonly [kind: string, says: RegExp, url: (real: string) => Promise<string>])[] = [
    ['is down', /does not answer: ECONNREFUSED/, closedPort],
    ['hangs', /does not answer: .*timeout/, () => impostor(() => undefined)],
    [
      'hangs in the middle',
      /does not answer: .*timeout/,
      () => impostor((_, response) => void response.writeHead(200).write('— ')),
    ],
    ['fails', /answers 500/, () => impostor((_, response) => void response.writeHead(500).end('no'))],
    ['answers nonsense', /is no cosignature/, () => impostor((_, response) => void response.end('nonsense\n'))],
    ['answers nothing', /is no cosignature/, () => impostor((_, response) => void response.end())],
    ['answers too much', /has more than/, () => impostor((_, response) => void response.end('x'.repeat(300_000)))],
    [
      'sends elsewhere',
      /does not answer/,
      async (real) =>
        impostor((request, response) => void response.writeHead(307, { location: `${real}${request.url}` }).end()),
    ],
    [
      'says a size that is none',
      /answers 409/,
      () => impostor((_, response) => void response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end('-1\n')),
    ],
    [
      'says other sizes all the time',
      /keeps changing/,
      async () => {
        let size = 0
        return impostor(
          (_, response) =>
            void response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end(`${(size++ % 4) + 1}\n`),
        )
      },
    ],
    [
      'signs something else',
      /is no cosignature/,
      async (real) => {
        const { text } = await post(real, other.growth(0, 5))
        return impostor((_, response) => void response.end(text))
      },
    ],
    ['does not know the log', /verifier key/, async () => (await witnessOf([])).url],
  ]

  test.each(KINDS)(
    'and %s fails alone: the others cosign, and it is left in peace for longer and longer',
    async (_, says, url) => {
      const good = await witnessOf([log, other])
      const members = [
        memberOf('good', good),
        memberOf('bad', { vkey: (await witnessOf()).vkey, url: await url(good.url) }),
      ]
      const policy = policyOf(1, members)
      const { sink, notes, told } = await sinkOf(log, policy)
      for (const size of [5, 6, 7]) {
        expect(await sink.offer(offer(log, size), never)).toBe(false)
        expect((await notes.newest('acme'))?.size).toBe(size)
      }
      expect(cosigners(log, policy, (await notes.newest('acme'))?.note ?? '')).toEqual(['good'])
      expect(told.failures.map(({ sink: name, times }) => [name, times])).toEqual([['bad', 1]])
      expect(told.failures[0]?.why).toMatch(says)
      for (const [waitMs, times] of [
        [10_000, 2],
        [10_000, 2],
        [10_000, 3],
        [39_000, 3],
        [1_000, 4],
      ] as const) {
        nowMs += waitMs
        await sink.offer(offer(log, 7), never)
        expect(told.failures.at(-1)?.times).toBe(times)
      }
      expect(told.alarms).toEqual([])
    },
  )

  test('is asked again when it may have come back, and what it signs then is put to what the others signed', async () => {
    const [good, late] = [await witnessOf([log]), await witnessOf([])]
    const policy = policyOf(2, [memberOf('good', good), memberOf('late', late)])
    const { sink, notes, told } = await sinkOf(log, policy)
    expect(await sink.offer(offer(log, 9), never)).toBe(false)
    expect(cosigners(log, policy, (await notes.newest('acme'))?.note ?? '')).toEqual(['good'])
    expect([await notes.met('acme'), sink.uncosignedEntries]).toEqual([undefined, 9])
    late.setLogs(parseLogs(log.vkey, 'logs'))
    nowMs += 10_000
    expect(await sink.offer(offer(log, 9), never)).toBe(true)
    expect(cosigners(log, policy, (await notes.met('acme'))?.note ?? '')).toEqual(['good', 'late'])
    expect([told.recoveries, sink.uncosignedEntries]).toEqual([['late'], 0])
  })

  test('keeps what met the policy in sight, while what is newer has not', async () => {
    const [one, two] = [await witnessOf([log]), await witnessOf([log])]
    const policy = policyOf(2, [memberOf('one', one), memberOf('two', two)])
    const folder = temporaryFolder()
    const store = await openStore(folder)
    const { sink, notes } = await sinkOf(log, policy, store)
    await sink.offer(offer(log, 9), never)
    two.setLogs(new Map())
    await sink.offer(offer(log, 12), never)
    for (const read of [notes, new CosignedNotes(store, policy)]) {
      expect((await read.newest('acme'))?.size).toBe(9)
      expect(cosigners(log, policy, await read.withCosignatures('acme', log.note(12)))).toEqual(['one'])
    }
    expect(sink.uncosignedEntries).toBe(3)
    await store.close()
  })

  test('and signs at a time that is none, or of the far future, is not believed', async () => {
    const now = nowMs
    const future = await witnessOf([log], () => now + 2 * 3_600_000)
    const policy = policyOf(1, [memberOf('future', future)])
    const { sink, notes, told } = await sinkOf(log, policy)
    expect(await sink.offer(offer(log, 9), never)).toBe(false)
    expect(told.failures[0]?.why).toContain('future')
    expect(await notes.newest('acme')).toBeUndefined()
  })
})

describe('a log that is not what it was', () => {
  test('is an alarm with proof where it is shorter than what was cosigned', async () => {
    const log = new TestLog('sink.example/rollback')
    const witness = await witnessOf([log])
    await post(witness.url, log.growth(0, 40))
    const { sink, told } = await sinkOf(log, policyOf(1, [memberOf('w', witness)]))
    expect(await sink.offer(offer(log, 30), never)).toBe(false)
    expect(told.alarms).toMatchObject([{ sink: 'w', org: 'acme', origin: log.origin, kind: 'rollback', size: 40 }])
    expect(parseCheckpoint(openNote(told.alarms[0]?.evidence ?? '', [log.key]).text).size).toBe(40)
    nowMs += DAY_MS
    await sink.offer(offer(log, 31), never)
    expect([told.alarms.length, sink.alarms().length]).toEqual([1, 1])
    nowMs += DAY_MS
    expect(await sink.offer(offer(log, 41), never)).toBe(true)
    expect(sink.alarms()).toEqual([])
  })

  test.each([
    ['of the same size', 20, 20],
    ['that is longer', 20, 33],
  ])('is an alarm with proof where it is another one, %s', async (_, cosigned, size) => {
    const log = new TestLog(`sink.example/fork/${size}`)
    const witness = await witnessOf([log])
    await post(witness.url, log.growth(0, cosigned))
    const fork = log.fork(11)
    const { sink, notes, told } = await sinkOf(fork, policyOf(1, [memberOf('w', witness)]))
    expect(await sink.offer(offer(fork, size), never)).toBe(false)
    expect(told.alarms).toMatchObject([{ kind: 'fork', size: cosigned }])
    expect(openNote(told.alarms[0]?.evidence ?? '', [log.key]).text).toBe(log.text(cosigned))
    expect(await notes.newest('acme')).toBeUndefined()
  })

  test('is no more than a claim where the witness cannot show what the log signed', async () => {
    const log = new TestLog('sink.example/claims')
    const url = await impostor((request, response) => {
      if (request.method === 'GET') response.end(new TestLog('sink.example/claims').fork(0).text(99))
      else response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end('99\n')
    })
    const { vkey } = await witnessOf()
    const { sink, told } = await sinkOf(log, policyOf(1, [{ name: 'liar', vkey, url }]))
    await sink.offer(offer(log, 9), never)
    expect(told.alarms).toMatchObject([{ kind: 'rollback', size: 99 }])
    expect(told.alarms[0]).not.toHaveProperty('evidence')
    expect(await sink.sizesSeen([offer(log, 9)], never)).toEqual(new Map())
  })
})

test('a policy that could never be met, or has no place to ask, is refused', () => {
  const log = new TestLog('sink.example/policy')
  const { vkey } = memberOf('w', { vkey: VKEY, url: 'x' })
  expect(() => askableWitnesses(parsePolicy(`witness w ${vkey}\nquorum w\n`))).toThrow('never be met')
  expect(() => askableWitnesses(parsePolicy(`witness w ${vkey} ftp://w.example\nquorum w\n`))).toThrow('http or https')
  expect(() => askableWitnesses(parsePolicy(`witness w ${vkey} nowhere\nquorum w\n`))).toThrow('http or https')
  expect(askableWitnesses(parsePolicy(`log ${log.vkey}\nquorum none\n`))).toEqual([])
  const [askable] = askableWitnesses(parsePolicy(`witness w ${vkey} https://w.example/prefix//\nquorum w\n`))
  expect(askable?.url).toBe('https://w.example/prefix')
})

const VKEY = 'witness.example/w1+09e8064f+BKyjQ8N72qFEHTFrfceQBLO7SLbTmO3hgeCIvLg+Hkm2'
