/** What is remembered of keys: what was read, until it is forgotten, and never more than so many. */
import { expect, test } from 'vitest'
import { KeyCache } from '../../dist/store/sqlite/key-cache.js'

const keyOf = (hash: string) => ({
  id: `key_${hash}`,
  hash,
  org: 'acme',
  name: '',
  scopes: [],
  createdAtMs: 0,
  expiresAtMs: null,
  revokedAtMs: null,
})

test('a key is read once, an unknown one each time, and all again after they were forgotten', () => {
  const cache = new KeyCache()
  const read: string[] = []
  const find = (hash: string) =>
    cache.find(hash, (asked) => {
      read.push(asked)
      return asked === 'unknown' ? undefined : keyOf(asked)
    })
  for (const hash of ['a', 'a', 'unknown', 'unknown', 'b', 'a']) find(hash)
  expect(read).toEqual(['a', 'unknown', 'unknown', 'b'])
  cache.clear()
  expect(find('a')?.id).toBe('key_a')
  expect(read.at(-1)).toBe('a')
})

test('so many keys are remembered and no more: the one read first goes first', () => {
  const cache = new KeyCache()
  let reads = 0
  const find = (n: number) =>
    cache.find(String(n), (hash) => {
      reads++
      return keyOf(hash)
    })
  for (let n = 0; n <= 10_000; n++) find(n)
  expect(reads).toBe(10_001)
  find(10_000)
  find(1)
  expect(reads).toBe(10_001)
  find(0)
  expect(reads).toBe(10_002)
})
