/** What is minted once: the origin of a log, and the base under which all origins of an installation stand. */
import { AuditError, type RandomBytes, randomChars } from '@sealedlog/sdk/base'

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'
const LOG_ID_CHARS = 26

/** A base is a schema-less URL prefix (C2SP tlog-checkpoint): no space, no plus, no slash at its end. */
const BASE_PATTERN = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?:\/[A-Za-z0-9._~-]+)*$/

/** The base when nobody gives one: a name of its own under a top-level domain that never resolves (RFC 6761 §6.4). */
export const mintOriginBase = (random: RandomBytes): string =>
  `${randomChars(BASE32, LOG_ID_CHARS, random)}.sealedlog.invalid`

/** The origin of a new log: never the organization's id, which may be anybody's business. */
export const mintOrigin = (base: string, random: RandomBytes): string =>
  `${base}/${randomChars(BASE32, LOG_ID_CHARS, random)}`

/** @throws AuditError `invalid_configuration` */
export function checkOriginBase(base: string): string {
  if (base.length <= 200 && BASE_PATTERN.test(base)) return base
  throw new AuditError(
    'invalid_configuration',
    `The origin base ${JSON.stringify(base)} is not a host name with an optional path, such as audit.example.com/logs.`,
  )
}
