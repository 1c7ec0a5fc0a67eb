/** The id of a request: the caller's where it is a harmless token, else one of ours. It stands in the answer and the log. */
import { type RandomBytes, randomChars } from '@sealedlog/sdk/base'

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const CHARS = 26

export const newRequestId = (random: RandomBytes): string => `req_${randomChars(ALPHABET, CHARS, random)}`

export const requestIdOf = (header: string | string[] | undefined, random: RandomBytes): string =>
  typeof header === 'string' && /^[A-Za-z0-9._:/+=-]{1,128}$/.test(header) ? header : newRequestId(random)
