import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, encodeUtf8 } from '../../dist/base/index.js'
import { parseLeaf } from '../../dist/event/index.js'
import { LeafScan } from '../../dist/verify/leaf-scan.js'
import { isTime, isTimeAt } from '../../dist/verify/time-scan.js'
import { codeOf } from '../merkle/support.js'
import { World } from './world.js'

const scan = new LeafScan()

/** Behind two bytes, as leaves stand in a bundle, and with more behind them. */
function scans(leaf: Uint8Array): boolean {
  const bytes = Buffer.concat([Buffer.from([1, 2]), leaf, Buffer.from('","v":1}')])
  return scan.scan(bytes, 2, 2 + leaf.length)
}

const world = new World().fill(60)
const leaves = fc.constantFrom(...world.leaves.map((leaf) => Buffer.from(leaf).toString('latin1')))
const pieces = fc.oneof(
  fc.constantFrom(
    '"',
    '\\',
    ',',
    '{',
    '}',
    '[',
    ']',
    ':',
    ' ',
    'null',
    '"a":"b",',
    '"log":{},',
    '__proto__',
    '\u00e9',
    '1',
    '2',
    '0',
  ),
  fc.string({ maxLength: 3 }),
)

test('a scan takes what the server writes, unless it has an act', () => {
  expect(world.leaves.every(scans)).toBe(true)
  world.rotate()
  expect(scans(world.leaves.at(-1) ?? new Uint8Array(0))).toBe(false)
})

test('a scan takes nothing that parseLeaf refuses, whatever is put in, taken out or written over', () => {
  let taken = 0
  fc.assert(
    fc.property(
      leaves,
      fc.array(fc.tuple(fc.nat(), fc.nat(3), pieces), { minLength: 1, maxLength: 2 }),
      (leaf, edits) => {
        let text = leaf
        for (const [at, cut, piece] of edits) {
          const i = at % (text.length + 1)
          text = text.slice(0, i) + piece + text.slice(i + cut)
        }
        const bytes = Buffer.from(text, 'latin1')
        if (!scans(bytes)) return
        taken++
        expect(codeOf(() => parseLeaf(bytes))).toBe('none')
      },
    ),
    { numRuns: 20_000 },
  )
  expect(taken).toBeGreaterThan(0)
})

test('a scan takes a leaf of any plain members that parseLeaf takes, and finds its groups', () => {
  const word = fc.stringMatching(/^[a-z0-9/_.:-]{0,12}$/)
  const leaf = fc.record({
    actor: fc.option(word),
    bucket: word,
    groups: fc.dictionary(word, word, { maxKeys: 8 }),
    id: word,
    org: word,
    outcome: word,
    targets: fc.array(word, { maxLength: 3 }),
    type: word,
  })
  const time = '2026-11-21T00:00:00.000Z'
  fc.assert(
    fc.property(leaf, (members) => {
      const whole = { ...members, occurred_at: time, recorded_at: time, v: 1 }
      const bytes = encodeUtf8(canonicalJson(whole))
      const isPlain = !Object.keys(members.groups).some((name) => name.startsWith('_'))
      expect(scans(bytes)).toBe(isPlain)
      if (isPlain) expect(scan.groupCount).toBe(Object.keys(members.groups).length)
      if (isPlain) expect(codeOf(() => parseLeaf(bytes))).toBe('none')
    }),
    { numRuns: 2000 },
  )
})

test('an instant is read in bytes as it is in text', () => {
  const part = (max: number) => fc.nat(max).map((n) => String(n).padStart(2, '0'))
  const times = fc
    .tuple(fc.integer({ min: 1890, max: 2110 }), part(14), part(33), part(26), part(62), part(62))
    .map(([y, m, d, h, min, s]) => `${y}-${m}-${d}T${h}:${min}:${s}.123Z`)
  fc.assert(
    fc.property(fc.oneof(times, fc.constantFrom('2024-02-29T00:00:00.000Z', '2026-02-29T00:00:00.000Z')), (text) => {
      expect(isTimeAt(encodeUtf8(text), 0)).toBe(isTime(text))
    }),
    { numRuns: 5000 },
  )
})
