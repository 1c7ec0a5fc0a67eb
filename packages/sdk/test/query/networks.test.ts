/** Networks against plain arithmetic: a network is the first bits of a number. */
import { BlockList } from 'node:net'
import { expect, test } from 'vitest'
import { contains, formatNetwork, type Network, parseNetwork } from '../../dist/query/networks.js'
import { type Address, addressOf, flipped, isWithin, randomAddress } from './addresses.js'
import { random, SEED } from './support.js'

const RUNS = 20_000
const familyOf = (bits: number) => (bits === 32 ? 'ipv4' : 'ipv6')

test(`an address lies in a network as the numbers say, and as Node says (QUERY_SEED=${SEED})`, () => {
  const rnd = random(SEED)
  let inside = 0
  for (let i = 0; i < RUNS; i++) {
    const [start, other] = [randomAddress(rnd), randomAddress(rnd)]
    const network = addressOf(start)
    const address = addressOf(other)
    if (network === undefined || address === undefined) throw new Error(`${start} or ${other} is no address`)
    const prefixBits = rnd(rnd(2) === 0 ? network.bits + 1 : 9)
    const parsed = parseNetwork(`${start}/${prefixBits}`)
    if (parsed === undefined) throw new Error(`${start}/${prefixBits} is a network`)
    const expected = isWithin(address, network, prefixBits)
    const what = `${other} in ${start}/${prefixBits}`
    expect(contains(parsed, other), what).toBe(expected)
    expect(contains(parsed, start), what).toBe(true)
    expect(parseNetwork(formatNetwork(parsed)), what).toEqual(parsed)
    if (i % 20 === 0 && prefixBits > 0 && network.bits === address.bits) {
      const list = new BlockList()
      list.addSubnet(start, prefixBits, familyOf(network.bits))
      expect(list.check(other, familyOf(address.bits)), what).toBe(expected)
    }
    if (expected) inside++
  }
  expect(inside).toBeGreaterThan(RUNS / 20)
})

test('every bit of a prefix counts, and none behind it', () => {
  for (const start of ['10.77.3.201', '255.255.255.255', '2001:db8:85a3::8a2e:370:7334', '::']) {
    const address = addressOf(start) as Address
    for (let prefixBits = 0; prefixBits <= address.bits; prefixBits++) {
      const network = parseNetwork(`${start}/${prefixBits}`) as Network
      for (let bit = 0; bit < address.bits; bit++)
        expect(contains(network, flipped(address, bit)), `${start}/${prefixBits}, bit ${bit}`).toBe(bit >= prefixBits)
    }
  }
})

test.each([
  ...' / 10.0.0.0 10.0.0.0/ /8 10.0.0.0/33 10.0.0.0/-1 10.0.0.0/08 10.0.0/8 10.0.0.256/8 10.0.0.01/8'.split(' '),
  ...'10.0.0.0/8/8 10.0.0.0/٨ 10.0.0.0/1e1 10.0.0.0/8.0 x/8 2001:db8::/129 2001:db8:::/32'.split(' '),
  ...'2001:db8::1::/32 fe80::1%eth0/64 1:2:3:4:5:6:7:8:9/64 ::g/8'.split(' '),
  '10.0.0.0/8 ',
  ' 10.0.0.0/8',
])('%j is no network', (text) => {
  expect(parseNetwork(text)).toBeUndefined()
})
