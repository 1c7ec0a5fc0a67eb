/** Addresses as the numbers that they are, worked out plainly: the product keeps bytes. */
import { isIPv4, isIPv6 } from 'node:net'
import { oneIn, pick, type Random, times } from './support.js'

export interface Address {
  readonly bits: 32 | 128
  readonly number: bigint
}

export function addressOf(text: string): Address | undefined {
  if (isIPv4(text)) return { bits: 32, number: numberOf(text.split('.').map(Number), 8n) }
  if (!isIPv6(text) || text.includes('%')) return undefined
  const dotted = /[\d.]+$/.exec(text)?.[0] ?? ''
  const hex = isIPv4(dotted) ? `${text.slice(0, -dotted.length)}${hexGroups(dotted)}` : text
  const [head = '', tail] = hex.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)))
  const [before, after] = [groups(head), groups(tail ?? '')]
  const zeros = Array<number>(8 - before.length - after.length).fill(0)
  return { bits: 128, number: numberOf([...before, ...zeros, ...after], 16n) }
}

const numberOf = (parts: readonly number[], bits: bigint): bigint =>
  parts.reduce((number, part) => (number << bits) | BigInt(part), 0n)

function hexGroups(dotted: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = dotted.split('.').map(Number)
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
}

/** Whether an address lies in the network of `prefixBits` that another begins. */
export const isWithin = (address: Address, network: Address, prefixBits: number): boolean => {
  const shift = BigInt(network.bits - prefixBits)
  return address.bits === network.bits && address.number >> shift === network.number >> shift
}

/** An address in one of its spellings, with runs of zeros. */
export function randomAddress(rnd: Random): string {
  if (oneIn(rnd, 2)) return times(4, () => pick(rnd, [0, 10, 127, 128, 255, rnd(256)])).join('.')
  const groups = times(8, () => pick(rnd, [0, 0, 0, 0xffff, rnd(65_536)]))
  const spelled = groups.map((group) => group.toString(16).padStart(oneIn(rnd, 3) ? 4 : 1, '0'))
  const [a = 0, b = 0] = groups.slice(6)
  const tail = oneIn(rnd, 4) ? [[a >> 8, a & 255, b >> 8, b & 255].join('.')] : spelled.slice(6)
  const text = [...spelled.slice(0, 6), ...tail].join(':')
  const zeros = /(?:^|:)(?:0{1,4}(?::|$)){2,}/.exec(text)
  const short =
    zeros && oneIn(rnd, 2) ? `${text.slice(0, zeros.index)}::${text.slice(zeros.index + zeros[0].length)}` : text
  return oneIn(rnd, 2) ? short : short.toUpperCase()
}

/** An address that differs from another in one bit: the first being 0. */
export function flipped({ bits, number }: Address, bit: number): string {
  const changed = number ^ (1n << BigInt(bits - 1 - bit))
  const size = bits === 32 ? 8 : 16
  const parts = times(bits / size, (i) =>
    Number((changed >> BigInt(bits - size * (i + 1))) & ((1n << BigInt(size)) - 1n)),
  )
  return bits === 32 ? parts.join('.') : parts.map((part) => part.toString(16)).join(':')
}
