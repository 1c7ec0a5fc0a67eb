/** Networks of IP addresses (CIDR): read once, kept masked, asked whether an address lies within. */
import { formatIp, ipBytes } from '../event/index.js'

export interface Network {
  /** 4 or 16 bytes, those past the prefix zero */
  readonly bytes: readonly number[]
  readonly prefixBits: number
}

/**
 * `10.0.0.0/8` (RFC 4632 §3.1) or `2001:db8::/32` (RFC 4291 §2.3), or undefined. Bits past the prefix are dropped.
 *
 * @example
 * parseNetwork('10.1.2.3/8') // { bytes: [10, 0, 0, 0], prefixBits: 8 }
 */
export function parseNetwork(text: string): Network | undefined {
  const slash = text.lastIndexOf('/')
  const bytes = ipBytes(text.slice(0, slash))
  const bits = text.slice(slash + 1)
  if (slash === -1 || bytes === undefined || !/^(?:0|[1-9]\d{0,2})$/.test(bits)) return undefined
  const prefixBits = Number(bits)
  if (prefixBits > bytes.length * 8) return undefined
  return { bytes: masked(bytes, prefixBits), prefixBits }
}

export const formatNetwork = ({ bytes, prefixBits }: Network): string => `${formatIp(bytes)}/${prefixBits}`

/** Whether an address lies in the network. One of the other version does not. */
export function contains({ bytes, prefixBits }: Network, address: string): boolean {
  const other = ipBytes(address)
  if (other?.length !== bytes.length) return false
  return masked(other, prefixBits).every((byte, i) => byte === bytes[i])
}

const masked = (bytes: readonly number[], prefixBits: number): readonly number[] =>
  bytes.map((byte, i) => byte & (0xff00 >> Math.min(8, Math.max(0, prefixBits - 8 * i))) & 0xff)
