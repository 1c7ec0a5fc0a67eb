/** The formats that are checked, each in linear time. A schema that names another one is refused: it would check nothing. */
import { parseTime } from '@sealedlog/sdk/base'
import { canonicalIp } from '@sealedlog/sdk/event'

const isIpv6 = (text: string): boolean => text.includes(':') && canonicalIp(text) !== undefined
const isIpv4 = (text: string): boolean => !text.includes(':') && canonicalIp(text) !== undefined
const HOST_LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/
/** The characters of RFC 3986, and percent signs only before two hexadecimal digits. */
const URI = /^[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*$/
const HOST_CHARS_MAX = 253
const EMAIL_CHARS_MAX = 320

const isHostname = (text: string): boolean =>
  text.length <= HOST_CHARS_MAX && text.split('.').every((label) => HOST_LABEL.test(label))

/** The whole of a time, so that nothing longer than the longest one is looked at. */
const TIME_CHARS_MAX = 40
const isTimeOf = (text: string): boolean => text.length <= TIME_CHARS_MAX && parseTime(text) !== undefined

export const FORMATS = {
  'date-time': isTimeOf,
  date: (text) => text.length === 10 && isTimeOf(`${text}T00:00:00Z`),
  time: (text) => isTimeOf(`1970-01-01T${text}`),
  email: (text) => text.length <= EMAIL_CHARS_MAX && /^[^\s@]+@[^\s@]+$/.test(text),
  hostname: isHostname,
  ipv4: isIpv4,
  ipv6: isIpv6,
  ip: (text) => canonicalIp(text) !== undefined,
  uri: (text) => URI.test(text) && URL.canParse(text),
  uuid: (text) => /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/.test(text),
} as const satisfies { readonly [name: string]: (text: string) => boolean }

export type FormatName = keyof typeof FORMATS

export const FORMAT_NAMES: readonly string[] = Object.keys(FORMATS)

export const isFormatName = (name: string): name is FormatName => Object.hasOwn(FORMATS, name)
