/** IP addresses: which texts are one, and the one spelling by which two of them are compared. */

/**
 * The canonical spelling of an IPv4 (RFC 791, dotted) or IPv6 address (RFC 4291 §2.2 read, RFC 5952 §4
 * written), or undefined. An IPv4-mapped address keeps its IPv6 form; zones are refused.
 *
 * @example
 * canonicalIp('2001:DB8:0:0::1') // '2001:db8::1'
 */
export function canonicalIp(text: string): string | undefined {
  if (!text.includes(':')) return parseIpv4(text) === undefined ? undefined : text
  const groups = parseIpv6(text)
  return groups === undefined ? undefined : formatIpv6(groups)
}

/**
 * The 4 or 16 bytes of an address, or undefined.
 *
 * @example
 * ipBytes('10.0.0.1') // [10, 0, 0, 1]
 */
export function ipBytes(text: string): readonly number[] | undefined {
  return (text.includes(':') ? parseIpv6(text) : parseIpv4(text))?.flatMap((group) => [group >> 8, group & 0xff])
}

/** The canonical spelling of 4 or 16 bytes. */
export function formatIp(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join('.')
  return formatIpv6(Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)))
}

/** The two 16-bit groups of a dotted address: no leading zeros, so that nobody reads octal. */
function parseIpv4(text: string): readonly [number, number] | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  const [a, b, c, d] = parts.map(parseByte) as [number, number, number, number]
  return Number.isNaN(a + b + c + d) ? undefined : [a * 256 + b, c * 256 + d]
}

/** Digit by digit: an address is read for each event that is recorded. */
function parseByte(text: string): number {
  if (text === '' || text.length > 3 || (text.length > 1 && text.startsWith('0'))) return Number.NaN
  let byte = 0
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - DIGIT_ZERO
    if (digit < 0 || digit > 9) return Number.NaN
    byte = byte * 10 + digit
  }
  return byte > 255 ? Number.NaN : byte
}

const DIGIT_ZERO = 48

function parseIpv6(text: string): readonly number[] | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const isWhole = halves.length === 1
  const head = parseGroups(halves[0] ?? '', isWhole)
  const tail = isWhole ? [] : parseGroups(halves[1] ?? '', true)
  if (head === undefined || tail === undefined) return undefined
  const missing = 8 - head.length - tail.length
  if (isWhole ? missing !== 0 : missing < 1) return undefined
  return [...head, ...Array<number>(missing).fill(0), ...tail]
}

/** Groups of a half; where the address ends, the last two may be dotted (RFC 4291 §2.2, form 3). */
function parseGroups(text: string, isEnd: boolean): number[] | undefined {
  if (text === '') return []
  const parts = text.split(':')
  const last = parts.at(-1) ?? ''
  const dotted = isEnd && last.includes('.') ? parseIpv4(last) : []
  if (dotted === undefined) return undefined
  const hex = isEnd && last.includes('.') ? parts.slice(0, -1) : parts
  if (!hex.every((part) => /^[0-9a-fA-F]{1,4}$/.test(part))) return undefined
  return [...hex.map((part) => Number.parseInt(part, 16)), ...dotted]
}

function formatIpv6(groups: readonly number[]): string {
  const hex = groups.map((group) => group.toString(16)).join(':')
  const zeros = [...hex.matchAll(/(?<=^|:)0(?::0)+(?=:|$)/g)].map(([run]) => run)
  const longest = zeros.reduce((best, run) => (run.length > best.length ? run : best), '')
  if (longest === '') return hex
  const at = hex.search(new RegExp(`(?<=^|:)${longest}(?=:|$)`))
  return `${hex.slice(0, Math.max(0, at - 1))}::${hex.slice(at + longest.length + 1)}`
}
