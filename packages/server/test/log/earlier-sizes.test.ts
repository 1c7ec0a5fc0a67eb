/** Every size that was ever signed goes on being provable: tiles, bundles and proofs of any earlier size are still served. */
import {
  hashLeaf,
  openNote,
  parseBundle,
  parseCheckpoint,
  rootOf,
  subtreeFromTiles,
  tileWidth,
} from '@sealedlog/sdk/merkle'
import * as fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { verifierOf } from '../../dist/store/signing.js'
import { events, makeWorld, type World } from './support.js'

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
const numRuns = 60

let world: World
let size = 0
/** What was signed, by size. */
const signed = new Map<number, Uint8Array>()

/** Records in units of many lengths, and keeps every checkpoint that comes back. */
beforeAll(async () => {
  world = await makeWorld()
  const { vkey } = await world.log.head('acme')
  for (let unit = 0; size < 1_200; unit++) {
    const { checkpoint } = await world.log.record('acme', events(1 + ((unit * 7) % 61), `u${unit}_`), 'key_1')
    const opened = parseCheckpoint(openNote(checkpoint, [verifierOf(vkey)]).text)
    ;({ size } = opened)
    signed.set(size, opened.root)
  }
})

/** The root of an earlier size from its own tiles, as whoever held its checkpoint would fetch them. */
async function rootFromTiles(earlier: number): Promise<Uint8Array> {
  const tiles = new Map<string, Uint8Array>()
  for (let level = 0; earlier >= 256 ** level; level++)
    for (let index = 0; tileWidth(level, index, earlier) > 0; index++) {
      const width = tileWidth(level, index, earlier)
      tiles.set(`${level}/${index}`, await world.log.proofs.tile('acme', { level, index, width }))
    }
  return rootOf(
    earlier,
    subtreeFromTiles((level, index) => tiles.get(`${level}/${index}`) as Uint8Array),
  )
}

test(`the tiles of any signed size lead to the root that was signed (seed ${seed})`, async () => {
  const anySigned = fc.constantFrom(...signed.keys())
  await fc.assert(
    fc.asyncProperty(anySigned, async (earlier) => {
      expect(await rootFromTiles(earlier)).toEqual(signed.get(earlier))
    }),
    { seed, numRuns },
  )
})

test(`the entry bundles of any size are the leaves of its tiles (seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: size }), async (earlier) => {
      for (let index = 0; tileWidth('entries', index, earlier) > 0; index++) {
        const width = tileWidth('entries', index, earlier)
        const leaves = parseBundle(await world.log.proofs.tile('acme', { level: 'entries', index, width }))
        const hashes = await world.log.proofs.tile('acme', { level: 0, index, width })
        expect(leaves).toHaveLength(width)
        leaves.forEach((leaf, i) => expect(hashLeaf(leaf)).toEqual(hashes.subarray(32 * i, 32 * i + 32)))
      }
    }),
    { seed, numRuns },
  )
})

test('a tile or bundle of a size that was never signed is not there', async () => {
  for (const level of [0, 1, 'entries'] as const) {
    const index = Math.floor(size / (level === 1 ? 65_536 : 256))
    const width = tileWidth(level, index, size) + 1
    await expect(world.log.proofs.tile('acme', { level, index, width })).rejects.toMatchObject({
      code: 'tile_not_found',
    })
  }
})
