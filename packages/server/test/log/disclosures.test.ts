/** The disclosures of a bundle, as they are read for whoever takes them away. */
import { concatBytes } from '@sealedlog/sdk/base'
import { formatDisclosureLines } from '@sealedlog/sdk/event'
import { expect, test } from 'vitest'
import { READ_ENTRIES, readDisclosures } from '../../dist/log/disclosures.js'
import { altered, event, makeWorld } from './support.js'

const COUNT = 300
const LARGE_CHARS = 20_000

test('leave entry by entry, and no more than a few entries are in memory for whoever reads slowly', async () => {
  const { log, store } = await makeWorld()
  const said = Array.from({ length: COUNT }, (_, i) => ({
    ...event(`e${i}`),
    // The first are small: what follows is not told by them.
    ...(i < 10 ? {} : { details: { text: 'x'.repeat(LARGE_CHARS) } }),
  }))
  for (let at = 0; at < COUNT; at += 50) await log.record('acme', said.slice(at, at + 50), 'key_1')
  const reads: number[] = []
  const counted = altered(store, {
    async readRange(org, from, to) {
      reads.push(to - from)
      return store.readRange(org, from, to)
    },
  })
  for (const [bundle, from, to] of [
    [0, 0, 256],
    [1, 256, COUNT],
  ] as const) {
    const parts: Uint8Array[] = []
    for await (const part of readDisclosures(counted, 'acme', COUNT, bundle)) parts.push(part)
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(2 * LARGE_CHARS)
    expect(concatBytes(parts)).toEqual(formatDisclosureLines(await store.readRange('acme', from, to)))
  }
  expect(Math.max(...reads)).toBe(READ_ENTRIES)
})
