/**
 * The instance's own log: changes of keys and organizations, each an entry of `_system`.
 *
 * The change comes first, in a commit of its own, and then its entry, before anyone is answered: an entry never says what
 * did not happen. What a stop in between leaves unsaid is found and said at the next start, without the key that did it;
 * and whoever says the same again (creates, revokes) has it said as well. Ids follow from what is said, so nothing is
 * said twice.
 */
import { assert, formatTime } from '@sealedlog/sdk/base'
import type { Actor, EventInput } from '@sealedlog/sdk/event'
import type { KeyRecord, LogHead, LogKey, Store } from '../../store/index.js'
import type { AuditLog } from '../audit-log.js'
import { INSTANCE_ORGANIZATION, isServersOwn } from './own.js'
import { sayOnce } from './say-once.js'

/** Who changed it, by which request. */
export interface By {
  readonly actor: Actor
  readonly context?: { readonly request_id: string }
}

/** What was found at a start: nobody knows any more who did it. */
const FOUND: By = { actor: { type: 'system', id: 'sealedlog' } }
const FOUND_DESCRIPTION = 'Found when the server started.'

const PAGE = 500

export class InstanceLog {
  readonly #log: AuditLog
  readonly #store: Store

  constructor(log: AuditLog, store: Store) {
    this.#log = log
    this.#store = store
  }

  async organizationCreated({ org, name }: LogHead, by: By): Promise<void> {
    if (isServersOwn(org)) return
    const origin = await this.#firstOriginOf(org)
    await this.#say(`organization.created:${logIdOf(origin)}`, {
      type: 'sealedlog.organization.created',
      ...by,
      targets: [{ type: 'organization', id: org, name }],
      details: { id: org, name, origin },
    })
  }

  async organizationClosed(head: LogHead, by: By): Promise<void> {
    const id = `organization.closed:${logIdOf(await this.#firstOriginOf(head.org))}`
    await this.#say(id, closedEvent(head, by))
  }

  async keyCreated({ id, name, org, scopes, expiresAtMs }: KeyRecord, by: By): Promise<void> {
    const expires = expiresAtMs === null ? {} : { expires_at: formatTime(expiresAtMs) }
    await this.#say(`key.created:${id}`, {
      type: 'sealedlog.key.created',
      ...by,
      targets: [{ type: 'key', id, name }],
      details: { id, name, organization: org, scopes, ...expires },
    })
  }

  async keyRevoked({ id, name, org }: KeyRecord, by: By): Promise<void> {
    await this.#say(`key.revoked:${id}`, {
      type: 'sealedlog.key.revoked',
      ...by,
      targets: [{ type: 'key', id, name }],
      details: { id, organization: org },
    })
  }

  async signingKeyRotated(org: string, { origin, generation, vkey }: LogKey, by: By): Promise<void> {
    await this.#say(`signing_key.rotated:${logIdOf(origin)}.${generation}`, {
      type: 'sealedlog.signing_key.rotated',
      ...by,
      targets: [{ type: 'organization', id: org }],
      details: { organization: org, origin, generation, vkey },
    })
  }

  /** Says what was changed and not said: after a stop in between, or in a data folder from before there was this log. */
  async reconcile(): Promise<void> {
    for (let after = ''; ; ) {
      const heads = await this.#store.heads(after, PAGE)
      await Promise.all(heads.map((head) => this.#reconcileLog(head)))
      if (heads.length < PAGE) break
      after = heads.at(-1)?.org ?? ''
    }
    const keys = await this.#store.listKeys(undefined)
    for (let at = 0; at < keys.length; at += PAGE) {
      const some = keys.slice(at, at + PAGE)
      await Promise.all(some.map((key) => this.keyCreated(key, FOUND)))
      await Promise.all(some.filter((key) => key.revokedAtMs !== null).map((key) => this.keyRevoked(key, FOUND)))
    }
  }

  async #reconcileLog(head: LogHead): Promise<void> {
    await this.organizationCreated(head, FOUND)
    const keys = await this.#store.keys(head.org)
    const rotated = keys.filter(({ handover }) => handover !== undefined)
    for (const key of rotated) await this.signingKeyRotated(head.org, key, FOUND)
  }

  /** A log that went on after a loss has another origin now; what is said of it once is said under its first one. */
  async #firstOriginOf(org: string): Promise<string> {
    const first = (await this.#store.keys(org)).at(-1)
    assert(first !== undefined, `the log of ${org} has a key`)
    return first.origin
  }

  async #say(id: string, event: EventInput): Promise<void> {
    const found = event.actor === FOUND.actor ? { description: FOUND_DESCRIPTION } : {}
    await sayOnce(this.#log, INSTANCE_ORGANIZATION, id, { ...event, ...found })
  }
}

/** What is said of an organization that is closed: here, and as one of the last entries of its own log. */
export const closedEvent = ({ org, name, origin, size }: LogHead, by: By): EventInput => ({
  type: 'sealedlog.organization.closed',
  ...by,
  targets: [{ type: 'organization', id: org, name }],
  details: { id: org, name, origin, size },
})

/** The part of an origin that was minted with the log: it is never used again, and short enough for an id. */
const logIdOf = (origin: string): string => origin.slice(origin.lastIndexOf('/') + 1)
