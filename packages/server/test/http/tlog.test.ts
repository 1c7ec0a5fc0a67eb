/** A log over HTTP as C2SP tlog-tiles lays it out: from tiles alone the tree is rebuilt, and its root is the signed one. */
import {
  checkConsistency,
  checkInclusion,
  hashLeaf,
  openNote,
  parseBundle,
  parseCheckpoint,
  parseGrowth,
  parseProof,
  RightEdge,
  rootOf,
  subtreeFromTiles,
  tileWidth,
} from '@sealedlog/sdk/merkle'
import { beforeAll, describe, expect, test } from 'vitest'
import type { RunningServer } from '../../dist/server.js'
import { verifierOf } from '../../dist/store/signing.js'
import { as, type Asks, makeKey, makeOrganizations, manyOf, start } from './support.js'

const SIZE = 600
const TLOG = '/v1/organizations/acme/tlog'

let server: RunningServer
let key: string
let ask: Asks

beforeAll(async () => {
  server = await start()
  await makeOrganizations(server, 'acme')
  ;({ key } = await makeKey(server, 'acme', ['write', 'read']))
  ask = as(server, key)
  await ask('POST /v1/events/batch', manyOf(SIZE, { type: 'a.b' }))
})

async function tile(path: string): Promise<{ readonly bytes: Uint8Array; readonly headers: Headers }> {
  const response = await fetch(`${server.url}${TLOG}/tile/${path}`, { headers: { authorization: `Bearer ${key}` } })
  expect([path, response.status]).toEqual([path, 200])
  return { bytes: new Uint8Array(await response.arrayBuffer()), headers: response.headers }
}

const pathOf = (level: number | 'entries', index: number): string => {
  const width = tileWidth(level, index, SIZE)
  return `${level}/${String(index).padStart(3, '0')}${width === 256 ? '' : `.p/${width}`}`
}

describe('the checkpoint', () => {
  test('is text that the verifier key of the log opens', async () => {
    const checkpoint = await ask(`GET ${TLOG}/checkpoint`)
    const vkey = await ask(`GET ${TLOG}/vkey`)
    for (const { headers } of [checkpoint, vkey]) {
      expect(headers.get('content-type')).toBe('text/plain; charset=utf-8')
      expect(headers.get('cache-control')).toBe('no-store')
    }
    const [line = '', ...rest] = vkey.text.split('\n')
    expect(rest).toEqual([''])
    const { origin, size } = parseCheckpoint(openNote(checkpoint.text, [verifierOf(line)]).text)
    const { json } = await ask('GET /v1/organizations/acme')
    expect([origin, size, line]).toEqual([json.origin, SIZE, json.vkey])
  })

  test('may be read with any key of the organization', async () => {
    for (const scope of ['write', 'read', 'admin']) {
      const { status } = await as(server, (await makeKey(server, 'acme', [scope])).key)(`GET ${TLOG}/checkpoint`)
      expect([scope, status]).toEqual([scope, 200])
    }
  })
})

describe('tiles', () => {
  test('full and partial ones hash to the signed root', async () => {
    const tiles = new Map<string, Uint8Array>()
    for (const [level, index] of [
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 0],
    ] as const) {
      const { bytes } = await tile(pathOf(level, index))
      expect(bytes).toHaveLength(32 * tileWidth(level, index, SIZE))
      tiles.set(`${level}/${index}`, bytes)
    }
    const root = rootOf(
      SIZE,
      subtreeFromTiles((level, index) => tiles.get(`${level}/${index}`) as Uint8Array),
    )
    const { text } = await ask(`GET ${TLOG}/checkpoint`)
    expect(root).toEqual(parseCheckpoint(`${text.split('\n\n')[0]}\n`).root)
  })

  test('entry bundles hold the leaves behind them', async () => {
    for (const index of [0, 1, 2]) {
      const leaves = parseBundle((await tile(pathOf('entries', index))).bytes)
      const hashes = (await tile(pathOf(0, index))).bytes
      expect(leaves).toHaveLength(tileWidth(0, index, SIZE))
      leaves.forEach((leaf, i) => expect(hashLeaf(leaf)).toEqual(hashes.subarray(32 * i, 32 * i + 32)))
    }
  })

  test('that are full may be kept for ever by their reader; partial ones not at all', async () => {
    const full = (await tile('0/000')).headers
    expect(full.get('content-type')).toBe('application/octet-stream')
    expect(full.get('cache-control')).toBe('private, max-age=31536000, immutable')
    expect((await tile('entries/001')).headers.get('cache-control')).toBe('private, max-age=31536000, immutable')
    expect((await tile('0/002.p/88')).headers.get('cache-control')).toBe('no-store')
  })

  test('that were partial once are still there', async () => {
    expect((await tile('0/000.p/7')).bytes).toEqual((await tile('0/000')).bytes.subarray(0, 7 * 32))
    expect(parseBundle((await tile('entries/002.p/3')).bytes)).toHaveLength(3)
  })
})

describe('the proofs', () => {
  const leafHashes = async (): Promise<Uint8Array[]> => {
    const hashes: Uint8Array[] = []
    for (let i = 0; i * 256 < SIZE; i++)
      hashes.push(...parseBundle((await tile(pathOf('entries', i))).bytes).map(hashLeaf))
    return hashes
  }
  const vkey = async () => verifierOf((await ask(`GET ${TLOG}/vkey`)).text.trim())

  test('of any event lead from its leaf to the signed root', async () => {
    const leaves = await leafHashes()
    const events = (await ask('GET /v1/events?limit=1000&order=asc')).json.data
    for (const { id, index } of events.filter((each: { index: number }) => each.index % 37 === 0)) {
      const { text, headers } = await ask(`GET /v1/events/${id}/proof`)
      expect([headers.get('content-type'), headers.get('cache-control')]).toEqual([
        'text/plain; charset=utf-8',
        'no-store',
      ])
      const proof = parseProof(text)
      const { size, root } = parseCheckpoint(openNote(proof.checkpoint, [await vkey()]).text)
      expect(proof.index).toBe(index)
      checkInclusion({ index, size, leafHash: leaves[index] as Uint8Array, root, proof: proof.hashes })
    }
  })

  test('of growth lead from the root of every earlier size to the signed one', async () => {
    const leaves = await leafHashes()
    const { root } = parseCheckpoint((await ask(`GET ${TLOG}/checkpoint`)).text.split('\n\n')[0] + '\n')
    const edge = new RightEdge()
    for (let from = 0; from <= SIZE; from++) {
      if (from > 0) edge.append(leaves[from - 1] as Uint8Array)
      if (from % 41 !== 0 && from < SIZE - 2) continue
      const growth = parseGrowth((await ask(`GET ${TLOG}/consistency?from=${from}`)).text)
      expect(growth.oldSize).toBe(from)
      checkConsistency({ oldSize: from, newSize: SIZE, oldRoot: edge.root(), newRoot: root, proof: growth.hashes })
    }
  })

  test.each([
    [`${TLOG}/consistency`, 400, 'invalid_parameter', 'from is missing'],
    [`${TLOG}/consistency?from=-1`, 400, 'invalid_parameter', 'whole number'],
    [`${TLOG}/consistency?from=${SIZE + 1}`, 409, 'size_beyond_end', 'keep it'],
    ['/v1/events/nobody/proof', 404, 'event_not_found', 'nobody'],
    ['/v1/organizations/other/tlog/consistency?from=0', 403, 'organization_mismatch', 'bound to'],
  ])('%s is refused', async (path, status, code, says) => {
    const { json } = await ask(`GET ${path}`)
    expect([json.status, json.code, json.detail]).toEqual([status, code, expect.stringContaining(says)])
  })
})
