/** What these tests share: a real server with its organizations and keys, and the official clients, unmodified. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Json, JsonObject } from '@sealedlog/sdk/base'
import type { RecordedEvent } from '@sealedlog/sdk/event'
import OpenAI from 'openai'
import OpenAI6 from 'openai-6'
import type { AuditLogListParams } from 'openai/resources/admin/organization/audit-logs'
import { expect } from 'vitest'
import { startServer, type RunningServer, type ServerOptions } from '../../dist/server.js'
import type { Batch } from './corpus.js'
import { inListOrder, type Query } from './oracle.js'

/** Both clients have one shape here, but each its own classes. */
export const CLIENTS: readonly (readonly [name: string, Client: typeof OpenAI])[] = [
  ['openai 7', OpenAI],
  ['openai 6', OpenAI6 as unknown as typeof OpenAI],
]

export const LIST_PATH = '/v1/organization/audit_logs'

/** What a list answers on the wire. */
export interface WirePage {
  readonly object: string
  readonly data: readonly JsonObject[]
  readonly first_id: string | null
  readonly last_id: string | null
  readonly has_more: boolean
}

/** A running server, and what a test asks of it. */
export interface World {
  readonly server: RunningServer
  /** A call as root. @throws when it is refused */
  call(method: string, path: string, body?: Json): Promise<JsonObject>
  /** An organization that exists from now on, and a key bound to it. */
  organization(org: string): Promise<string>
  makeKey(organization: string, scopes: readonly string[], more?: JsonObject): Promise<{ id: string; key: string }>
  record(org: string, batches: readonly Batch[]): Promise<void>
  /** Every event of an organization in list order, read from the tail in the native form. */
  listed(org: string): Promise<readonly RecordedEvent[]>
  /** The list as a plain fetch gets it: `query` goes out as it is. */
  get(key: string, query: string): Promise<Response>
  close(): Promise<void>
}

export async function startWorld(options: Partial<ServerOptions> = {}): Promise<World> {
  const data = mkdtempSync(join(tmpdir(), 'sealedlog-openai-'))
  const server = await startServer({ drainMs: 0, marks: false, ...options, data, port: 0 })
  const call = async (method: string, path: string, body?: Json, headers: Record<string, string> = {}) => {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${server.rootKey.value}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const answer = (await response.json()) as JsonObject
    if (!response.ok) throw new Error(`${method} ${path} was refused: ${JSON.stringify(answer).slice(0, 2_000)}`)
    return answer
  }
  const makeKey = async (organization: string, scopes: readonly string[], more: JsonObject = {}) =>
    (await call('POST', '/v1/keys', { organization, name: 'A test', scopes, ...more })) as { id: string; key: string }
  return {
    server,
    call,
    makeKey,
    async organization(org) {
      await call('PUT', `/v1/organizations/${org}`)
      return (await makeKey(org, ['read', 'write'])).key
    },
    async record(org, batches) {
      for (const { dialect, documents } of batches) {
        await call('POST', `/v1/events/batch?dialect=${dialect}`, documents, { 'sealedlog-organization': org })
      }
    },
    async listed(org) {
      const events: RecordedEvent[] = []
      for (let after = -1; ; ) {
        const path = `/v1/events/tail?after=${after}&limit=1000`
        const page = (await call('GET', path, undefined, { 'sealedlog-organization': org })) as unknown as {
          readonly data: readonly RecordedEvent[]
          readonly next: number
        }
        if (page.data.length === 0) return inListOrder(events)
        events.push(...page.data)
        after = page.next
      }
    },
    get: (key, query) =>
      fetch(`${server.url}${LIST_PATH}${query === '' ? '' : `?${query}`}`, {
        headers: { authorization: `Bearer ${key}` },
      }),
    async close() {
      await server.close()
      rmSync(data, { recursive: true, force: true })
    },
  }
}

type Options = ConstructorParameters<typeof OpenAI>[0]

export const connect = (Client: typeof OpenAI, world: World, key: string, options: Options = {}): OpenAI =>
  new Client({ adminAPIKey: key, baseURL: `${world.server.url}/v1`, ...options })

/** The official list. The types it knows are a closed set; ours are open. */
export const list = (client: OpenAI, query: Query, options: { maxRetries?: number } = {}) =>
  client.admin.organization.auditLogs.list(query as AuditLogListParams, options)

type ListPage = Awaited<ReturnType<typeof list>>

/** What the server answered, which the page keeps whole. */
export const bodyOf = (page: ListPage): WirePage => (page as unknown as { readonly body: WirePage }).body

/** Everything that auto-pagination gives, at most `most` items: a list that never ends must not hang a test. */
export async function gather(client: OpenAI, query: Query, most = 100_000): Promise<readonly JsonObject[]> {
  const items: JsonObject[] = []
  for await (const item of list(client, query)) {
    items.push(item as unknown as JsonObject)
    if (items.length > most) throw new Error(`more than ${most} items for ${JSON.stringify(query)}`)
  }
  return items
}

export const idsOf = (items: readonly JsonObject[]): readonly string[] => items.map(({ id }) => id as string)

/** The envelope of an error, all four members there. */
export async function expectEnvelope(response: Response): Promise<JsonObject> {
  const body = (await response.json()) as { readonly error: JsonObject }
  expect(Object.keys(body)).toEqual(['error'])
  expect(Object.keys(body.error).sort()).toEqual(['code', 'message', 'param', 'type'])
  return body.error
}
