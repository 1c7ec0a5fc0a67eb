/** Addresses: what is one, agrees with the platform; what is written, is the one spelling of RFC 5952. */
import { isIP } from 'node:net'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalIp, formatIp, ipBytes } from '../../dist/event/index.js'

const nearly = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.ipV4Extended(),
  fc.stringMatching(/^[0-9a-f:.]{0,40}$/),
  fc
    .array(fc.constantFrom('::', ':', '1', 'ffff', '0', '1.2.3.4', '.', '00', '255'), { maxLength: 10 })
    .map((parts) => parts.join('')),
)

describe('canonicalIp', () => {
  test('takes what the platform takes, zones aside', () => {
    fc.assert(
      fc.property(nearly, (text) => {
        expect([text, canonicalIp(text) !== undefined]).toEqual([text, isIP(text) !== 0])
      }),
      { numRuns: 5_000 },
    )
  })

  test.each(['1.2.3.4::', '::1.2.3.4:1', '1.2.3.4::1', '1:1.2.3.4:2:3:4:5:6', '::1%eth0'])('refuses %s', (text) => {
    expect(canonicalIp(text)).toBeUndefined()
  })

  test.each([
    ['::ffff:1.2.3.4', '::ffff:102:304'],
    ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:102:304'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
  ])('%s is %s', (text, canonical) => {
    expect(canonicalIp(text)).toBe(canonical)
  })

  test('its bytes are written as it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        expect(formatIp(ipBytes(text) ?? [])).toBe(canonicalIp(text))
      }),
    )
  })
})
