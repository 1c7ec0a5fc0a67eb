/** The event types that organizations register: changed here, and remembered for the events that come. */
import { AuditError, canonicalJson, type Issue, type Json } from '@sealedlog/sdk/base'
import { BOUNDS, type EventInput, type Outcome } from '@sealedlog/sdk/event'
import type { DocumentStore } from '../store/index.js'
import { Cache, type CacheLimits } from './cache.js'
import { type StoredType, TypeDocuments } from './documents.js'
import type { Fuel } from './fuel.js'
import { CONTENT_MEMBERS, type Mode, type Registration, refused, type TypeContent } from './registration.js'
import { Rules } from './rules.js'
import { tooCostly } from './schema/compile.js'

export interface TypesOptions {
  readonly documents: DocumentStore
  readonly nowMs: () => number
  readonly limits?: Partial<TypesLimits>
}

/** What is remembered; all of it can be read or compiled again. */
export interface TypesLimits {
  /** names of registered types, by organization */
  readonly names: CacheLimits
  /** registrations, by their characters */
  readonly rows: CacheLimits
  /** compiled rules, by their bytes, roughly */
  readonly rules: CacheLimits
  /** counts of warnings */
  readonly counts: CacheLimits
}

const MINUTE_MS = 60_000
const IDLE_MS = 10 * MINUTE_MS

export const TYPES_LIMITS: TypesLimits = {
  names: { weightMax: 500_000, idleMs: IDLE_MS },
  rows: { weightMax: 32 * 1024 * 1024, idleMs: IDLE_MS },
  rules: { weightMax: 64 * 1024 * 1024, idleMs: IDLE_MS },
  counts: { weightMax: 10_000, idleMs: Number.POSITIVE_INFINITY },
}

/** What a caller expects to stand there: a revision or a version, and 0 for none of it. */
export interface Expectation {
  readonly revision?: number | undefined
  readonly version?: number | undefined
}

export type Change = 'created' | 'new_version' | 'mode_changed' | 'unchanged'

/** What an organization registered for the types that some events say. */
export interface Rows {
  /** an event with the outcome that its type has where it says none */
  fill(event: EventInput): EventInput
  /** what its type says of an event; undefined where it says nothing */
  judge(event: EventInput, batch: Fuel): Verdict | undefined
}

export interface Verdict {
  readonly mode: Exclude<Mode, 'off'>
  readonly issues: readonly Issue[]
}

const PUT_TRIES_MAX = 5
/** Of compiled rules, those that a step compiles. */
const BYTES_A_STEP = 4

export class Types {
  readonly #documents: TypeDocuments
  readonly #names: Cache<ReadonlySet<string>>
  readonly #rows: Cache<StoredType>
  readonly #rules: Cache<Rules>
  readonly #counts: Cache<{ warnings: number }>
  /** counts the changes: what was read before one may be stale after it, and is not remembered */
  #changes = 0

  constructor({ documents, nowMs, limits = {} }: TypesOptions) {
    const { names, rows, rules, counts } = { ...TYPES_LIMITS, ...limits }
    this.#documents = new TypeDocuments(documents, nowMs)
    this.#names = new Cache(names, nowMs)
    this.#rows = new Cache(rows, nowMs)
    this.#rules = new Cache(rules, nowMs)
    this.#counts = new Cache(counts, nowMs)
  }

  /** What is remembered at the moment. */
  gauge(): { readonly rules: number; readonly rulesWeight: number; readonly rows: number; readonly names: number } {
    return { rules: this.#rules.size, rulesWeight: this.#rules.weight, rows: this.#rows.size, names: this.#names.size }
  }

  /**
   * What an organization registered for the types that these events say; undefined where it is nothing.
   *
   * Answers at once where it can: an organization that registered nothing pays for one look-up a request.
   */
  rowsFor(org: string, events: readonly EventInput[]): Rows | undefined | Promise<Rows | undefined> {
    const names = this.#names.get(org)
    if (names === undefined) return this.#readNames(org).then((read) => this.#rowsOf(org, read, events))
    return names.size === 0 ? undefined : this.#rowsOf(org, names, events)
  }

  async #rowsOf(org: string, names: ReadonlySet<string>, events: readonly EventInput[]): Promise<Rows | undefined> {
    const rows = new Map<string, StoredType>()
    for (const { type } of events) {
      if (!names.has(type) || rows.has(type)) continue
      const row = await this.find(org, type)
      if (row) rows.set(type, row)
    }
    if (rows.size === 0) return undefined
    return {
      fill: (event) => fillOutcome(event, rows.get(event.type)?.outcome),
      judge: (event, batch) => this.#judge(org, rows.get(event.type), event, batch),
    }
  }

  #judge(org: string, row: StoredType | undefined, event: EventInput, batch: Fuel): Verdict | undefined {
    if (row === undefined || row.mode === 'off') return undefined
    const issues = this.#rulesOf(org, row, batch)?.check(event, batch) ?? [tooCostly('')]
    return issues.length === 0 ? undefined : { mode: row.mode, issues }
  }

  /**
   * Compiled when the first event asks for it. That is paid for by the batch, or events of many types would have the
   * server compile all day; undefined where the batch has nothing left.
   */
  #rulesOf(org: string, row: StoredType, batch: Fuel): Rules | undefined {
    const name = nameOf(org, row.type, row.revision)
    const known = this.#rules.get(name)
    if (known) return known
    if (batch.left === 0) return undefined
    const rules = new Rules(row)
    batch.trySpend(Math.min(batch.left, Math.ceil(rules.weight / BYTES_A_STEP)))
    this.#rules.set(name, rules, rules.weight)
    return rules
  }

  /** Remembers that an event was recorded with warnings. */
  countWarnings(org: string, type: string, warnings: number): void {
    const name = nameOf(org, type)
    const count = this.#counts.get(name)
    if (count) count.warnings += warnings
    else this.#counts.set(name, { warnings }, 1)
  }

  /** Warnings that events of a type got since the server started. */
  warningsOf(org: string, type: string): number {
    return this.#counts.get(nameOf(org, type))?.warnings ?? 0
  }

  /** All registered names of an organization, ascending. */
  async list(org: string): Promise<readonly string[]> {
    return [...(this.#names.get(org) ?? (await this.#readNames(org)))]
  }

  /** A registration as it stands. */
  async find(org: string, type: string): Promise<StoredType | undefined> {
    const name = nameOf(org, type)
    const known = this.#rows.get(name)
    if (known) return known
    const changes = this.#changes
    const row = await this.#documents.get(org, type)
    if (row && changes === this.#changes) this.#rows.set(name, row, JSON.stringify(row).length)
    return row
  }

  /** @throws AuditError `event_type_not_found` */
  async get(org: string, type: string, version?: number): Promise<StoredType> {
    const row = await this.find(org, type)
    if (row === undefined) throw notFound(org, type)
    if (version === undefined) return row
    const found = await this.#documents.version(org, row, version)
    if (found) return found
    throw new AuditError(
      'event_type_not_found',
      `The event type ${JSON.stringify(type)} of "${org}" has no version ${version} that can be read; the newest is ${row.version}.`,
    )
  }

  /** The versions of a type that can be read, ascending. @throws AuditError `event_type_not_found` */
  async versions(org: string, type: string): Promise<readonly number[]> {
    const row = await this.get(org, type)
    return [...(await this.#documents.versionsBefore(org, row)), row.version]
  }

  /**
   * Registers a type, or changes it: other content is a new version, the same content is left as it is.
   *
   * @throws AuditError `revision_mismatch`, or `invalid_event_type` past EVENT_TYPES_MAX
   */
  async put(
    org: string,
    registration: Registration,
    expected: Expectation = {},
  ): Promise<{ readonly row: StoredType; readonly change: Change }> {
    for (let tried = 0; tried < PUT_TRIES_MAX; tried++) {
      const before = await this.#documents.get(org, registration.type)
      checkExpected(registration.type, before, expected)
      const change = changeOf(before, registration)
      if (change === 'unchanged' && before) return { row: before, change }
      if (change === 'created') await this.#makeRoom(org)
      const version = change === 'mode_changed' ? (before?.version ?? 1) : (before?.version ?? 0) + 1
      const row = await this.#documents
        .put(org, before, registration, version)
        .finally(() => this.#forget(org, registration.type))
      if (row) return { row, change }
    }
    throw mismatch(registration.type, 'it is being changed by several at once; try again')
  }

  /** @throws AuditError `event_type_not_found` or `revision_mismatch` */
  async delete(org: string, type: string, expected: Expectation = {}): Promise<StoredType> {
    const before = await this.#documents.get(org, type)
    if (before === undefined) throw notFound(org, type)
    checkExpected(type, before, expected)
    const deleted = await this.#documents.delete(org, before).finally(() => this.#forget(org, type))
    if (deleted) return before
    throw mismatch(type, 'it was changed at this moment; read it again')
  }

  async #makeRoom(org: string): Promise<void> {
    const names = await this.#documents.names(org)
    if (names.length < BOUNDS.EVENT_TYPES_MAX) return
    const message = `The organization has ${names.length} event types; at most ${BOUNDS.EVENT_TYPES_MAX} (limit EVENT_TYPES_MAX). Delete one first.`
    throw refused([{ pointer: '', code: 'too_many', message, limit: 'EVENT_TYPES_MAX' }])
  }

  async #readNames(org: string): Promise<ReadonlySet<string>> {
    const changes = this.#changes
    const names = new Set(await this.#documents.names(org))
    if (changes === this.#changes) this.#names.set(org, names, 1 + names.size)
    return names
  }

  #forget(org: string, type: string): void {
    this.#changes++
    this.#names.delete(org)
    this.#rows.delete(nameOf(org, type))
  }
}

/** No part can hold a line feed. */
const nameOf = (...parts: readonly (string | number)[]): string => parts.join('\n')

const fillOutcome = (event: EventInput, outcome: Outcome | undefined): EventInput =>
  outcome === undefined || event.outcome !== undefined ? event : { ...event, outcome }

const contentOf = (row: TypeContent): string =>
  canonicalJson(
    Object.fromEntries(CONTENT_MEMBERS.flatMap((name) => (row[name] === undefined ? [] : [[name, row[name] as Json]]))),
  )

/** What putting a registration over what stands there would change. */
export function changeOf(before: StoredType | undefined, registration: Registration): Change {
  if (before === undefined) return 'created'
  if (contentOf(before) !== contentOf(registration)) return 'new_version'
  return before.mode === registration.mode ? 'unchanged' : 'mode_changed'
}

function checkExpected(type: string, before: StoredType | undefined, { revision, version }: Expectation): void {
  if (revision !== undefined && revision !== (before?.revision ?? 0))
    throw mismatch(type, `its revision is ${before?.revision ?? 'none'}, not ${revision}`)
  if (version !== undefined && version !== (before?.version ?? 0))
    throw mismatch(type, `its version is ${before?.version ?? 'none'}, not ${version}`)
}

const mismatch = (type: string, why: string): AuditError =>
  new AuditError('revision_mismatch', `The event type ${JSON.stringify(type)} was left as it is: ${why}.`)

const notFound = (org: string, type: string): AuditError =>
  new AuditError(
    'event_type_not_found',
    `"${org}" has no event type ${JSON.stringify(type.slice(0, BOUNDS.TYPE_CHARS_MAX))} of its own. PUT /v1/event-types/{type} registers one.`,
  )
