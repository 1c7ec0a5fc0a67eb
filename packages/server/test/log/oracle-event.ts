/** What an event is to the oracle: the little that queries ask, worked out plainly, with no code of the product's. */
import type { Json } from '@sealedlog/sdk/base'
import type { EventInput } from '@sealedlog/sdk/event'
import { foldedWords } from './oracle-words.js'
import { type Address, addressOf } from '../../../sdk/test/query/addresses.js'

/** An event and what the server added to it. */
export interface Known {
  readonly said: EventInput
  readonly index: number
  readonly atMs: number
  readonly recordedMs: number
  /** by the field's own name */
  readonly facts: { readonly [field: string]: readonly string[] }
  readonly address: Address | undefined
  /** every text's words, as ` one two \n three ` */
  readonly words: string
}

/** Where the catalogue says that ids stand, and of what: the rows that the random events use. */
const ROWS: { readonly [type: string]: { readonly targets: readonly string[]; readonly at: readonly string[] } } = {
  'api_key.created': { targets: ['api_key'], at: ['id'] },
  'api_key.deleted': { targets: ['api_key'], at: ['id'] },
  'certificates.activated': { targets: ['certificate'], at: ['certificates[]'] },
  'ip_allowlist.config.activated': { targets: ['ip_allowlist'], at: ['configs[]'] },
  'role.assignment.created': { targets: ['role_assignment', 'resource'], at: ['id', 'resource_id'] },
  'tunnel.created': { targets: ['tunnel'], at: ['id'] },
  'key.create': { targets: ['key', 'api'], at: ['id'] },
  'checkpoint_permission.created': { targets: ['checkpoint_permission'], at: ['id'] },
  'checkpoint.permission.created': { targets: ['checkpoint_permission'], at: ['id'] },
  'checkpoint.permission.deleted': { targets: ['checkpoint_permission'], at: ['id'] },
  'authorization.disconnect_role_and_permissions': { targets: ['role', 'permission'], at: ['id'] },
  'tenant.metadata.updated': { targets: ['tenant'], at: ['id'] },
  'sealedlog.export.created': { targets: ['export'], at: ['id'] },
}

export function knownEvent(said: EventInput, index: number, recordedAt: string): Known {
  const { actor, targets = [], project, context, details } = said
  const row = ROWS[said.type]
  const ip = context?.ip_address
  const occurredAt = said.occurred_at ?? recordedAt
  const filled = { ...said, outcome: said.outcome ?? 'success', bucket: said.bucket ?? 'default' }
  return {
    said: filled,
    index,
    atMs: Date.parse(occurredAt),
    recordedMs: Date.parse(recordedAt),
    address: ip === undefined ? undefined : addressOf(ip),
    facts: {
      type: [said.type],
      actor_id: strings([actor?.id, actor?.api_key?.id]),
      actor_type: strings([actor?.type]),
      actor_email: strings([actor?.email?.toLowerCase()]),
      target_id: strings([
        ...targets.map(({ id }) => id),
        ...(row?.at ?? ['id']).flatMap((at) => idsAt(at, details ?? {})),
      ]),
      target_type: targets.length === 0 && details ? (row?.targets ?? []) : targets.map(({ type }) => type),
      project_id: strings([project?.id]),
      bucket: [filled.bucket],
      outcome: [filled.outcome],
      correlation_id: strings([context?.correlation_id]),
    },
    words: textsIn({ ...filled, occurred_at: null } as unknown as Json)
      .map((text) => ` ${foldedWords(text).join(' ')} `)
      .join('\n'),
  }
}

const strings = (values: readonly unknown[]): readonly string[] =>
  values.filter((value): value is string => typeof value === 'string')

function idsAt(at: string, details: { readonly [name: string]: unknown }): readonly unknown[] {
  if (!at.endsWith('[]')) return [details[at]]
  const list = details[at.slice(0, -2)]
  return Array.isArray(list) ? list.map((item) => (item as { id?: unknown } | null)?.id) : []
}

function textsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number') return [`${value}`]
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(textsIn) : []
}
