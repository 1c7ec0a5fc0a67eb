/** Whose logs a server holds, as far as a key reaches. */
import { AuditError, isJsonArray, isJsonObject, parseText } from '../base/index.js'
import { type FetchOptions, Getter, HttpRefusal } from './fetch-bytes.js'

const LIST_BYTES_MAX = 16_777_216
const LIST_LIMIT = 1_000

/**
 * The ids of all organizations of a server that the key reaches, ascending.
 *
 * @throws AuditError `organization_required` where the key may not list them, `storage_failed` where nobody answers
 * @example
 * for (const organization of await fetchOrganizations(server)) await verifyLog(fetchSource({ ...server, organization }))
 */
export async function fetchOrganizations(options: FetchOptions): Promise<readonly string[]> {
  const getter = new Getter(options, 'told by the server')
  const ids: string[] = []
  for (;;) {
    const { data, hasMore } = readPage((await list(getter, ids.at(-1))) ?? 'null', getter.url)
    for (const id of data) {
      // Ascending, or a server could have us list for ever.
      if (id <= (ids.at(-1) ?? '')) throw unexpected(getter.url)
      ids.push(id)
    }
    if (!hasMore || data.length === 0) return ids
  }
}

async function list(getter: Getter, after: string | undefined): Promise<string | undefined> {
  try {
    const query = after === undefined ? '' : `&after=${encodeURIComponent(after)}`
    return await getter.text(`/v1/organizations?limit=${LIST_LIMIT}${query}`, LIST_BYTES_MAX)
  } catch (error) {
    if (!(error instanceof HttpRefusal) || error.status !== 403) throw error
    throw new AuditError('organization_required', 'The key may not list organizations. Name the one to verify (--org).')
  }
}

function readPage(text: string, url: string): { readonly data: readonly string[]; readonly hasMore: boolean } {
  const page = parseText(text)
  if (!isJsonObject(page) || !isJsonArray(page['data'] ?? null)) throw unexpected(url)
  const data = (page['data'] as readonly unknown[]).map((each) => {
    const { id } = (each ?? {}) as { readonly id?: unknown }
    if (typeof id !== 'string') throw unexpected(url)
    return id
  })
  return { data, hasMore: page['has_more'] === true }
}

const unexpected = (url: string): AuditError =>
  new AuditError(
    'storage_failed',
    `${url} lists organizations in a way that no Sealedlog server does. Name one (--org).`,
  )
