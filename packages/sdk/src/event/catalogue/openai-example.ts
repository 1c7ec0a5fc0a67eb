/** The cast and the form of OpenAI's examples: who acts in them, and an audit log document around one event. */
import type { JsonObject } from '../../base/index.js'
import { steadyChars, steadyNumber } from './steady.js'

const adaUser: JsonObject = { id: 'user-aB3dE6gH9jK2mN5pQ8sT1vW4', email: 'ada@example.com' }
const graceUser: JsonObject = { id: 'user-zY1xW4vU7tS0rQ3pO6nM9lK2', email: 'grace@example.com' }

/** A person in a browser, with all that live records say of a session (more than OpenAI's schema does). */
export const ada: JsonObject = {
  type: 'session',
  session: {
    user: adaUser,
    ip_address: '203.0.113.42',
    user_agent:
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Safari/537.36',
    ja3: '353a03072e841d5004dfaa78561ccc70',
    ja4: 't13d691100_8b2139ff7677_f0e8fcc46740',
    ip_address_details: {
      country: 'IN',
      city: 'Mumbai',
      region: 'Maharashtra',
      region_code: 'MH',
      asn: '64500',
      latitude: '19.07283',
      longitude: '72.88261',
    },
  },
}

/** A person in a session, with no more than OpenAI's schema promises. */
export const grace: JsonObject = { type: 'session', session: { user: graceUser, ip_address: '198.51.100.23' } }

/** The same person's own admin key. */
export const graceKey: JsonObject = {
  type: 'api_key',
  api_key: { id: 'key_Vw6uT3sR0qP9oN8m', type: 'user', user: graceUser },
}

/** A service account's key: nobody's e-mail address. */
export const deployBot: JsonObject = {
  type: 'api_key',
  api_key: { id: 'key_aZ1sX2dC3fV4gB5h', type: 'service_account', service_account: { id: 'svc_acct_nM8bV7cX6zL5' } },
}

const CAST = [ada, grace, graceKey, deployBot] as const
const DEFAULT_PROJECT: JsonObject = { id: 'proj_X7cV5bN3mQ1wE9rT2yU4iO6p', name: 'Default project' }

/** The weeks in which the examples play: from 2026-09-21 on. */
const PLAYS_FROM_SECONDS = 1_790_000_000
const PLAYS_FOR_SECONDS = 4_000_000

/** An event that belongs to a project, as most do. */
export function openaiExample(type: string, actor: JsonObject, details?: JsonObject): JsonObject {
  return document(type, { project: DEFAULT_PROJECT, actor }, details)
}

/** An event outside any project: signing in and out, and what belongs to the tenant. */
export function plainExample(type: string, actor: JsonObject, details?: JsonObject): JsonObject {
  return document(type, { actor }, details)
}

/** The one of the cast whose turn it is. */
export const someone = (type: string): JsonObject => CAST[steadyNumber(type, CAST.length)] ?? ada

/** The details stand under the type's own name, dots and all: one key, not a path. */
function document(type: string, scope: JsonObject, details?: JsonObject): JsonObject {
  return {
    id: `audit_log-${steadyChars(type, 24)}`,
    type,
    effective_at: PLAYS_FROM_SECONDS + steadyNumber(type, PLAYS_FOR_SECONDS),
    ...scope,
    ...(details === undefined ? {} : { [type]: details }),
  }
}
