/** Lists: parameters as the HTTP API names them, a page at a time or event by event. */
import { AuditError, isJsonArray, isJsonObject, type JsonObject } from '../base/index.js'
import type { EventType, Field, Outcome, RecordedEvent } from '../event/index.js'
import type { Query } from '../query/index.js'
import { CallFailed } from './call-failed.js'
import type { CallOptions } from './options.js'

/** One value, or several of which any will do. */
type Values<T extends string = string> = T | readonly T[] | undefined

/** What a list and a tail can be narrowed by; different filters are all met. */
export type Filters = { readonly [F in Exclude<Field, 'tenant' | 'type' | 'outcome'>]?: Values } & {
  /** an event type, or a prefix such as `api_key.*` */
  readonly type?: Values<EventType | (string & {})>
  readonly outcome?: Values<Outcome>
  /** a query, such as `type:api_key.* -actor.type:service` */
  readonly q?: string | undefined
  /** the name of a saved query, which is met too */
  readonly saved?: string | undefined
  /** RFC 3339, or a span back from now such as `7d`; inclusive */
  readonly since?: string | Date | undefined
  /** the same; exclusive */
  readonly until?: string | Date | undefined
}

export interface PageParams {
  /** by when they occurred; `desc` */
  readonly order?: 'asc' | 'desc' | undefined
  /** events on one page: 100, at most 1,000 */
  readonly limit?: number | undefined
  /** the `next_cursor` of an earlier page: where to begin */
  readonly cursor?: string | undefined
}

export interface ListParams extends Filters, PageParams, CallOptions {}

export interface SearchParams extends PageParams, CallOptions {
  readonly query: Query
}

/** One page. It may be shorter than its limit, even empty, while more follow. */
export interface EventPage {
  readonly data: readonly RecordedEvent[]
  readonly has_more: boolean
  /** what to pass as `cursor` for the next page; null at the end */
  readonly next_cursor: string | null
}

/** Asks for the page at a cursor. */
export type ReadPage = (cursor: string | undefined) => Promise<JsonObject>

/**
 * Events to be read: nothing is asked before they are.
 *
 * @example
 * for await (const event of log.list({ type: 'api_key.*' })) console.log(event.occurred_at, event.id)
 * const { data, next_cursor } = await log.list({ limit: 20 }).page()
 */
export class EventList implements AsyncIterable<RecordedEvent> {
  readonly #read: ReadPage
  readonly #cursor: string | undefined

  constructor(read: ReadPage, cursor: string | undefined) {
    this.#read = read
    this.#cursor = cursor
  }

  /** The first page alone. @throws CallFailed */
  async page(): Promise<EventPage> {
    return readPage(await this.#read(this.#cursor))
  }

  /** Page after page, to the end. @throws CallFailed */
  async *pages(): AsyncGenerator<EventPage, void, undefined> {
    for (let cursor = this.#cursor; ; ) {
      const page = readPage(await this.#read(cursor))
      yield page
      if (page.next_cursor === null) return
      if (page.next_cursor === cursor) throw unexpected('The list does not move on: its next cursor is the same again.')
      cursor = page.next_cursor
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RecordedEvent, void, undefined> {
    for await (const page of this.pages()) yield* page.data
  }
}

function readPage({ data, has_more, next_cursor }: JsonObject): EventPage {
  if (!isEventList(data)) throw unexpected('The list holds no events.')
  if (has_more === true && typeof next_cursor === 'string') return { data, has_more, next_cursor }
  if (has_more === false) return { data, has_more, next_cursor: null }
  // Ending here would show a part as the whole.
  throw unexpected('The list says that more follows, and not where.')
}

export const isEventList = (data: unknown): data is readonly RecordedEvent[] => isJsonArray(data) && data.every(isEvent)

export const isEvent = (value: unknown): value is RecordedEvent =>
  isJsonObject(value) && typeof value.id === 'string' && typeof value.index === 'number'

export const unexpected = (message: string): CallFailed =>
  new CallFailed('unexpected_answer', `${message} Is the url that of a Sealedlog server?`, { status: 200 })

const OPTION_NAMES: ReadonlySet<string> = new Set([
  'signal',
  'timeoutMs',
  'organization',
] satisfies (keyof CallOptions)[])

/**
 * The parameters of a query string. Names are not checked here: a server that knows more than this client is asked.
 *
 * @throws AuditError `invalid_parameter` for a filter with an empty list, of which none could match
 */
export function toQuery(params: object): URLSearchParams {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(params) as [string, unknown][]) {
    if (value === undefined || OPTION_NAMES.has(name)) continue
    const values: readonly unknown[] = Array.isArray(value) ? value : [value]
    if (values.length === 0)
      throw new AuditError('invalid_parameter', `${name} is an empty list, which no event matches. Leave it out.`, {
        param: name,
      })
    for (const one of values) query.append(name, one instanceof Date ? one.toISOString() : String(one))
  }
  return query
}
