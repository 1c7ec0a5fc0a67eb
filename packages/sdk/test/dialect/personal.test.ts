/** A person's data stand in the group that is erased with the person, wherever in the actor they came. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, isJsonArray, isJsonObject, type Json, type JsonObject } from '../../dist/base/index.js'
import { DIALECTS } from '../../dist/dialect/index.js'
import { type EventInput, splitEvent } from '../../dist/event/index.js'
import { fill, MAPPED, type MappedName, spoiled } from './support.js'

/** The parts of each wire form that speak of the person who acted. */
const isPersonal: { readonly [D in MappedName]: (name: string) => boolean } = {
  openai: (name) => name === 'actor',
  unkey: (name) => ['actor', 'remote_ip', 'user_agent'].includes(name),
  unkey_go: (name) => name.startsWith('Actor') || ['RemoteIP', 'UserAgent'].includes(name),
}
/** Words by which a dialect tells its actors apart. */
const WORDS = new Set(['session', 'api_key', 'user', 'service_account', 'unknown'])

/** A marker for every scalar but the words, and one more in every object and array. */
function mark(value: Json, next: () => string): Json {
  if (isJsonArray(value)) return [...value.map((item) => mark(item, next)), next()]
  if (isJsonObject(value)) {
    const members = Object.entries(value).map(([name, member]) => [name, mark(member, next)])
    return { ...(Object.fromEntries(members) as JsonObject), [next()]: next() }
  }
  return value === null || (typeof value === 'string' && WORDS.has(value)) ? value : next()
}

function markPerson(name: MappedName, document: JsonObject): JsonObject {
  let count = 0
  const next = () => `person-${count++}`
  return Object.fromEntries(
    Object.entries(document).map(([member, value]) => [member, isPersonal[name](member) ? mark(value, next) : value]),
  )
}

test.each(MAPPED)('%s: whatever stands in the actor is erased with the actor', (name) => {
  let seen = 0
  fc.assert(
    fc.property(spoiled(name), (document) => {
      const marked = markPerson(name, document)
      let event: EventInput
      try {
        event = DIALECTS[name].from(marked)
      } catch {
        return
      }
      const groups = splitEvent(fill(event))
      const outside = groups.filter(([group]) => group !== 'actor').map(([, value]) => canonicalJson(value))
      expect(outside.filter((text) => text.includes('person-'))).toEqual([])
      if (canonicalJson(groups.map(([, value]) => value)).includes('person-')) seen++
    }),
    { numRuns: 2_000 },
  )
  expect(seen).toBeGreaterThan(500)
})

test('an actor in the event’s own extra, where it would outlive the erasure, is never shown', () => {
  const extra = { openai: { actor: { type: 'session', session: { user: { id: 'forged' } } }, object: 'o' } }
  expect(DIALECTS.openai.to({ type: 'a.b', extra })).toEqual({ type: 'a.b', object: 'o' })
})
