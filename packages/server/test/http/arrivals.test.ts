/** Bodies that are let in: bounded for each key and all together, before one of them is read. */
import { EventEmitter } from 'node:events'
import type { IncomingHttpHeaders } from 'node:http'
import { expect, test } from 'vitest'
import { Arrivals } from '../../dist/http/arrivals.js'

const MIB = 1_048_576
const plain = (mib: number) => ({ 'content-length': String(mib * MIB) })

/** How many bodies of a key are let in before one is refused. */
function fill(arrivals: Arrivals, key: string, headers: IncomingHttpHeaders): readonly EventEmitter[] {
  const answers: EventEmitter[] = []
  for (;;) {
    const answer = new EventEmitter()
    try {
      arrivals.letIn(key, headers, answer)
    } catch (error) {
      expect(error).toMatchObject({ code: 'queue_full', retryAfterSeconds: 1 })
      return answers
    }
    answers.push(answer)
  }
}

test('a key holds its share, two hold all of it, and what is answered makes room', () => {
  const arrivals = new Arrivals()
  const first = fill(arrivals, 'a', plain(10))
  expect(first).toHaveLength(6)
  expect(fill(arrivals, 'b', plain(1))).toHaveLength(64)
  expect(fill(arrivals, 'c', plain(1))).toHaveLength(4)
  expect(fill(arrivals, 'd', plain(1))).toEqual([])
  for (const answer of first) answer.emit('close')
  expect(fill(arrivals, 'd', plain(10))).toHaveLength(6)
})

test.each([
  ['without a length', {}],
  ['that is packed', { 'content-length': '10', 'content-encoding': 'gzip' }],
])('a body %s counts a mebibyte', (_what, headers) => {
  expect(fill(new Arrivals(), 'a', headers)).toHaveLength(64)
})

test('a body that comes alone is let in, whatever it says', () => {
  const arrivals = new Arrivals()
  expect(fill(arrivals, 'a', plain(1_000))).toHaveLength(1)
})
