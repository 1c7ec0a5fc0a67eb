/** The catalogue, held against the documents it was made from (test/fixtures). */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  ACTOR_TYPES,
  ALIASES,
  aliasesOf,
  CATALOGUE,
  type DetailsSchema,
  type EventTypeRow,
  eventTypeNames,
  isTenantScoped,
  rowOf,
  targetIdsIn,
  targetTypesOf,
  UNKEY_ACTOR_TYPES,
  UNKEY_TARGET_TYPES,
} from '../../dist/event/catalogue/index.js'
import { formatReference } from '../../dist/event/catalogue/reference.js'
import { eventShape } from '../../dist/event/event-shape.js'
import { isReservedType, RESERVED_BUCKET } from '../../dist/event/parse.js'
import { Findings, checkShape } from '../../dist/event/shape.js'

// Any: fixtures are strangers’ documents, of which each test says what it reads.
const fixture = (path: string): any => JSON.parse(readFileSync(new URL(`../fixtures/${path}`, import.meta.url), 'utf8'))

const openaiLists = fixture('openai/event-types.json')
const openaiLog = fixture('openai/audit-logs.openapi.json').components.schemas.AuditLog
const unkeyLists = fixture('unkey/events.json')

const of = (origin: string): EventTypeRow[] => CATALOGUE.filter((row) => row.origin === origin)
const names = (rows: readonly EventTypeRow[]): string[] => rows.map((row) => row.type)
const details = (row: EventTypeRow): unknown => row.example[row.type]

/** What one list of lines has and the other lacks. */
function difference(actual: readonly string[], expected: readonly string[]) {
  return {
    missing: expected.filter((line) => !actual.includes(line)),
    extra: actual.filter((line) => !expected.includes(line)),
  }
}
const NONE = { missing: [], extra: [] }

/** A schema as lines: one for each member, with its path, type and closed list of values. Descriptions are left out. */
function schemaLines(schema: DetailsSchema, path: string): string[] {
  const closed = schema.enum ? ` of ${schema.enum.join(', ')}` : schema.const ? ` "${schema.const}"` : ''
  return [
    `${path}: ${schema.anyOf ? 'one of' : schema.type}${closed}`,
    ...Object.entries(schema.properties ?? {}).flatMap(([name, member]) => schemaLines(member, `${path}/${name}`)),
    ...(schema.items ? schemaLines(schema.items, `${path}[]`) : []),
    ...(schema.anyOf ?? []).flatMap((branch, i) => schemaLines(branch, `${path}|${i}`)),
  ]
}

const detailsLines = (rows: readonly EventTypeRow[]): string[] =>
  rows.flatMap((row) => (row.details ? schemaLines(row.details, row.type) : []))

/** An alternative that a word tells apart, its other members being strings. */
const branchLines = (path: string, type: string, members: string): string[] => {
  const lines = members.split(' ').map((name) => `${path}/${name}: string`)
  return [`${path}: object`, `${path}/type: string "${type}"`, ...lines]
}

/** The details of OpenAI's specification: every property of AuditLog that is no member of each log. */
const specDetails: [string, DetailsSchema][] = Object.entries<DetailsSchema>(openaiLog.properties).filter(
  ([name]) => !['id', 'type', 'effective_at', 'project', 'actor'].includes(name),
)
const specLines = specDetails.flatMap(([type, schema]) => schemaLines(schema, type))
const specRows = (rows: readonly EventTypeRow[]): EventTypeRow[] =>
  rows.filter((row) => openaiLists.spec.includes(row.type))

/** The older, nested form, which stands in no specification of today. */
const SETTINGS = 'organization.updated/changes_requested/settings'
const OLDER_LINES = [
  `${SETTINGS}: object`,
  `${SETTINGS}/threads_ui_visibility: string`,
  `${SETTINGS}/usage_dashboard_visibility: string`,
]

describe('names', () => {
  it('are each there once', () => {
    expect(new Set(eventTypeNames()).size).toBe(CATALOGUE.length)
  })

  it('of OpenAI are the 151 that its specification, its SDK and its history know', () => {
    expect(difference(names(of('openai')), openaiLists.superset_all)).toEqual(NONE)
    expect(of('openai')).toHaveLength(151)
    expect(names(of('openai').filter((row) => row.retired))).toEqual(openaiLists.retired_wire_types)
  })

  it('of Unkey are the 78 of seed, Go and TypeScript', () => {
    const seed: string[] = unkeyLists.seed.map(([, type]: [string, string]) => type)
    const go: string[] = unkeyLists.go.map(([, type]: [string, string]) => type)
    const union = [...new Set([...seed, ...go, ...unkeyLists.ts])]
    expect(union).toHaveLength(78)
    expect(difference(names(of('unkey')), union)).toEqual(NONE)
    const removed = seed.filter((type) => !go.includes(type) && !unkeyLists.ts.includes(type))
    expect(names(of('unkey').filter((row) => row.retired)).sort()).toEqual(removed.sort())
  })

  it('of Sealedlog are reserved, and nobody else’s are', () => {
    expect(CATALOGUE.filter((row) => isReservedType(row.type)).map((row) => row.origin)).toEqual(
      of('sealedlog').map(() => 'sealedlog'),
    )
    expect(of('sealedlog')).toHaveLength(14)
  })

  it('that are missing or new are told', () => {
    const without = names(of('openai')).filter((type) => type !== 'role.updated')
    expect(difference(without, openaiLists.superset_all)).toEqual({ missing: ['role.updated'], extra: [] })
    expect(difference([...names(of('openai')), 'role.upserted'], openaiLists.superset_all)).toEqual({
      missing: [],
      extra: ['role.upserted'],
    })
  })
})

describe('details', () => {
  it('have every member of OpenAI’s specification, with its type, and no other', () => {
    const lines = detailsLines(specRows(of('openai')))
    expect(difference(lines, specLines)).toEqual({ missing: [], extra: OLDER_LINES })
    expect(specDetails).toHaveLength(55)
  })

  it('are absent where the specification has none', () => {
    const withDetails = names(of('openai').filter((row) => row.details))
    expect(
      difference(withDetails, [
        ...openaiLists.with_details,
        'external_storage.registered',
        'external_storage.removed',
        ...openaiLists.retired_wire_types,
      ]),
    ).toEqual(NONE)
    expect(of('unkey').filter((row) => row.details)).toEqual([])
  })

  it('of a retired name are those of the name that took its place', () => {
    for (const type of ['checkpoint_permission.created', 'checkpoint_permission.deleted']) {
      expect(rowOf(type)?.details).toEqual(rowOf(aliasesOf(type)[1] ?? '')?.details)
    }
  })

  it('of external storage are those of openai 7.55.0', () => {
    const provider = 'external_storage.registered/data/provider'
    const branches = {
      aws: 'account_id bucket external_id region role_arn',
      azure: 'account_name container region resource_group subscription_id tenant_id',
      gcp: 'audience bucket region workload_identity_pool_id workload_identity_project_number workload_identity_provider_id',
      oci: 'bucket region tenancy_ocid',
    }
    const expected = [
      'external_storage.registered: object',
      'external_storage.registered/id: string',
      'external_storage.registered/data: object',
      'external_storage.registered/data/geography: string',
      `${provider}: one of`,
      ...Object.entries(branches).flatMap(([type, members], i) => branchLines(`${provider}|${i}`, type, members)),
      'external_storage.removed: object',
      'external_storage.removed/id: string',
    ]
    expect(detailsLines(CATALOGUE.filter((row) => row.type.startsWith('external_storage.')))).toEqual(expected)
  })

  it('that lack a row, rename a member, or change a type or a closed list are told', () => {
    const rows = specRows(of('openai'))
    const change = (type: string, details: DetailsSchema): EventTypeRow[] =>
      rows.map((row) => (row.type === type ? { ...row, details } : row))
    const lacks = rows.filter((row) => row.type !== 'project.deleted')
    expect(difference(detailsLines(lacks), specLines).missing).toEqual([
      'project.deleted: object',
      'project.deleted/id: string',
    ])
    const renamed = change('project.deleted', { type: 'object', properties: { project_id: { type: 'string' } } })
    expect(difference(detailsLines(renamed), [...specLines, ...OLDER_LINES])).toEqual({
      missing: ['project.deleted/id: string'],
      extra: ['project.deleted/project_id: string'],
    })
    const retyped = change('project.deleted', { type: 'object', properties: { id: { type: 'integer' } } })
    expect(difference(detailsLines(retyped), specLines).missing).toEqual(['project.deleted/id: string'])
    const source = rowOf('role.bound_to_resource')?.details?.properties?.['source']
    expect(schemaLines({ ...source, enum: source?.enum?.slice(1) ?? [] }, 'source')).not.toEqual(
      schemaLines(source ?? {}, 'source'),
    )
  })
})

describe('rows', () => {
  it('are tenant-scoped where OpenAI’s are, also those whose name does not say so', () => {
    const scoped = names(CATALOGUE.filter((row) => row.tenantScoped))
    expect(difference(scoped, openaiLists.tenant_scoped)).toEqual(NONE)
    expect(scoped).toHaveLength(90)
    expect(isTenantScoped('role.bound_to_resource')).toBe(true)
    expect(isTenantScoped('role.created')).toBe(false)
    expect(isTenantScoped('tenant.from_the_future')).toBe(true)
    expect(isTenantScoped('tenants.something')).toBe(false)
  })

  it('say the outcome only where the name does', () => {
    const said = CATALOGUE.filter((row) => row.outcome).map((row) => `${row.type}: ${row.outcome}`)
    expect(said).toEqual([
      'login.succeeded: success',
      'login.failed: failure',
      'logout.succeeded: success',
      'logout.failed: failure',
    ])
  })

  it('have a sentence with an actor, and with a target only where one is known', () => {
    for (const row of CATALOGUE) {
      expect(row.sentence).toMatch(/^\{actor\} [a-z]+(?: [^{}.]+)?(?: ?\{target\})?(?: [^{}.]+)?$/)
      if (row.sentence.includes('{target}')) expect(row.targets, row.type).not.toEqual([])
    }
  })

  it('of one product have each a sentence of their own, but for the two that were renamed', () => {
    for (const origin of ['openai', 'unkey', 'sealedlog']) {
      const sentences = of(origin)
        .filter((row) => !row.type.startsWith('checkpoint_'))
        .map((row) => row.sentence)
      expect(new Set(sentences).size).toBe(sentences.length)
    }
  })

  it('name target paths that exist, `id` always among them', () => {
    for (const row of CATALOGUE) {
      const lines = row.details ? schemaLines(row.details, '') : []
      const paths = row.targets.flatMap((rule) => (rule.at === undefined ? [] : [rule.at]))
      for (const path of paths) expect(lines, row.type).toContain(`/${path.replaceAll('.', '/')}: string`)
      if (lines.includes('/id: string')) expect(paths, row.type).toContain('id')
      if (row.origin === 'unkey') expect(paths).toEqual([])
    }
  })

  it('say since when, no more exactly than it is known', () => {
    for (const row of CATALOGUE) expect(row.since).toMatch(/^(?:by )?20\d\d-\d\d(?:-\d\d)?$/)
  })
})

describe('examples', () => {
  const misfits = (value: unknown, schema: DetailsSchema, path: string): string[] => {
    if (schema.anyOf) {
      const tried = schema.anyOf.map((branch) => misfits(value, branch, path))
      return tried.find((found) => found.length === 0) ?? [`${path} fits no alternative`]
    }
    if (schema.const !== undefined) return value === schema.const ? [] : [path]
    if (schema.enum) return schema.enum.includes(String(value)) ? [] : [path]
    if (schema.type === 'array') {
      return Array.isArray(value) ? value.flatMap((item) => misfits(item, schema.items ?? {}, `${path}[]`)) : [path]
    }
    if (schema.type === 'integer') return Number.isInteger(value) ? [] : [path]
    if (schema.type !== 'object') return typeof value === schema.type ? [] : [path]
    if (typeof value !== 'object' || value === null) return [path]
    return Object.entries(value).flatMap(([name, member]) => {
      if (schema.properties === undefined) return []
      const known = schema.properties[name]
      return known ? misfits(member, known, `${path}/${name}`) : [`${path}/${name}`]
    })
  }

  it('of OpenAI are audit logs of the row’s type, each with an id of its own', () => {
    for (const row of of('openai')) {
      expect(row.example['type']).toBe(row.type)
      expect(row.example['id']).toMatch(/^(?:audit_log-|req_)[A-Za-z0-9_]+$/)
      expect(Number.isInteger(row.example['effective_at'])).toBe(true)
      const known = new Set(['object', 'id', 'type', 'effective_at', 'project', 'actor', row.type])
      expect(Object.keys(row.example).filter((name) => !known.has(name))).toEqual([])
      if (!row.details) expect(row.example).not.toHaveProperty([row.type])
    }
    const ids = of('openai').map((row) => row.example['id'])
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('use only documented members, but for the one that OpenAI’s own document gets wrong', () => {
    const found = CATALOGUE.flatMap((row) => {
      const value = row.origin === 'sealedlog' ? row.example['details'] : details(row)
      return row.details && value !== undefined ? misfits(value, row.details, row.type) : []
    })
    expect(found).toEqual(['api_key.updated/data'])
    expect(misfits({ ids: 'x' }, rowOf('project.deleted')?.details ?? {}, '')).toEqual(['/ids'])
    expect(misfits({ id: 7 }, rowOf('project.deleted')?.details ?? {}, '')).toEqual(['/id'])
  })

  it('are shown with details wherever details are documented, signing in excepted', () => {
    const bare = of('openai').filter((row) => row.details && details(row) === undefined)
    expect(names(bare)).toEqual(['login.succeeded', 'logout.succeeded'])
  })

  it('are the product’s own where it has published one, word for word', () => {
    const published = [
      openaiLog['x-oaiMeta'].example,
      fixture('openai/audit-logs.openapi.json').paths['/organization/audit_logs'].get['x-oaiMeta'].examples.response,
    ].map((text: string) => JSON.parse(text.replaceAll(/,(\s*[}\]])/g, '$1')))
    const documents = [published[0], ...published[1].data]
    const theirs = CATALOGUE.filter((row) => !row.exampleIsOurs)
    expect(names(theirs).sort()).toEqual(documents.map((document): string => document.type).sort())
    for (const document of documents) expect(rowOf(document.type)?.example).toEqual(document)
  })

  it('of signing in have the shape of live records', () => {
    const live = fixture('openai/live-shaped.json')[0]
    const example = rowOf('login.succeeded')?.example ?? {}
    expect(example['actor']).toEqual(live.actor)
    expect(Object.keys(example)).toEqual(Object.keys(live))
  })

  it('of Unkey are whole envelopes, with targets of the row’s kinds, by every kind of actor', () => {
    for (const row of of('unkey')) {
      const { example } = row
      expect(example['event']).toBe(row.type)
      expect(example['event_id']).toMatch(/^log_[A-Za-z0-9]{9}$/)
      expect(Number.isSafeInteger(example['time'])).toBe(true)
      expect(example).toMatchObject({ bucket: 'unkey_mutations', source: 'platform', workspace_id: 'ws_4Rk9TqLm2' })
      expect(example['description']).toMatch(/^[A-Z][^{}]+$/)
      expect((example['targets'] as { type: string }[]).map((target) => target.type)).toEqual(targetTypesOf(row.type))
    }
    const actors = of('unkey').map((row) => (row.example['actor'] as { type: string }).type)
    expect([...new Set(actors)].sort()).toEqual([...UNKEY_ACTOR_TYPES].sort())
    expect(new Set(of('unkey').map((row) => row.example['event_id'])).size).toBe(78)
  })

  it('of Sealedlog are native events in its own bucket', () => {
    for (const row of of('sealedlog')) {
      const findings = new Findings()
      checkShape(eventShape, row.example, '', findings)
      expect(findings.issues, row.type).toEqual([])
      expect(row.example).toMatchObject({ type: row.type, bucket: RESERVED_BUCKET, outcome: 'success' })
    }
  })

  it('name nobody’s address but those kept for documentation', () => {
    const text = JSON.stringify(CATALOGUE.filter((row) => row.exampleIsOurs).map((row) => row.example))
    const addresses = text.match(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g) ?? []
    const browsers = ['144.0.0.0'] // a version of Chrome
    expect([...new Set(addresses)].filter((ip) => !/^(?:203\.0\.113|198\.51\.100)\./.test(ip))).toEqual(browsers)
    expect(text.match(/@[a-z.]+\.[a-z]+/g)?.filter((host) => host !== '@example.com')).toEqual([])
  })
})

describe('actor and target types', () => {
  it('of Unkey are five and twenty-five', () => {
    const actors = 'rootkey user system portalEndUser key'
    const targets =
      'api auditLogBucket identity keySpace key permission ratelimit ratelimitNamespace ratelimitOverride role vercelBinding vercelIntegration workspace portalSession deployment project app environment domain keyAuth sentinel llmSentinel webhook reporter secret'
    expect([...UNKEY_ACTOR_TYPES].sort()).toEqual(actors.split(' ').sort())
    expect(Object.keys(UNKEY_TARGET_TYPES).sort()).toEqual(targets.split(' ').sort())
    const ours = Object.keys(ACTOR_TYPES).filter((type) => !actors.split(' ').includes(type))
    expect(ours).toEqual(['service_account', 'agent', 'anonymous'])
  })
})

describe('look-ups', () => {
  it('find a row by its name and nothing by any other', () => {
    for (const row of CATALOGUE) expect(rowOf(row.type)).toBe(row)
    for (const name of ['', 'api_key', '__proto__', 'constructor', 'API_KEY.CREATED'])
      expect(rowOf(name)).toBeUndefined()
  })

  it('know both names of a pair, from either side, and one name of everything else', () => {
    for (const [one, other] of ALIASES) {
      expect(aliasesOf(one)).toEqual([one, other])
      expect(aliasesOf(other)).toEqual([other, one])
    }
    expect(aliasesOf('api_key.created')).toEqual(['api_key.created'])
    expect(aliasesOf('of.my_own')).toEqual(['of.my_own'])
  })

  it.each([
    ['api_key.created', { id: 'key_1', data: { scopes: [] } }, ['key_1']],
    [
      'certificates.activated',
      { certificates: [{ id: 'cert_1' }, { name: 'x' }, { id: 'cert_2' }] },
      ['cert_1', 'cert_2'],
    ],
    ['role.assignment.created', { id: 'ra_1', principal_id: 'user_1', resource_id: 'proj_1' }, ['ra_1', 'proj_1']],
    ['role.bound_to_resource', { id: 'ws__conn', resource_id: 'ws__conn', role_id: 'role_1' }, ['ws__conn']],
    ['login.failed', { error_code: 'y' }, []],
    ['tunnel.created', { id: 'tunnel_1', other: { id: 'x' } }, ['tunnel_1']],
    ['of.my_own', { id: 'x' }, ['x']],
    ['of.my_own', { id: 7 }, []],
  ])('find the ids in the details of %s', (type, value, ids) => {
    expect(targetIdsIn(type, value)).toEqual(ids)
  })

  it('take details of any shape', () => {
    const shapes = [undefined, null, 7, 'id', [], ['id'], {}, { id: null }, { id: 7 }, { id: { id: 'x' } }]
    for (const shape of shapes) expect(targetIdsIn('api_key.created', shape)).toEqual([])
    const lists = [
      { certificates: 'x' },
      { certificates: { id: 'x' } },
      { certificates: [null, 'x', [{ id: 'x' }], { id: 7 }] },
    ]
    for (const shape of lists) expect(targetIdsIn('certificates.activated', shape)).toEqual([])
  })

  it('know the kinds of targets, each once', () => {
    expect(targetTypesOf('role.bound_to_resource')).toEqual(['resource'])
    expect(targetTypesOf('key.create')).toEqual(['key', 'api'])
    expect(targetTypesOf('login.failed')).toEqual([])
    expect(targetTypesOf('of.my_own')).toEqual([])
  })
})

describe('the reference page', () => {
  it('has a line for every type and table cells that hold together', () => {
    const page = formatReference()
    for (const type of eventTypeNames()) expect(page).toContain(`\n| \`${type}\` | `)
    const tables = page
      .trimEnd()
      .split(/\n\n/)
      .filter((block) => block.startsWith('| '))
    for (const block of tables) {
      const widths = block.split('\n').map((line) => line.replaceAll('\\|', '').split('|').length)
      expect(new Set(widths).size).toBe(1)
    }
  })
})
