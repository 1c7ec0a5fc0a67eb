/** Laws of reading: what does not exist is left out, and nobody sees another organization's entries. */
import assert from 'node:assert/strict'
import type { StoredEntry } from '../port.js'
import type { Bench, HandLaw } from './bench.js'
import { fullEvent } from './chance.js'

const SIZE = 10

export function readLaws(law: HandLaw): void {
  law('a range holds the entries from its start to before its end, by index', async (bench) => {
    await fill(bench)
    const range = async (from: number, to: number) => indexesOf(await bench.store.readRange('acme', from, to))
    assert.deepEqual(await range(0, SIZE), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    assert.deepEqual(await range(3, 5), [3, 4])
    assert.deepEqual(await range(8, 1_000), [8, 9])
    for (const [from, to] of [
      [SIZE, SIZE + 5],
      [5, 5],
      [5, 3],
      [-5, 0],
      [0, -1],
    ] as const) {
      assert.deepEqual(await range(from, to), [], `${from} to ${to}`)
    }
    assert.deepEqual(await range(-5, 2), [0, 1])
  })

  law('entries at some indexes come in the order asked for', async (bench) => {
    await fill(bench)
    const at = async (...indexes: number[]) => indexesOf(await bench.store.readAt('acme', indexes))
    assert.deepEqual(await at(7, 2, 2, 9), [7, 2, 2, 9])
    assert.deepEqual(await at(-1, 10, 3, 1_000_000), [3])
    assert.deepEqual(await at(), [])
  })

  law('every entry is found by its id, as the range holds it', async (bench) => {
    await fill(bench)
    for (const [index, { id }] of bench.model('acme').entries()) {
      assert.deepEqual(
        await bench.store.findById('acme', id),
        (await bench.store.readRange('acme', index, index + 1))[0],
      )
      assert.deepEqual(await bench.store.findById('acme', id), (await bench.store.readAt('acme', [index]))[0])
    }
    assert.equal(await bench.store.findById('acme', 'evt_unknown'), undefined)
    assert.equal(await bench.store.findById('acme', ''), undefined)
  })

  law('no organization sees another’s entries', async (bench) => {
    await fill(bench)
    await bench.createLogs('umbrella')
    const id = bench.model('acme')[0]?.id ?? ''
    for (const org of ['umbrella', 'nobody', 'acme ', 'ACME', '%', '']) {
      assert.equal(await bench.store.findById(org, id), undefined)
      assert.deepEqual(await bench.store.readRange(org, 0, SIZE), [])
      assert.deepEqual(await bench.store.readAt(org, [0, 1]), [])
    }
  })
}

async function fill(bench: Bench): Promise<void> {
  await bench.createLogs('acme', 'other')
  const event = () => fullEvent(bench.chance, bench.clock.nowMs)
  for (let i = 0; i < SIZE; i++) {
    await bench.appendUnchecked(bench.unit('other', event()), bench.unit('acme', event()))
  }
  await bench.checkLogs()
}

const indexesOf = (entries: readonly StoredEntry[]): readonly number[] => entries.map(({ index }) => index)
