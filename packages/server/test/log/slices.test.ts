/** Long works beside one another: one slice a turn of the loop, however many there are. */
import { expect, test } from 'vitest'
import { Slices } from '../../dist/log/slices.js'

test('in each turn of the loop, one of many long works goes on', async () => {
  const works = 12
  let turns = 0
  let isOver = false
  const count = () => {
    turns++
    if (!isOver) setImmediate(count)
  }
  count()
  const seen: number[] = []
  const work = async () => {
    const slices = new Slices()
    for (let piece = 0; piece < 3; piece++) {
      for (const untilMs = performance.now() + 5; performance.now() < untilMs; );
      await slices.turn()
      seen.push(turns)
    }
  }
  await Promise.all(Array.from({ length: works }, work))
  isOver = true
  expect(new Set(seen).size).toBe(seen.length)
})
