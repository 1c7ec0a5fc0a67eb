/** Growth and evidence: that a log only grew since it was seen, and proofs as files, exactly as they were sent. */
import { encodeUtf8 } from '@sealedlog/sdk/base'
import { checkInclusion, hashLeaf, parseCheckpoint, parseNote, parseProof } from '@sealedlog/sdk/merkle'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { clientOf, errorOf, type Log, type Proxy, startLog, startProxy } from './support.js'

let log: Log
let proxy: Proxy
let vkey: string

beforeAll(async () => {
  log = await startLog()
  proxy = await startProxy(log)
  vkey = await text('/v1/organizations/default/tlog/vkey')
})
beforeEach(() => {
  proxy.seen.length = 0
  proxy.next()
})

async function text(path: string, from = log): Promise<string> {
  return (await fetch(`${from.url()}${path}`, { headers: { authorization: `Bearer ${from.key}` } })).text()
}

const sizeOf = (note: string | undefined): number => parseCheckpoint(parseNote(note ?? '').text).size

/** An answer in place of the server's own. */
const answering = (body: string) => ({ status: 200, headers: { 'content-type': 'text/plain' }, body })

test('a log that grew is proven to have, and the newest checkpoint is remembered', async () => {
  const client = clientOf(proxy, log, { vkey })
  await client.record({ type: 'a.b' })
  const from = sizeOf(client.checkpoints.get('default'))
  const other = clientOf(proxy, log)
  for (let i = 0; i < 30; i++) await other.record({ type: 'a.b' })
  const growth = await client.checkConsistency()
  expect(growth).toMatchObject({ organization: 'default', from, size: from + 30 })
  expect(client.checkpoints.get('default')).toBe(growth.checkpoint)
  expect(await client.checkConsistency('default')).toMatchObject({ from: from + 30, size: from + 30 })
})

test('growth is proven from what was handed in, and from what came since', async () => {
  const first = clientOf(proxy, log)
  await first.record({ type: 'a.b' })
  const kept = first.checkpoints
  const client = clientOf(proxy, log, { checkpoints: kept, vkey })
  for (let i = 0; i < 3; i++) await client.record({ type: 'a.b' })
  proxy.seen.length = 0
  const from = sizeOf(kept.get('default'))
  expect(await client.checkConsistency()).toMatchObject({ from, size: from + 3 })
  expect(proxy.seen.map(({ line }) => line.replace(/^.*from=/, '')).sort()).toEqual([String(from), String(from + 3)])
})

test('a log that was replaced, cut, or shown with another proof is refused', async () => {
  const client = clientOf(proxy, log, { vkey })
  await client.record({ type: 'a.b' })
  const size = sizeOf(client.checkpoints.get('default'))
  for (let i = 0; i < 5; i++) await clientOf(proxy, log).record({ type: 'a.b' })
  const honest = await text(`/v1/organizations/default/tlog/consistency?from=${size}`)
  const older = await text(`/v1/organizations/default/tlog/consistency?from=${size - 1}`)
  const lines = honest.split('\n')
  const replaced = await startLog()
  const stranger = clientOf(await startProxy(replaced), replaced)
  for (let i = 0; i < size + 9; i++) await stranger.record({ type: 'a.b' })
  const strange = await text(`/v1/organizations/default/tlog/consistency?from=${size}`, replaced)
  for (const [body, says] of [
    [older, `The proof is from size ${size - 1}`],
    [[lines[0], ...lines.slice(2)].join('\n'), ''],
    [[lines[0], (lines[1] ?? '').replace(/^./, (c) => (c === 'A' ? 'B' : 'A')), ...lines.slice(2)].join('\n'), ''],
    [strange, ''],
    ['nonsense', 'not the growth of a log'],
    [honest.replace(`\n${size + 5}\n`, `\n${size - 1}\n`), ''],
  ] as const) {
    proxy.next(answering(body), 'pass')
    expect(await errorOf(client.checkConsistency())).toMatchObject({
      code: 'proof_failed',
      message: expect.stringContaining(says),
    })
  }
  expect(await client.checkConsistency()).toMatchObject({ from: size, size: size + 5 })
})

test('nothing remembered is nothing to prove', async () => {
  const client = clientOf(proxy, log)
  expect(await errorOf(client.checkConsistency())).toMatchObject({ code: 'invalid_configuration' })
  expect(proxy.seen).toEqual([])
})

test('a proof and the evidence of an event come as they are served', async () => {
  const client = clientOf(proxy, log)
  const { id, index } = await client.record({ type: 'a.b', actor: { type: 'user', id: 'user_1' }, details: { n: 1 } })
  const proof = await client.proof(id)
  expect(proof).toBe(await text(`/v1/events/${id}/proof`))
  const evidence = await client.evidence(id, { withhold: ['actor'] })
  expect(evidence).toBe(await text(`/v1/events/${id}/evidence?withhold=actor`))
  const file = JSON.parse(evidence) as { leaf: string; proof: string; disclosures: string[]; withheld: string[] }
  expect([file.withheld, file.disclosures.length]).toEqual([['actor'], 1])
  const { hashes, checkpoint } = parseProof(file.proof)
  const { size, root } = parseCheckpoint(parseNote(checkpoint).text)
  checkInclusion({ index, size, root, leafHash: hashLeaf(encodeUtf8(file.leaf)), proof: hashes })
  expect(await errorOf(client.evidence('nobody'))).toMatchObject({ code: 'event_not_found', status: 404 })
  expect(await errorOf(client.proof('nobody'))).toMatchObject({ code: 'event_not_found', status: 404 })
})

test('text is asked for again where that can help', async () => {
  const client = clientOf(proxy, log)
  const { id } = await client.record({ type: 'a.b' })
  proxy.next('lose answer', { status: 503, body: 'busy' }, 'pass')
  expect(await client.proof(id)).toContain('c2sp.org/tlog-proof@v1')
})
