/** Erasing over HTTP: what is left of a person afterwards, byte by byte, and what stands of the log all the same. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeBase64, encodeUtf8 } from '@sealedlog/sdk/base'
import { parseLeaf } from '@sealedlog/sdk/event'
import {
  checkConsistency,
  checkInclusion,
  hashLeaf,
  openNote,
  parseCheckpoint,
  parseGrowth,
  parseProof,
} from '@sealedlog/sdk/merkle'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunningServer } from '../../dist/server.js'
import { verifierOf } from '../../dist/store/signing.js'
import { IDENTIFIERS, Marker, markedEvent, SPELLINGS, tracesIn } from './marked.js'
import { as, type Asks, type Body, makeKey, makeOrganizations, start } from './support.js'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A server whose data folder stands in a folder of its own, with whatever it keeps beside it. */
async function startIn(): Promise<{ readonly server: RunningServer; readonly folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'sealedlog-erase-'))
  folders.push(folder)
  return { folder, server: await start({ data: join(folder, 'data') }) }
}

const bystander = (n: number): Body => ({
  id: `by_${n}`,
  type: 'user.seen',
  occurred_at: '2026-11-20T09:12:21.123Z',
  actor: { type: 'user', id: `user_${n}`, email: `${n}@example.com`, metadata: { n } },
  description: `said by q7x9 and Adam, ${n} times`,
  details: { number: 77_120 + n, email: `zoë@${n}.example.com` },
})

const MARKED = 200

describe('by person', () => {
  let server: RunningServer
  let folder: string
  let ask: Asks
  const marked: Body[] = []
  const before: Body[] = []
  const receipts: Body[] = []
  let erased: Body

  beforeAll(async () => {
    ;({ server, folder } = await startIn())
    await makeOrganizations(server, 'acme')
    const { key } = await makeKey(server, 'acme', ['write', 'read', 'admin'])
    ask = as(server, key)
    const marker = new Marker()
    for (let n = 0; n < MARKED; n++) {
      marked.push(markedEvent(`evt_${n}`, marker))
      for (const event of [marked.at(-1), bystander(n)]) {
        const { status, json } = await ask('POST /v1/events?include=proof', event)
        expect([status, json.detail, json.errors]).toEqual([201, undefined, undefined])
        receipts.push(json)
      }
    }
    expect(marker.said).toBeGreaterThan(MARKED * 50)
    before.push(...(await ask('GET /v1/events?limit=1000')).json.data)
    // The newest entries of the index stand in memory: a stop writes them.
    await server.close()
    server = await start({ data: join(folder, 'data') })
    ask = as(server, key)
    // What the check below refuses: both files say it, each in its own way.
    const traces = tracesIn(folder, IDENTIFIERS.slice(0, 3))
    expect(traces.filter((trace) => trace.startsWith('log.sqlite'))).not.toEqual([])
    expect(traces.filter((trace) => trace.startsWith('run-'))).not.toEqual([])
    const body = { person: { identifiers: IDENTIFIERS }, basis: 'GDPR Art. 17(1)(b)', request_id: 'dsr-1' }
    const dry = await ask('POST /v1/redactions', { ...body, dry_run: true })
    expect([dry.status, dry.json.dry_run, dry.json.redactions]).toEqual([200, true, []])
    expect(dry.json.entries).toHaveLength(MARKED)
    expect(dry.json.entries[0]).toMatchObject({ index: 0, id: 'evt_0' })
    const answer = await ask('POST /v1/redactions', body)
    expect([answer.status, answer.text]).toEqual([201, expect.any(String)])
    erased = answer.json
    expect({ ...dry.json, dry_run: false, redactions: 0, checkpoint: 0, scanned: 0, entries: 0 }).toEqual({
      ...erased,
      redactions: 0,
      checkpoint: 0,
      scanned: 0,
      entries: 0,
    })
  })

  test('no file of the server says the person any more, in whatever spelling', () => {
    expect(tracesIn(folder, IDENTIFIERS)).toEqual([])
    expect(tracesIn(folder, SPELLINGS)).toEqual([])
  })

  test('the answer counts what went, and one entry accounts for it', async () => {
    expect(erased).toMatchObject({
      object: 'redaction',
      dry_run: false,
      redactions: [{ index: 2 * MARKED }],
      scanned: 2 * MARKED + 1,
      events: MARKED,
      in_clear: [],
      in_clear_count: 0,
    })
    expect(erased.by_group).toEqual(
      Object.fromEntries(
        ['actor', 'changes', 'content', 'details', 'on_behalf_of', 'targets/0', 'targets/1', 'targets/2'].map(
          (group) => [group, MARKED],
        ),
      ),
    )
    const [{ id }] = erased.redactions
    const { json } = await ask(`GET /v1/events/${id}?include=proof`)
    expect(json).toMatchObject({
      type: 'audit.redaction',
      bucket: 'sealedlog',
      actor: { type: 'key' },
      details: { basis: 'GDPR Art. 17(1)(b)', request_id: 'dsr-1', events: MARKED, groups: 8 * MARKED },
    })
    const { log } = parseLeaf(encodeUtf8(json.proof.leaf)) as Body
    expect(log.redacts).toHaveLength(1)
    expect(log.redacts[0].ranges).toEqual(Array.from({ length: MARKED }, (_, n) => [2 * n, 2 * n]))
  })

  test('every receipt still proves its entry, and the log grew from every checkpoint that it gave out', async () => {
    const { json } = await ask('GET /v1/organizations/acme')
    const verifier = verifierOf(json.vkey)
    const newest = parseCheckpoint(openNote(erased.checkpoint, [verifier]).text)
    for (const [index, { leaf, inclusion, checkpoint }] of receipts.entries()) {
      const { size, root } = parseCheckpoint(openNote(checkpoint, [verifier]).text)
      const proof = inclusion.map((hash: string) => decodeBase64(hash))
      const leafHash = hashLeaf(encodeUtf8(leaf))
      checkInclusion({ index, size, leafHash, root, proof })
      if (index % 40 !== 0) continue
      const grown = parseGrowth((await ask(`GET /v1/organizations/acme/tlog/consistency?from=${size}`)).text)
      const { size: newSize, root: newRoot } = parseCheckpoint(openNote(grown.checkpoint, [verifier]).text)
      checkConsistency({ oldSize: size, oldRoot: root, newSize, newRoot, proof: grown.hashes })
      const now = await ask(`GET /v1/events/${marked[index / 2].id}?include=proof`)
      expect([now.json.proof.leaf, now.json.proof.disclosures]).toEqual([leaf, []])
    }
    expect(newest.size).toBe(2 * MARKED + 1)
    const { text } = await ask('GET /v1/events/evt_0/proof')
    expect(parseProof(text).index).toBe(0)
  })

  test('lists, the tail and OpenAI’s route show the events without it; what others said stands as it was', async () => {
    const lists = [
      (await ask('GET /v1/events?limit=1000')).json.data,
      (await ask('POST /v1/events/search', { limit: 1_000 })).json.data,
      (await ask('GET /v1/events/tail?limit=1000')).json.data.toReversed(),
    ]
    for (const list of lists) {
      expect(list).toHaveLength(before.length)
      for (const event of list) {
        const was = before.find(({ id }) => id === event.id)
        if (event.id.startsWith('by_')) expect(event).toEqual(was)
        else {
          const { type, id, org, index, occurred_at, recorded_at, outcome, bucket } = was
          const clear = { type, id, org, index, occurred_at, recorded_at, outcome, bucket }
          const bare = { ...clear, actor: { type: 'user' }, targets: was.targets.map(() => ({ type: 'user' })) }
          expect(event).toEqual({ ...bare, redacted: Object.keys(erased.by_group) })
        }
      }
    }
    const openAi = (await ask('GET /v1/organization/audit_logs?limit=100')).json.data
    expect(openAi.filter(({ id }: Body) => id.startsWith('evt_')).map(({ actor }: Body) => actor)).toContainEqual({})
    const got = await ask('GET /v1/events/evt_7')
    expect(got.json.redacted).toEqual(Object.keys(erased.by_group))
    for (const dialect of ['openai', 'unkey', 'unkey_go'])
      expect((await ask(`GET /v1/events?limit=1000&dialect=${dialect}`)).text.match(/q7x9-ada|q8z|q9w/gi)).toBeNull()
  })

  test('searches find the events by what survives, and by nothing else', async () => {
    const idOf = (event: Body): string => event.id
    const found = async (query: string): Promise<readonly string[]> =>
      (await ask(`GET /v1/events?limit=1000&${query}`)).json.data.map(idOf)
    const { actor, project, context, targets } = marked[3]
    for (const [name, value] of [
      ['actor_id', actor.id],
      ['actor_email', actor.email],
      ['actor_id', actor.api_key.id],
      ['target_id', targets[1].id],
      ['project_id', project.id],
      ['correlation_id', context.correlation_id],
      ['ip_address', '203.0.113.7'],
      ['q', '"q7x9-ada"'],
    ]) {
      expect([name, await found(`${name}=${encodeURIComponent(value)}`)]).toEqual([name, []])
    }
    expect(await found('type=user.updated')).toHaveLength(MARKED)
    expect(await found('target_type=user')).toHaveLength(MARKED)
    expect(await found('q=type:user.*%20-type:user.seen')).toHaveLength(MARKED)
  })

  test('the same event said again is a duplicate and brings nothing back; saying the request again finds nothing', async () => {
    for (const n of [0, 50, MARKED - 1]) {
      const { status, json } = await ask('POST /v1/events', marked[n])
      expect([status, json.status, json.index]).toEqual([200, 'duplicate', 2 * n])
    }
    const again = await ask('POST /v1/redactions', { person: { identifiers: IDENTIFIERS }, basis: 'again' })
    expect([again.status, again.json]).toEqual([
      200,
      expect.objectContaining({ redactions: [], events: 0, groups: 0, by_group: {}, checkpoint: erased.checkpoint }),
    ])
    expect(tracesIn(folder, IDENTIFIERS)).toEqual([])
  })
})
