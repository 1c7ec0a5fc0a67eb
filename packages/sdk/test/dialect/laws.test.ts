/** The laws of the dialects: nothing is lost, neither in the pair nor on the way through the server. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AuditError, type JsonObject } from '../../dist/base/index.js'
import { DIALECT_TABLES, DIALECTS, dialectOf, mappingRows, wirePointerOf } from '../../dist/dialect/index.js'
import { CATALOGUE } from '../../dist/event/index.js'
import { documentsOf, expectSame, MAPPED, type MappedName, record, spoiled } from './support.js'

const RUNS = { numRuns: 2_000 }

/** What the server adds where the document is silent. */
const FILLED: { readonly [D in MappedName]: readonly string[] } = {
  openai: ['id', 'effective_at'],
  unkey: ['event_id', 'time', 'workspace_id', 'bucket'],
  unkey_go: ['WorkspaceID'],
}
/** Where a refusal may point: everything else is carried, whatever it is. */
const STRICT: { readonly [D in MappedName]: readonly string[] } = {
  openai: ['/id', '/type', '/effective_at'],
  unkey: ['/event_id', '/event', '/time', '/workspace_id', '/bucket'],
  unkey_go: ['/Event', '/WorkspaceID'],
}

function throughServer(name: MappedName, document: JsonObject): JsonObject {
  const back = DIALECTS[name].to(record(DIALECTS[name].from(document)))
  const silent = new Set(FILLED[name].filter((member) => !Object.hasOwn(document, member)))
  return Object.fromEntries(Object.entries(back).filter(([member]) => !silent.has(member)))
}

/** The result of a step, or undefined when it was refused for a reason that is allowed. */
function unlessRefused<T>(name: MappedName, step: () => T): T | undefined {
  try {
    return step()
  } catch (error) {
    if (!(error instanceof AuditError)) throw error
    const pointers = error.issues.map(({ pointer }) => wirePointerOf(DIALECT_TABLES[name], pointer))
    const allowed = error.issues[0]?.code === 'too_large' || pointers.every((pointer) => STRICT[name].includes(pointer))
    if (!allowed || pointers.length === 0) throw error
    return undefined
  }
}

/** An envelope that lost `event` and gained `Event` is a Go struct, and comes back as one. */
const isOwnForm = (name: MappedName, document: JsonObject): boolean =>
  name !== 'unkey' || Object.hasOwn(document, 'event') || !Object.hasOwn(document, 'Event')

const spoiledOwn = (name: MappedName): fc.Arbitrary<JsonObject> =>
  spoiled(name).filter((document) => isOwnForm(name, document))

describe.each(MAPPED)('%s', (name) => {
  const dialect = DIALECTS[name]
  const documents = spoiledOwn(name)

  test.each(documentsOf[name])('gives back what it was given: %s', (_, document) => {
    expectSame(dialect.to(dialect.from(document)), document)
  })

  test.each(documentsOf[name])('gives it back after the server recorded it: %s', (_, document) => {
    expectSame(throughServer(name, document), document)
  })

  test('gives back any document that has a usable type, id, time and organization', () => {
    fc.assert(
      fc.property(documents, (document) => {
        const event = unlessRefused(name, () => dialect.from(document))
        if (event) expectSame(dialect.to(event), document)
      }),
      RUNS,
    )
  })

  test('gives back any document that the server recorded, and the server refuses none for anything else', () => {
    let recorded = 0
    fc.assert(
      fc.property(documents, (document) => {
        const back = unlessRefused(name, () => throughServer(name, document))
        if (!back) return
        recorded++
        expectSame(back, document)
      }),
      RUNS,
    )
    expect(recorded).toBeGreaterThan(RUNS.numRuns / 2)
  })

  test('shows every event of every dialect, and says only what its form has', () => {
    for (const other of MAPPED.filter((each) => each !== name)) {
      fc.assert(
        fc.property(spoiledOwn(other), (document) => {
          const event = unlessRefused(other, () => record(DIALECTS[other].from(document)))
          if (!event) return
          const members = Object.keys(dialect.to(event))
          const known = new Set([...mappingRows(DIALECT_TABLES[name]).map(({ wire }) => wire.split('/')[1]), 'source'])
          expect(members.filter((member) => !known.has(member) && member !== event.type)).toEqual([])
        }),
        { numRuns: 500 },
      )
    }
  })

  test('leaves the event it is given alone', () => {
    fc.assert(
      fc.property(documents, (document) => {
        const before = structuredClone(document)
        const event = unlessRefused(name, () => dialect.from(document))
        expectSame(document, before)
        if (!event) return
        const said = structuredClone(event)
        dialect.to(event)
        expectSame(event, said)
      }),
    )
  })
})

test('the native form is its own dialect', () => {
  for (const { example } of CATALOGUE.filter((row) => row.origin === 'sealedlog')) {
    expect(DIALECTS.native.to(DIALECTS.native.from(example))).toBe(example)
  }
})

test('a dialect has the name it is registered by, and no other name is one', () => {
  for (const [name, dialect] of Object.entries(DIALECTS)) expect(dialect.name).toBe(name)
  expect(dialectOf('unkey_go')).toBe(DIALECTS.unkey_go)
  for (const name of ['', 'constructor', '__proto__', 'OpenAI']) expect(dialectOf(name)).toBeUndefined()
})

test('the tables print as lines', () => {
  expect(mappingRows(DIALECT_TABLES.openai)).toContainEqual({
    wire: '/actor/session/user/email',
    native: '/actor/email',
    about: 'An e-mail address.',
    variant: 'session',
  })
  expect(mappingRows(DIALECT_TABLES.unkey).map(({ wire }) => wire)).toContain('/targets/{i}/meta')
})
