import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  decodeBase64,
  decodeBase64Url,
  decodeHex,
  encodeBase64,
  encodeBase64Url,
  encodeHex,
  encodeUtf8,
  sha256,
  sha256Base64Url,
  sha256Into,
} from '../../dist/base/index.js'
import * as portable from '../../dist/base/sha256.portable.js'

/** What the two platforms offer must be the same. */
test.each([
  ['the platform', { sha256Into, sha256Base64Url }],
  ['portable code', portable],
])('%s writes a digest into a buffer, or as base64url', (_, platform) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(10), (bytes, offset) => {
      const target = new Uint8Array(offset + 34).fill(7)
      platform.sha256Into(bytes, target, offset)
      expect(target.subarray(offset, offset + 32)).toEqual(sha256(bytes))
      expect([...target.subarray(0, offset), target.at(-2), target.at(-1)].every((byte) => byte === 7)).toBe(true)
      expect(platform.sha256Base64Url(bytes)).toBe(encodeBase64Url(sha256(bytes)))
    }),
  )
})

test.each([
  ['the platform', sha256Base64Url],
  ['portable code', portable.sha256Base64Url],
])('%s hashes a text as its bytes in UTF-8', (_, base64Url) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(base64Url(text)).toBe(base64Url(encodeUtf8(text)))
    }),
  )
})

const byNode = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

describe.each([
  ['the platform’s SHA-256', sha256],
  ['the portable SHA-256', portable.sha256],
])('%s', (_, hash) => {
  test('equals node:crypto at every length from 0 to 200', () => {
    for (let length = 0; length <= 200; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + length) % 256)
      expect(encodeHex(hash(bytes))).toBe(byNode(bytes))
    }
  })

  test('equals node:crypto for any bytes, also for a view into a larger buffer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), fc.nat(100), (bytes, from) => {
        expect(encodeHex(hash(bytes))).toBe(byNode(bytes))
        expect(encodeHex(hash(bytes.subarray(from)))).toBe(byNode(bytes.subarray(from)))
      }),
    )
  })

  test('gives 32 bytes of their own', () => {
    const digest = hash(new Uint8Array(0))
    expect(digest.byteOffset).toBe(0)
    expect(digest.buffer.byteLength).toBe(32)
    expect(digest.constructor).toBe(Uint8Array)
  })
})

describe.each([
  ['hex', encodeHex, decodeHex, 'hex'],
  ['base64', encodeBase64, decodeBase64, 'base64'],
  ['base64url', encodeBase64Url, decodeBase64Url, 'base64url'],
] as const)('%s', (_, encode, decode, name) => {
  test('is what Buffer writes, and is read back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(encode(bytes)).toBe(Buffer.from(bytes).toString(name))
        expect(decode(encode(bytes))).toEqual(bytes)
      }),
    )
  })

  test('has one spelling: whatever is read is written back the same', () => {
    const letters = fc.constantFrom(...'ABCQgwxyz019+/-_=af \n\0é'.split(''))
    fc.assert(
      fc.property(fc.string({ unit: letters, maxLength: 12 }), (text) => {
        const bytes = decode(text)
        if (bytes !== undefined) expect(encode(bytes)).toBe(text)
      }),
      { numRuns: 5000 },
    )
  })
})

test.each([
  'AB',
  'A',
  'AA',
  'AA=',
  'AB==',
  'AAB=',
  'AAA',
  'AAAA=',
  'AAAA====',
  '====',
  '=',
  'AA==AA==',
  'AA-_',
  ' AAAA',
  'AAAA\n',
  'AA\n==',
])('base64 is not spelled %j', (text) => expect(decodeBase64(text)).toBeUndefined())

test.each(['A', 'AB', 'AAB', 'AA==', 'AAA=', 'AA+/', 'AAAAA', ' AAAA', 'AAAA\n'])(
  'base64url is not spelled %j',
  (text) => expect(decodeBase64Url(text)).toBeUndefined(),
)

test.each(['0', 'AA', 'aA', '0x00', 'gg', ' 00', '00\n', '000'])('hex is not spelled %j', (text) =>
  expect(decodeHex(text)).toBeUndefined(),
)
