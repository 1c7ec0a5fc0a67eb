/** A server with witnesses and an anchor: cosigned notes over HTTP, and a data folder that was put back or went another way, caught. */
import { cpSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  checkQuorum,
  cosignatureVerifiers,
  cosignedBy,
  openNote,
  parseCheckpoint,
  parsePolicy,
  parseVerifierKey,
} from '@sealedlog/sdk/merkle'
import { verifyEvidence } from '@sealedlog/sdk/verify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningServer, type ServerOptions, startServer } from '../../dist/server.js'
import { logVerifier } from '../../dist/sink/ed25519.js'
import { anchorPath } from '../../dist/sink/index.js'
import { as, type Asks, call } from '../http/support.js'
import { temporaryFolder } from '../witness/support.js'
import { closedPort, policyText, verifyEd25519, witnessOf } from './support.js'

const TLOG = '/v1/organizations/default/tlog'
const running = new Set<RunningServer>()
afterAll(async () => {
  for (const server of running) await server.close()
})

async function start(data: string, options: Partial<ServerOptions> = {}): Promise<RunningServer> {
  const server = await startServer({ data, port: 0, drainMs: 0, marks: false, ...options })
  running.add(server)
  return server
}

async function stop(server: RunningServer): Promise<void> {
  running.delete(server)
  await server.close()
}

const asRoot = (server: RunningServer): Asks => as(server, server.rootKey.value)

async function record(server: RunningServer, count: number): Promise<number> {
  const events = Array.from({ length: count }, () => ({ type: 'a.b' }))
  return (await asRoot(server)('POST /v1/events/batch', events, { 'sealedlog-organization': 'default' })).status
}

describe('a server with a policy', () => {
  let policy = ''
  let vkey = ''
  const data = join(temporaryFolder(), 'data')
  const anchor = join(temporaryFolder(), 'anchor')
  const sinks = () => ({ policy, anchor, witnessEveryMs: 3_600_000 })

  beforeAll(async () => {
    const server = await start(data)
    ;({ text: vkey } = await asRoot(server)(`GET ${TLOG}/vkey`))
    await stop(server)
    const logs = [{ vkey: vkey.trim() }]
    const [one, two] = [await witnessOf(logs), await witnessOf(logs)]
    const members = [
      { name: 'one', vkey: one.vkey, url: one.url },
      { name: 'two', vkey: two.vkey, url: two.url },
      { name: 'away', vkey: (await witnessOf()).vkey, url: await closedPort() },
    ]
    policy = `log ${vkey}${policyText(2, members)}`
  })

  /** The note of a route, with its size and the witnesses that signed it. */
  async function noteOf(server: RunningServer, route: string) {
    const { status, text, headers } = await asRoot(server)(`GET ${TLOG}/${route}`)
    expect([route, status, headers.get('cache-control')]).toEqual([route, 200, 'no-store'])
    const parsed = parsePolicy(policy)
    const log = logVerifier(parseVerifierKey(vkey.trim()))
    const opened = openNote(text, [log, ...cosignatureVerifiers(parsed, verifyEd25519)])
    const cosigned = cosignedBy(parsed, opened.verified).map(({ witness }) => witness)
    return { text, cosigned, size: parseCheckpoint(opened.text).size, met: checkQuorum(parsed, cosigned).satisfied }
  }

  /** What becomes of the line of the witnesses, of one event's evidence. */
  async function witnessesOf(server: RunningServer, id: string): Promise<string | undefined> {
    const { text } = await asRoot(server)(`GET /v1/events/${id}/evidence`, undefined, {
      'sealedlog-organization': 'default',
    })
    const { checks } = await verifyEvidence(text, { vkeys: [vkey.trim()], policy: policyLines() })
    return checks.find(({ name }) => name === 'witnesses')?.state
  }

  const policyLines = (): string => policy.slice(policy.indexOf('witness '))

  test('shows its checkpoints to the witnesses, and serves what they signed until something newer is signed', async () => {
    const server = await start(data, { sinks: sinks() })
    const ask = asRoot(server)
    const none = await ask(`GET ${TLOG}/cosigned`)
    expect([none.status, none.json.code]).toEqual([404, 'cosignature_not_found'])
    expect(await record(server, 3)).toBe(201)
    await server.publish()
    const first = await noteOf(server, 'cosigned')
    expect(first).toMatchObject({ cosigned: ['one', 'two'], met: true, size: 3 })
    expect((await noteOf(server, 'checkpoint')).text).toBe(first.text)

    const receipt = await ask('POST /v1/events', { type: 'a.b' }, { 'sealedlog-organization': 'default' })
    expect(receipt.json.checkpoint).toBe((await noteOf(server, 'checkpoint')).text)
    expect(await noteOf(server, 'checkpoint')).toMatchObject({ cosigned: [], size: 4 })
    expect((await noteOf(server, 'cosigned')).text).toBe(first.text)
    expect(await witnessesOf(server, receipt.json.id)).toBe('failed')
    await server.publish()
    expect(await witnessesOf(server, receipt.json.id)).toBe('passed')
    expect(await noteOf(server, 'checkpoint')).toMatchObject({ cosigned: ['one', 'two'], size: 4 })

    const metrics = (await call(server.url, { path: '/metrics', key: server.rootKey.value })).text
    expect(metrics).toMatch(/^sealedlog_uncosigned_entries 0$/m)
    expect(metrics).toMatch(/^sealedlog_sink_alarms 0$/m)
    expect(metrics).toMatch(/^sealedlog_sink_failures_total\{sink="away"\} \d+$/m)
    await stop(server)
  })

  test('puts them into the anchor', () => {
    const folder = dirname(anchorPath(parseVerifierKey(vkey.trim()).name, 0))
    expect(readdirSync(join(anchor, folder)).toSorted()).toEqual(
      [3, 4].map((size) => `${String(size).padStart(16, '0')}.note`),
    )
  })

  test('serves what was signed also when it is started without one', async () => {
    const server = await start(data)
    expect(await noteOf(server, 'cosigned')).toMatchObject({ met: true, size: 4 })
    expect(await noteOf(server, 'checkpoint')).toMatchObject({ met: true, size: 4 })
    await stop(server)
  })

  test('finds at its start that it was put back, by the witnesses or by the anchor, and writes nothing more', async () => {
    const old = join(temporaryFolder(), 'old')
    cpSync(data, old, { recursive: true })
    const server = await start(data, { sinks: sinks() })
    await record(server, 2)
    await server.publish()
    await stop(server)
    for (const some of [{ policy, witnessEveryMs: 3_600_000 }, { anchor }]) {
      const back = join(temporaryFolder(), 'back')
      cpSync(old, back, { recursive: true })
      const restored = await start(back, { sinks: some })
      expect(await record(restored, 1)).toBe(503)
      expect(await noteOf(restored, 'checkpoint')).toMatchObject({ size: 4 })
      await stop(restored)
    }
    const unaware = await start(old)
    expect(await record(unaware, 4)).toBe(201)
    await stop(unaware)
    // Now it is longer than what they saw, and another log: no size tells that, the proof of growth does.
    const forked = await start(old, { sinks: { policy, witnessEveryMs: 3_600_000 } })
    await forked.publish()
    expect(await record(forked, 1)).toBe(503)
    expect((await call(forked.url, { path: '/metrics', key: forked.rootKey.value })).text).toMatch(
      /^sealedlog_sink_alarms 2$/m,
    )
    await stop(forked)
    const sound = await start(data, { sinks: sinks() })
    expect(await record(sound, 1)).toBe(201)
    await stop(sound)
  })

  test('asks about the logs that its policy names, and about all where it names none', async () => {
    const witness = await witnessOf()
    const data = join(temporaryFolder(), 'data')
    const member = { name: 'w', vkey: witness.vkey, url: witness.url }
    for (const [text, failures] of [
      [`log ${vkey}${policyText(1, [member])}`, /^# TYPE sealedlog_sink_failures_total counter\n\n/m],
      [policyText(1, [member]), /^sealedlog_sink_failures_total\{sink="w"\} \d/m],
    ] as const) {
      const said: string[] = []
      const logger = { level: 'warn', stream: { write: (line: string) => void said.push(line) } }
      const server = await start(data, { logger, sinks: { policy: text, witnessEveryMs: 3_600_000 } })
      await record(server, 1)
      await server.publish()
      const { text: metrics } = await call(server.url, { path: '/metrics', key: server.rootKey.value })
      await stop(server)
      expect(metrics).toMatch(failures)
      const isSaid = said
        .join('')
        .includes('was not taken by w: it does not know the log: give it the log’s verifier key.')
      expect(isSaid).toBe(text.startsWith('witness'))
    }
  })

  test('does not start with a policy that cannot be used', async () => {
    const folder = join(temporaryFolder(), 'data')
    await expect(start(folder, { sinks: { policy: 'quorum nobody\n' } })).rejects.toThrow('Line 1 of this policy')
    const server = await start(folder)
    await stop(server)
  })

  test('records at full speed when nobody out there answers', async () => {
    const members = [{ name: 'away', vkey: (await witnessOf()).vkey, url: await closedPort() }]
    const server = await start(join(temporaryFolder(), 'data'), { sinks: { policy: policyText(1, members) } })
    for (let i = 0; i < 20; i++) expect(await record(server, 5)).toBe(201)
    await server.publish()
    expect((await asRoot(server)(`GET ${TLOG}/cosigned`)).status).toBe(404)
    await stop(server)
  })
})
