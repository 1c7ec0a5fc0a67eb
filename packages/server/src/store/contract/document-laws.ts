/** Laws of documents: read as they were written, written only over what was expected, and nobody else’s to see. */
import assert from 'node:assert/strict'
import type { DocumentToPut, StoredDocument } from '../port.js'
import type { HandLaw } from './bench.js'

const of = (org: string, name: string, body = `{"name":"${name}"}`, kind = 'query'): DocumentToPut => ({
  org,
  kind,
  name,
  body,
})
const namesOf = (documents: readonly StoredDocument[]): readonly string[] => documents.map(({ name }) => name)

export function documentLaws(law: HandLaw): void {
  law('a document is read as it was written, and each writing has a revision of its own', async ({ store }) => {
    const body = '{"text":"Zoë’s “query”\\u0000 with 💩","n":[1,2.5,null]}'
    const first = await store.putDocument(of('acme', 'a', body))
    assert.deepEqual(await store.getDocument('acme', 'query', 'a'), { name: 'a', body, revision: first })
    const second = await store.putDocument(of('acme', 'a', '{}'))
    assert.ok(first !== undefined && second !== undefined && second > first)
    assert.deepEqual(await store.getDocument('acme', 'query', 'a'), { name: 'a', body: '{}', revision: second })
    assert.equal(await store.getDocument('acme', 'query', 'b'), undefined)
  })

  law('a writing that expects something else changes nothing', async ({ store }) => {
    assert.equal(await store.putDocument(of('acme', 'a'), 1), undefined)
    assert.equal(await store.getDocument('acme', 'query', 'a'), undefined)
    const first = await store.putDocument(of('acme', 'a', '1'), 'new')
    assert.equal(await store.putDocument(of('acme', 'a', '2'), 'new'), undefined)
    assert.equal(await store.putDocument(of('acme', 'a', '2'), (first ?? 0) + 1), undefined)
    assert.deepEqual(await store.getDocument('acme', 'query', 'a'), { name: 'a', body: '1', revision: first })
    const second = await store.putDocument(of('acme', 'a', '2'), first)
    assert.equal(await store.putDocument(of('acme', 'a', '3'), first), undefined)
    assert.deepEqual(await store.getDocument('acme', 'query', 'a'), { name: 'a', body: '2', revision: second })
  })

  law('of many who write over the same revision at once, one does', async ({ store }) => {
    const before = await store.putDocument(of('acme', 'a', '"before"'))
    const tries = await Promise.all(
      Array.from({ length: 20 }, (_, i) => store.putDocument(of('acme', 'a', `${i}`), before)),
    )
    const winners = tries.flatMap((revision, i) =>
      revision === undefined ? [] : [{ name: 'a', body: `${i}`, revision }],
    )
    assert.deepEqual([await store.getDocument('acme', 'query', 'a')], winners)
  })

  law('a deleted document is gone, and no later one takes its revision', async ({ store }) => {
    const first = await store.putDocument(of('acme', 'a'))
    assert.ok(first !== undefined)
    assert.equal(await store.deleteDocument('acme', 'query', 'a', first + 1), false)
    assert.equal(await store.deleteDocument('acme', 'query', 'a', first), true)
    assert.equal(await store.deleteDocument('acme', 'query', 'a'), false)
    assert.equal(await store.getDocument('acme', 'query', 'a'), undefined)
    assert.deepEqual(await store.listDocuments('acme', 'query', '', 10), [])
    const again = await store.putDocument(of('acme', 'a'), 'new')
    assert.ok(again !== undefined && again > first)
    assert.equal(await store.putDocument(of('acme', 'a', '2'), first), undefined)
    assert.equal(await store.deleteDocument('acme', 'query', 'a'), true)
  })

  law('documents are listed by name, page by page, and so are their names', async ({ store }) => {
    for (const name of ['b', 'a', 'B', 'a.b', 'a/b', 'é', '_']) await store.putDocument(of('acme', name))
    const sorted = ['B', '_', 'a', 'a.b', 'a/b', 'b', 'é']
    const list = async (after: string, limit: number): Promise<readonly string[]> => {
      const documents = await store.listDocuments('acme', 'query', after, limit)
      assert.deepEqual(await store.listDocumentNames('acme', 'query', after, limit), namesOf(documents))
      return namesOf(documents)
    }
    assert.deepEqual(await list('', 100), sorted)
    assert.deepEqual(await list('', 2), sorted.slice(0, 2))
    assert.deepEqual(await list('_', 3), sorted.slice(2, 5))
    assert.deepEqual(await list('a.', 1), ['a.b'])
    assert.deepEqual(await list('é', 10), [])
    assert.deepEqual(await store.listDocuments('acme', 'query', 'b', 1), [
      await store.getDocument('acme', 'query', 'é'),
    ])
  })

  law('organizations and kinds do not see one another', async ({ store }) => {
    await store.putDocument(of('acme', 'a', '"acme"'))
    await store.putDocument(of('umbrella', 'a', '"umbrella"'))
    await store.putDocument(of('acme', 'a', '"of another kind"', 'type'))
    const bodies = async (org: string, kind: string) =>
      (await store.listDocuments(org, kind, '', 10)).map((each) => each.body)
    assert.deepEqual(await bodies('acme', 'query'), ['"acme"'])
    assert.deepEqual(await bodies('umbrella', 'query'), ['"umbrella"'])
    assert.deepEqual(await bodies('acme', 'type'), ['"of another kind"'])
    assert.deepEqual(await bodies('nobody', 'query'), [])
    assert.equal(await store.deleteDocument('umbrella', 'type', 'a'), false)
    assert.equal(await store.deleteDocument('umbrella', 'query', 'a'), true)
    assert.deepEqual(await bodies('acme', 'query'), ['"acme"'])
  })
}
