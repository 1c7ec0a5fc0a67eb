/** Who is asking, and for whom: keys, scopes, and the one organization that a call is about. */
import { hash as digest, timingSafeEqual } from 'node:crypto'
import { AuditError, type RandomBytes, encodeBase64Url } from '@sealedlog/sdk/base'
import { orgShape } from '@sealedlog/sdk/event'
import type { FastifyRequest } from 'fastify'
import { isServersOwn } from '../log/index.js'
import {
  type KeyRecord,
  type KeyStore,
  type LogHead,
  organizationNotFound,
  SCOPES,
  type Scope,
} from '../store/index.js'

/** The organization of an unbound key. */
export const ANY_ORGANIZATION = '*'
/** Exists from the first start, and is meant where nobody names one while it is alone. */
export const DEFAULT_ORGANIZATION = 'default'

export interface Caller {
  readonly keyId: string
  /** the organization the key is bound to, or `*` */
  readonly org: string
  readonly scopes: readonly Scope[]
  /** the root key: it alone makes and revokes unbound keys */
  readonly root: boolean
}

const KEY_PREFIX = 'slk_'
const KEY_BYTES = 32

/** A fresh key: `slk_` and 256 random bits. */
export const mintKey = (random: RandomBytes): string => `${KEY_PREFIX}${encodeBase64Url(random(KEY_BYTES))}`

/** What is stored of a key. It has 256 random bits, so a fast hash is enough. */
export const hashKey = (key: string): string => digest('sha256', key, 'hex')

export class Gatekeeper {
  readonly #keys: KeyStore
  readonly #rootHash: Buffer
  readonly #nowMs: () => number

  constructor(keys: KeyStore, rootKey: string, nowMs: () => number) {
    this.#keys = keys
    this.#rootHash = Buffer.from(hashKey(rootKey), 'hex')
    this.#nowMs = nowMs
  }

  /** @throws AuditError `missing_key` or `invalid_key` */
  async identify(request: FastifyRequest): Promise<Caller> {
    const header = request.headers.authorization
    if (header === undefined)
      throw new AuditError('missing_key', 'No key was sent. Send one as "Authorization: Bearer <key>".')
    const key = /^Bearer +(\S{1,512}) *$/i.exec(header)?.[1]
    if (key === undefined) throw invalidKey('The authorization header is not "Bearer <key>".')
    const hash = hashKey(key)
    if (timingSafeEqual(Buffer.from(hash, 'hex'), this.#rootHash))
      return { keyId: 'root', org: ANY_ORGANIZATION, scopes: SCOPES, root: true }
    return this.#callerOf(await this.#keys.findKey(hash))
  }

  #callerOf(key: KeyRecord | undefined): Caller {
    if (key === undefined) throw invalidKey('The key is not known here.')
    if (key.revokedAtMs !== null) throw invalidKey(`The key ${key.id} was revoked.`)
    if (key.expiresAtMs !== null && key.expiresAtMs <= this.#nowMs()) throw invalidKey(`The key ${key.id} has expired.`)
    return { keyId: key.id, org: key.org, scopes: key.scopes, root: false }
  }
}

const invalidKey = (message: string): AuditError => new AuditError('invalid_key', message)

/** The scope that OpenAI's documentation names for its route: its clients, and their users, look for that name. */
const OPENAI_SCOPE = 'api.audit_logs.read'

/** @throws AuditError `insufficient_scope` */
export function requireScope(caller: Caller, scope: Scope): void {
  if (caller.scopes.includes(scope)) return
  const missing = scope === 'read' ? `${OPENAI_SCOPE} (here: read)` : scope
  throw new AuditError('insufficient_scope', `The key ${caller.keyId} lacks a scope. Missing scopes: ${missing}.`)
}

/** More than one is a mismatch; so many of them are named to the caller. */
const NAMES_TOLD = 3

/** Headers by which a call may name its organization. */
const ORGANIZATION_HEADERS = ['sealedlog-organization', 'openai-organization'] as const

/** What names organizations: how many there are decides whether one need not be named. */
export interface Organizations {
  /** Makes one, or finds the one that exists. */
  create(org: string, name: string): Promise<LogHead>
  exists(org: string): Promise<boolean>
  /** whether `default` is the only one */
  onlyDefault(): Promise<boolean>
}

/**
 * The organization that a call is about: what the headers, the path, the events and the key say, all alike.
 *
 * @param named organizations that the path or the events name
 * @throws AuditError `organization_mismatch`, `organization_required`, `organization_not_found`, or `insufficient_scope`
 * for the server's own
 */
export async function organizationOf(
  request: FastifyRequest,
  caller: Caller,
  organizations: Organizations,
  named: readonly string[] = [],
): Promise<string> {
  const all = caller.org === ANY_ORGANIZATION ? [] : [caller.org]
  const add = (name: string | undefined): void => {
    if (name !== undefined && all.length < NAMES_TOLD && !all.includes(name)) all.push(name)
  }
  for (const name of named) add(name)
  for (const header of ORGANIZATION_HEADERS) add(headerValue(request, header))
  if (all.length > 1) throw mismatch(caller, all)
  const [org] = all
  if (org === undefined) return defaultOrganization(organizations)
  if (isServersOwn(org) && !caller.root && caller.org !== org) throw serversOwn(org)
  if (!(await organizations.exists(org))) throw organizationNotFound(org)
  return org
}

const serversOwn = (org: string): AuditError =>
  new AuditError(
    'insufficient_scope',
    `The log of "${org}" is the server’s own: only the root key reads it, or a key that is bound to it.`,
  )

/** What concerns whole organizations is not for a key of one. @throws AuditError `insufficient_scope` */
export function requireUnbound(caller: Caller, what: string): void {
  if (caller.org === ANY_ORGANIZATION) return
  throw new AuditError(
    'insufficient_scope',
    `The key is bound to ${JSON.stringify(caller.org)}; only an unbound admin key ${what}.`,
  )
}

/** A key that is bound learns nothing about organizations other than its own: not even whether they exist. */
function mismatch(caller: Caller, names: readonly string[]): AuditError {
  const said = names.map((name) => JSON.stringify(name)).join(' and ')
  const why =
    caller.org === ANY_ORGANIZATION
      ? `The call names ${said}`
      : `The key is bound to ${JSON.stringify(caller.org)}, and the call names ${said}`
  return new AuditError('organization_mismatch', `${why}. One call is about one organization.`)
}

async function defaultOrganization(organizations: Organizations): Promise<string> {
  if (await organizations.onlyDefault()) return DEFAULT_ORGANIZATION
  throw new AuditError(
    'organization_required',
    'There is more than one organization. Name one by the header Sealedlog-Organization.',
    { param: 'Sealedlog-Organization' },
  )
}

function headerValue(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  if (value === undefined) return undefined
  const text = String(value)
  if (isOrganizationId(text)) return text
  throw new AuditError(
    'invalid_parameter',
    `The header ${name} is ${JSON.stringify(text.slice(0, 60))}, which is no organization’s id: letters, digits and . _ : -`,
    { param: name },
  )
}

export const isOrganizationId = (text: string): boolean => text.length <= 128 && orgShape.pattern?.test(text) === true
