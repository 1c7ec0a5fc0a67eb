/** Laws of size: logs that cross the edges of tiles. */
import assert from 'node:assert/strict'
import { concatBytes } from '@sealedlog/sdk/base'
import { hashLeaf, TILE_WIDTH } from '@sealedlog/sdk/merkle'
import type { Bench, HandLaw } from './bench.js'
import { tinyEvent } from './chance.js'

const SIZES = [1, 255, 256, 257, 511, 512, 513, 800]
/** one entry past the first full tile of level 1, and past a tile of level 0 after it */
const LARGE_SIZE = 65_793
const BATCH_EVENTS = 1_000

export function sizeLaws(law: HandLaw): void {
  law('a log that grows over the edge of a tile stores each tile when it is full, and not before', async (bench) => {
    await bench.createLogs('acme')
    for (const size of SIZES) {
      await growTo(bench, size)
      await bench.checkLogs()
      await checkTiles(bench, Math.floor(size / TILE_WIDTH))
    }
    assert.equal(await bench.store.readTile('acme', 1, 0), undefined)
    assert.equal(await bench.store.readTile('nobody', 0, 0), undefined)
  })

  law('one group may fill several tiles', async (bench) => {
    await bench.createLogs('acme')
    const units = bench.chance.times(7, (u) =>
      bench.unit('acme', ...bench.chance.times(100, (i) => tinyEvent(u * 100 + i))),
    )
    await bench.append(...units)
    await checkTiles(bench, 2)
  })

  law(`a log of ${LARGE_SIZE} entries has a full tile of level 1`, async (bench) => {
    await bench.createLogs('acme')
    await growTo(bench, TILE_WIDTH ** 2 - 1)
    assert.equal(await bench.store.readTile('acme', 1, 0), undefined)
    await growTo(bench, TILE_WIDTH ** 2)
    assert.equal((await bench.store.readTile('acme', 1, 0))?.length, TILE_WIDTH * 32)
    await growTo(bench, LARGE_SIZE)
    await checkTiles(bench, TILE_WIDTH + 1)
    assert.equal(await bench.store.readTile('acme', 1, 1), undefined)
    await bench.checkLogs()
  })
}

async function growTo(bench: Bench, size: number): Promise<void> {
  for (let from = bench.model('acme').length; from < size; from = bench.model('acme').length) {
    const count = Math.min(BATCH_EVENTS, size - from)
    await bench.appendUnchecked(bench.unit('acme', ...bench.chance.times(count, (i) => tinyEvent(from + i))))
  }
}

/** The first and the last full tile hold what the leaves give; the one after them does not exist yet. */
async function checkTiles(bench: Bench, full: number): Promise<void> {
  for (const index of new Set([0, full - 1].filter((i) => i >= 0 && i < full))) {
    const leaves = bench.model('acme').slice(index * TILE_WIDTH, (index + 1) * TILE_WIDTH)
    const expected = concatBytes(leaves.map(({ leaf }) => hashLeaf(leaf)))
    assert.deepEqual(Buffer.from((await bench.store.readTile('acme', 0, index)) ?? []), Buffer.from(expected))
  }
  assert.equal(await bench.store.readTile('acme', 0, full), undefined)
  await checkRoots(bench, full)
}

/** Which root is whose, checkLog compares; here is how many a range holds. */
async function checkRoots({ store }: Bench, full: number): Promise<void> {
  const roots = (from: number, to: number) => store.readTileRoots('acme', 0, from, to)
  const all = await roots(0, full)
  assert.equal(all.length, full)
  assert.deepEqual(await roots(0, full + 100), all)
  assert.deepEqual(await roots(1, full), all.slice(1))
  for (const [from, to] of [
    [full, full + 100],
    [1, 1],
    [2, 1],
  ] as const) {
    assert.deepEqual(await roots(from, to), [], `roots ${from} to ${to}`)
  }
  assert.deepEqual(await store.readTileRoots('nobody', 0, 0, full), [])
}
