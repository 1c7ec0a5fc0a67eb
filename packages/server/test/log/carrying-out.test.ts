/** Carrying a large erasing out in the index: each entry is told once, much at a time, and only so much is unanswered. */
import { encodeUtf8 } from '@sealedlog/sdk/base'
import { describe, expect, test } from 'vitest'
import { carryOut } from '../../dist/log/erasing/carrying-out.js'
import type { LogStore, StoredEntry } from '../../dist/store/index.js'

const COUNT = 45_000
const BYTES_UNANSWERED_MAX = 2 ** 25
const REDACTIONS = [{ groups: ['actor'], ranges: [[0, COUNT - 1]] }] as const

/** A log whose entries have lost their actor, but every third, which never had one. */
function storeOf(padding: number): LogStore {
  const lost = encodeUtf8(`{"groups":{"actor":"x"},"padding":"${'x'.repeat(padding)}"}`)
  const whole = encodeUtf8('{"groups":{}}')
  const entryAt = (index: number) => ({ index, leaf: index % 3 === 0 ? whole : lost, disclosures: encodeUtf8('[]') })
  const readRange = (_org: string, from: number, to: number) =>
    Promise.resolve(Array.from({ length: to - from }, (_, nth) => entryAt(from + nth)))
  return { readRange } as unknown as LogStore
}

const carried = (padding: number, tell: (indexes: readonly number[]) => Promise<void>): Promise<void> =>
  carryOut({ store: storeOf(padding), org: 'acme', known: COUNT }, REDACTIONS, ({ index }: StoredEntry) => index, tell)

describe('an erasing of many entries', () => {
  test('is told without waiting for each answer: whoever carries it out can do so at once', async () => {
    const told: number[] = []
    const answers: (() => void)[] = []
    const done = carried(100, (indexes) => {
      told.push(...indexes)
      return new Promise((resolve) => answers.push(resolve))
    })
    let isDone = false
    void done.then(() => (isDone = true))
    while (told.length < (COUNT * 2) / 3) await new Promise(setImmediate)
    expect(answers.length).toBeGreaterThan(2)
    await new Promise(setImmediate)
    expect(isDone).toBe(false)
    for (const answer of answers) answer()
    await done
    expect(told).toEqual(Array.from({ length: COUNT }, (_, index) => index).filter((index) => index % 3 !== 0))
  })

  test('waits where too much is unanswered', async () => {
    const padding = 8_000
    let unanswered = 0
    let most = 0
    let tellings = 0
    await carried(padding, async (indexes) => {
      tellings += 1
      unanswered += indexes.length
      most = Math.max(most, unanswered)
      for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate)
      unanswered -= indexes.length
    })
    expect(most * padding).toBeGreaterThan(BYTES_UNANSWERED_MAX / 2)
    // what is read at once may be too much
    expect(most * padding).toBeLessThan(BYTES_UNANSWERED_MAX * 1.2)
    expect(tellings).toBeGreaterThan(5)
  })

  test('fails where one of the tellings does, once all are answered', async () => {
    let unanswered = 0
    let tellings = 0
    const done = carried(100, async () => {
      const nth = ++tellings
      unanswered += 1
      await new Promise(setImmediate)
      unanswered -= 1
      if (nth === 2) throw new Error('no room')
    })
    await expect(done).rejects.toThrow('no room')
    expect(unanswered).toBe(0)
  })
})
