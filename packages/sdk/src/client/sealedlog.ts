/** The client: records events and reads them, over HTTP, with receipts that are checked and remembered. */
import { AuditError, isJsonObject, type JsonObject } from '../base/index.js'
import type { EventInput, RecordedEvent } from '../event/index.js'
import { cut, formatBatch } from './batches.js'
import { CallFailed } from './call-failed.js'
import { Checkpoints, type KeptCheckpoint } from './checkpoints.js'
import { type Growth, proveGrowth } from './consistency.js'
import { type EventSaid, type KnownType, type OutgoingEvent, prepare } from './event-said.js'
import { checkRead, type Evidence, proveLeaf, readEvidence } from './evidence.js'
import { EventList, isEvent, type ListParams, type SearchParams, toQuery, unexpected } from './lists.js'
import { type CallOptions, type ClientOptions, type Settings, settle } from './options.js'
import { type Receipt, readReceipt, readReceipts, untrue } from './receipt.js'
import { type ProofOptions, Recorder } from './recorder.js'
import { SavedQueries } from './saved-queries.js'
import { readStats, type Stats, type StatsParams } from './stats.js'
import { Tail, type TailParams } from './tail.js'
import { refine, Transport } from './transport.js'

/** What stays out of an evidence file. */
export interface EvidenceOptions extends CallOptions {
  readonly withhold?: readonly string[]
}

/** An event as it was read, with what proves it where that was asked for. */
export interface ReadEvent extends RecordedEvent {
  readonly proof?: Evidence & { readonly checkpoint: string }
}

/**
 * A client of one server. It holds no connection and needs no closing; make one and share it.
 *
 * What is sent has its id before it leaves, so a call whose answer was lost is said again without harm: no event is lost
 * while its caller waits, and none is recorded twice. Receipts are checked as far as one can without trust, and the
 * newest checkpoint of each log is remembered, which nothing older may follow.
 *
 * @example
 * const log = new Sealedlog({ url: 'https://audit.example.com', key: process.env.SEALEDLOG_KEY })
 * const receipt = await log.record({ type: 'api_key.created', actor: { type: 'user', id: 'user_1' } })
 */
export class Sealedlog {
  readonly #settings: Settings
  readonly #transport: Transport
  readonly #checkpoints: Checkpoints
  readonly #recorder: Recorder
  /** the organization's saved queries */
  readonly savedQueries: SavedQueries

  /** @throws AuditError `invalid_configuration`, or `malformed_note` for a vkey or a checkpoint that is none */
  constructor(options: ClientOptions) {
    this.#settings = settle(options)
    this.#transport = new Transport(this.#settings)
    this.#checkpoints = new Checkpoints(options.vkey ?? '', options.checkpoints ?? [])
    this.#recorder = new Recorder(this.#transport, this.#checkpoints, this.#settings.organization)
    this.savedQueries = new SavedQueries(this.#transport)
  }

  /**
   * The newest signed checkpoint of each organization, by its id: keep them outside the server's reach, and hand them to
   * the next client, which then notices a log that was cut or replaced meanwhile.
   */
  get checkpoints(): ReadonlyMap<string, string> {
    return this.#checkpoints.notes()
  }

  /** Lets an organization's log begin anew: for when its operator says that it had to, and why. */
  forgetCheckpoint(organization: string): void {
    this.#checkpoints.forget(organization)
  }

  /**
   * Records an event. Resolves when it is durable, in the tree, and listed.
   *
   * @throws CallFailed when it is refused, with `issues` for each field, or when nobody answers: `isUncertain` says
   * whether it may be recorded, `eventIds` under which id to say it again. AuditError `proof_failed` when the answer
   * cannot be true
   * @example
   * await log.record({ type: 'user.added', actor: { type: 'user', id: 'user_1' }, details: { id: 'user_2' } })
   */
  async record<T extends KnownType | (string & {})>(
    event: { readonly type: T } & EventSaid<T>,
    options: ProofOptions = {},
  ): Promise<Receipt> {
    const outgoing = this.#prepare(event)
    const [receipt] = await this.#recorder.send(
      {
        events: [outgoing],
        path: '/v1/events',
        body: outgoing.text,
        read: (answer, [id = '']) => [readReceipt(answer, id)],
      },
      options,
    )
    return receipt as Receipt
  }

  /**
   * Records many events, in batches of which each is recorded whole or not at all, one after the other.
   *
   * @returns their receipts, in order
   * @throws CallFailed as `record` does; `receipts` are those of the batches before, pointers such as `/1017/actor/id`
   * count all events, and what follows the batch of `eventIds` was not sent
   * @example
   * const receipts = await log.recordAll(rows.map((row) => ({ type: 'row.imported', targets: [row.target] })))
   */
  async recordAll<T extends KnownType | (string & {})>(
    events: Iterable<{ readonly type: T } & EventSaid<T>> | AsyncIterable<{ readonly type: T } & EventSaid<T>>,
    options: ProofOptions = {},
  ): Promise<readonly Receipt[]> {
    const receipts: Receipt[] = []
    try {
      for await (const batch of cut(this.#prepareAll(events as Iterable<EventInput>))) {
        const letter = { path: '/v1/events/batch', body: formatBatch(batch), contentType: 'application/x-ndjson' }
        receipts.push(...(await this.#recorder.send({ ...letter, events: batch, read: readReceipts }, options)))
      }
    } catch (error) {
      throw afterSome(error, receipts)
    }
    return receipts
  }

  /**
   * The event with an id; with `proof`, proven under the checkpoint of now.
   *
   * @throws CallFailed `event_not_found` and others; AuditError `proof_failed`
   */
  async get(id: string, { proof = false, ...options }: ProofOptions = {}): Promise<ReadEvent> {
    const query = new URLSearchParams(proof ? { include: 'proof' } : {})
    let before: KeptCheckpoint | undefined
    const onSend = (): void => {
      before = this.#checkpoints.newestFor(options.organization ?? this.#settings.organization)
    }
    const answer = await this.#transport.call({ path: `/v1/events/${encodeURIComponent(id)}`, query, onSend }, options)
    if (!isEvent(answer) || answer.id !== id) throw unexpected(`What came is not event ${id}.`)
    if (proof) await this.#transport.judge(() => this.#prove(answer, before))
    return answer
  }

  /**
   * Events by when they occurred, newest first: to be read event by event, or a page at a time.
   *
   * @example
   * for await (const event of log.list({ type: 'api_key.*', actor_id: ['user_1', 'user_2'] })) console.log(event.id)
   */
  list(params: ListParams = {}): EventList {
    return new EventList(
      (cursor) => this.#transport.call({ path: '/v1/events', query: toQuery({ ...params, cursor }) }, params),
      params.cursor,
    )
  }

  /**
   * The same for a query that is said as JSON.
   *
   * @example
   * log.search({ query: { and: [{ field: 'type', starts_with: 'api_key.' }, { not: { field: 'outcome', is: 'success' } }] } })
   */
  search({ query, order, limit, ...params }: SearchParams): EventList {
    return new EventList((cursor) => {
      const body = JSON.stringify({ query, order, limit, cursor })
      return this.#transport.call({ method: 'POST', path: '/v1/events/search', body }, params)
    }, params.cursor)
  }

  /**
   * How many events there are, for charts: by hour or day of when they occurred, or by the values of a field. Hours and
   * days without events are absent.
   *
   * @throws CallFailed `too_much_to_count` where the query is not decided by the index and leaves too many events
   * @example
   * const { data } = await log.stats({ by: 'day', type: 'login.*', outcome: 'failure', since: '30d' })
   * const count = new Map(data.map((day) => [day.key, day.count]))
   */
  async stats(params: StatsParams = {}): Promise<Stats> {
    return readStats(await this.#transport.call({ path: '/v1/events/stats', query: toQuery(params) }, params))
  }

  /**
   * Entries in the order of the log, those of now and those to come, each once, however often the connection is lost.
   *
   * @example
   * for await (const event of log.tail({ after: await lastIndex(), signal })) await handle(event)
   */
  tail(params: TailParams = {}): Tail {
    return new Tail(this.#transport, params, this.#settings)
  }

  /**
   * The proof of an event as a file, exactly as it was sent (c2sp.org/tlog-proof): to be kept, and checked by anyone.
   *
   * @throws CallFailed `event_not_found` and others
   */
  proof(id: string, options: CallOptions = {}): Promise<string> {
    return this.#transport.text({ path: `/v1/events/${encodeURIComponent(id)}/proof` }, options)
  }

  /**
   * Everything that proves an event, as one JSON file that `sealedlog-verify` checks offline. Exactly as it was sent.
   *
   * @param options `withhold` leaves groups out: `actor`, `details`, `targets`, `targets/0`, …
   * @throws CallFailed `event_not_found` and others
   * @example
   * await writeFile('evidence.json', await log.evidence(receipt.id, { withhold: ['actor'] }))
   */
  evidence(id: string, { withhold = [], ...options }: EvidenceOptions = {}): Promise<string> {
    const query = new URLSearchParams(withhold.map((group): [string, string] => ['withhold', group]))
    return this.#transport.text({ path: `/v1/events/${encodeURIComponent(id)}/evidence`, query }, options)
  }

  /**
   * Proves that an organization's log has only grown since the checkpoint that was proven last, or handed in, or came
   * first. Ask it now and then; what it answers is remembered.
   *
   * @param organization the one that calls without a name are about, unless it is said
   * @throws AuditError `proof_failed` with sizes and roots: keep both checkpoints, they are the evidence;
   * `invalid_configuration` when nothing is remembered. CallFailed `size_beyond_end` when the log has fewer entries now
   * @example
   * const { from, size } = await log.checkConsistency()
   */
  checkConsistency(organization?: string, options: CallOptions = {}): Promise<Growth> {
    const org = this.#checkpoints.meant(organization ?? options.organization ?? this.#settings.organization)
    return proveGrowth(this.#transport, this.#checkpoints, org ?? 'default', options)
  }

  #prepare(event: EventInput): OutgoingEvent {
    return prepare(event, this.#settings.nowMs(), this.#settings.random)
  }

  async *#prepareAll(events: Iterable<EventInput> | AsyncIterable<EventInput>): AsyncGenerator<OutgoingEvent> {
    for await (const event of events) yield this.#prepare(event)
  }

  /** The index alone says where an event stands; the rest is in the leaf. */
  async #prove({ proof, ...event }: ReadEvent, before: KeptCheckpoint | undefined): Promise<void> {
    const said: JsonObject = isJsonObject(proof) ? proof : {}
    if (typeof said.checkpoint !== 'string') throw untrue(event.id, 'checkpoint', 'a signed note', said.checkpoint)
    const checkpoint = await this.#checkpoints.open(said.checkpoint)
    checkRead(proveLeaf(readEvidence(said, event.id), event.id, event.index, checkpoint), event)
    this.#checkpoints.keep(event.org, checkpoint, before)
  }
}

/** An error of `recordAll`, told of all events that it was given. */
function afterSome(error: unknown, receipts: readonly Receipt[]): unknown {
  if (receipts.length === 0) return error
  const before = ` The ${receipts.length} events before this batch are recorded.`
  if (error instanceof AuditError) return new AuditError(error.code, error.message + before)
  if (!(error instanceof CallFailed)) return error
  const issues = error.issues.map((issue) => ({
    ...issue,
    pointer: issue.pointer.replace(/^\/(\d+)/, (_whole, i: string) => `/${Number(i) + receipts.length}`),
  }))
  return refine(error, { issues, receipts }, error.message + before)
}
