/** Which organization a command is about, where its address says it: the one that is named, else the only one within reach. */
import type { Client } from './client.js'
import { type ConnectionOptions, misused } from './connection.js'

const TRIES_MAX = 3

/** The path of an organization. @throws AuditError `invalid_configuration` where there are several and none is named */
export async function organizationPath(client: Client, { org }: ConnectionOptions): Promise<string> {
  return `/v1/organizations/${encodeURIComponent(org ?? (await onlyOne(client)))}`
}

async function onlyOne(client: Client): Promise<string> {
  const path = '/v1/organizations'
  const { data } = await client.call<{ data: readonly { readonly id: string }[] }>({ path, tries: TRIES_MAX })
  const [first, second] = data
  if (first !== undefined && second === undefined) return first.id
  throw misused('There is more than one organization. Name one by --org.')
}
