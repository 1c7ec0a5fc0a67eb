/** What `record --dialect` takes, the lists give back unchanged: OpenAI's own examples, and Unkey's envelopes. */
import { readFileSync } from 'node:fs'
import { canonicalJson, type JsonObject } from '@sealedlog/sdk/base'
import { CATALOGUE } from '@sealedlog/sdk/event'
import { describe, expect, test } from 'vitest'
import { fileOf, get, run, runJson, ROOT_KEY, startTestServer } from './support.js'

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../sdk/test/fixtures/openai/${name}`, import.meta.url), 'utf8'))

/** Some of the examples inside OpenAI's document have trailing commas. */
const repaired = (text: string): JsonObject => JSON.parse(text.replaceAll(/,(\s*[}\]])/g, '$1')) as JsonObject

function openApiExamples(): readonly JsonObject[] {
  const { components, paths } = fixture('audit-logs.openapi.json') as {
    components: { schemas: { AuditLog: { 'x-oaiMeta': { example: string } } } }
    paths: { '/organization/audit_logs': { get: { 'x-oaiMeta': { examples: { response: string } } } } }
  }
  const list = repaired(paths['/organization/audit_logs'].get['x-oaiMeta'].examples.response)
  return [repaired(components.schemas.AuditLog['x-oaiMeta'].example), ...(list.data as JsonObject[])]
}

const examplesOf = (origin: string): readonly JsonObject[] =>
  CATALOGUE.filter((row) => row.origin === origin).map((row) => row.example)

/** Documents with ids of their own: examples share a few among them. */
const withIds = (documents: readonly JsonObject[], member: string): readonly JsonObject[] =>
  documents.map((document, i) => ({ ...document, [member]: `audit_log-${String(i).padStart(4, '0')}` }))

const sorted = (documents: readonly JsonObject[]): readonly string[] =>
  documents.map((each) => canonicalJson(each)).toSorted()

/** Every page of OpenAI's route, tenant-scoped events too. */
async function listAsOpenAi(url: string): Promise<readonly JsonObject[]> {
  const all: JsonObject[] = []
  for (const tenant of ['', '&tenant_only=true']) {
    for (let after = ''; ; ) {
      const page = await get(url, `/v1/organization/audit_logs?limit=100${tenant}${after}`)
      all.push(...(page.data as JsonObject[]))
      if (page.has_more !== true) break
      after = `&after=${page.last_id as string}`
    }
  }
  return [...new Map(all.map((each) => [each.id, each])).values()]
}

describe('record --dialect openai', () => {
  const own = withIds(openApiExamples(), 'id')
  const documents = [
    ...own,
    ...(fixture('live-shaped.json') as JsonObject[]),
    ...examplesOf('openai').map((each, i) => ({ ...each, id: `audit_log-example-${i}` })),
  ]

  test('takes the OpenAPI document’s examples, the live-only fields and the catalogue; both lists give them back', async () => {
    const { url } = await startTestServer()
    const [summary] = await runJson(['record', fileOf(documents), '--dialect', 'openai'], { url })
    expect(summary).toMatchObject({ recorded: documents.length, duplicates: 0, refused: 0, minted: 0 })
    const listed = await runJson(['list', '--all', '--dialect', 'openai'], { url })
    expect(sorted(listed)).toEqual(sorted(documents))
    expect(sorted(await listAsOpenAi(url))).toEqual(sorted(documents))
  })

  test('names refused fields as OpenAI does', async () => {
    const { url } = await startTestServer()
    const late = { id: 'a1', type: 'a.b', effective_at: 99_999_999_999 }
    const { code, stderr } = await run(['record', '-', '--dialect', 'openai'], {
      url,
      stdin: `${JSON.stringify(late)}\n{"id":"a2","type":"a.b","effective_at":"soon"}`,
    })
    expect(code).toBe(1)
    expect(stderr.split('\n').slice(0, 2)).toEqual([
      expect.stringMatching(/^line 1: \/effective_at is /),
      expect.stringMatching(/^line 2: \/effective_at is /),
    ])
  })
})

test('record --dialect unkey takes every envelope, and the list gives it back', async () => {
  const { url } = await startTestServer()
  const envelopes = withIds(
    examplesOf('unkey').filter((each) => Object.hasOwn(each, 'event')),
    'event_id',
  )
  const workspaces = new Set(envelopes.map((each) => each.workspace_id as string))
  for (const org of workspaces) {
    const headers = { authorization: `Bearer ${ROOT_KEY}` }
    expect((await fetch(`${url}/v1/organizations/${org}`, { method: 'PUT', headers })).ok).toBe(true)
  }
  const [summary] = await runJson(['record', fileOf(envelopes), '--dialect', 'unkey'], { url })
  expect(summary).toMatchObject({ recorded: envelopes.length, duplicates: 0, refused: 0 })
  const pages = await Promise.all(
    [...workspaces].map((org) => runJson(['list', '--all', '--dialect', 'unkey', '--org', org], { url })),
  )
  expect(envelopes.length).toBeGreaterThan(10)
  expect(sorted(pages.flat())).toEqual(sorted(envelopes))
})

test('record --dialect unkey_go mints what the struct lacks, and the list gives the struct back', async () => {
  const { url } = await startTestServer()
  const structs = [1, 2, 3].map((number) => ({
    Event: 'key.create',
    WorkspaceID: '',
    Display: `Created key_${number}`,
    ActorID: 'user_1',
    ActorType: 'user',
    ActorName: 'Ada',
    ActorMeta: { a: null },
    Resources: [{ ID: `key_${number}`, DisplayName: 'Key', Name: 'k', Meta: null, Type: 'key' }],
    RemoteIP: '192.0.2.1',
    UserAgent: '',
    CorrelationID: '',
  }))
  const { code, stdout, stderr } = await run(['record', fileOf(structs), '--dialect', 'unkey_go'], { url })
  expect([code, stdout]).toEqual([0, expect.stringContaining('3 recorded')])
  expect(stderr).toContain('note: line 1 has no id')
  expect(sorted(await runJson(['list', '--dialect', 'unkey_go'], { url }))).toEqual(
    sorted(structs.map((each) => ({ ...each, WorkspaceID: '' }))),
  )
})
