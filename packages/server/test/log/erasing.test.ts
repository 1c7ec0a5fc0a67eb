/** Erasing in the log room: what is planned is what a naive walk finds, what is said is what is done, whatever comes in between. */
import { randomBytes } from 'node:crypto'
import { isJsonArray, isJsonObject, type Json } from '@sealedlog/sdk/base'
import { type EventInput, fillEvent, parseLeaf, type RedactsAct, sealEvent, splitEvent } from '@sealedlog/sdk/event'
import { EVERYTHING } from '@sealedlog/sdk/query'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ActBuilder, REDACTION_ENTRIES_MAX } from '../../dist/log/erasing/act-builder.js'
import { makeWorld } from './support.js'

const GROUPS = ['actor', 'changes', 'content', 'details', 'targets/0', 'targets/10']

/** What an act says of an entry: of its groups, those that some range with it names. */
const namedBy = ({ redacts }: RedactsAct, index: number, committed: readonly string[]): readonly string[] =>
  committed.filter((group) =>
    redacts.some(
      ({ groups, ranges }) => groups.includes(group) && ranges.some(([first, last]) => first <= index && index <= last),
    ),
  )

describe('what a redaction says', () => {
  /** Groups that an entry has, and of these what goes; some have gone before, some entries are not seen. */
  const entry = fc.record({
    committed: fc.subarray(GROUPS),
    goes: fc.subarray(GROUPS),
    isSeen: fc.boolean(),
  })

  test('is of every entry exactly what goes of it, and of those between nothing that they keep', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 60 }), (entries) => {
        const builder = new ActBuilder(entries.length)
        const erased = entries.map(({ committed, goes, isSeen }, index) => {
          const groups = isSeen ? goes.filter((group) => committed.includes(group)) : []
          if (isSeen) builder.see(index, committed, groups)
          return groups
        })
        const { said, erases } = builder.build()
        expect(builder.isEmpty).toBe(erases.length === 0)
        expect(erases).toEqual(erased.flatMap((groups, index) => (groups.length > 0 ? [{ index, groups }] : [])))
        entries.forEach(({ committed, isSeen }, index) => {
          expect([index, isSeen, namedBy(said, index, committed)]).toEqual([index, isSeen, erased[index]])
        })
        for (const { ranges } of said.redacts)
          ranges.forEach(([first, last], i) => {
            expect(first <= last && first > (ranges[i - 1]?.[1] ?? -1)).toBe(true)
          })
      }),
      { numRuns: 2_000 },
    )
  })

  test('is short where much goes together: one range over entries that lack what others lose', () => {
    const builder = new ActBuilder(1_000)
    for (let index = 0; index < 999; index++) {
      const committed = index % 3 === 0 ? ['actor', 'details'] : index % 3 === 1 ? ['actor'] : []
      builder.see(index, committed, committed)
    }
    expect(builder.build().said.redacts).toEqual([{ groups: ['actor', 'details'], ranges: [[0, 997]] }])
  })

  test('is full before its leaf is, whatever goes of a hundred targets', () => {
    const targets = Array.from({ length: 100 }, (_, i) => `targets/${i}`).sort()
    const all = ['actor', 'changes', 'content', 'details', 'on_behalf_of', ...targets]
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 105 }), (seed, groupsMax) => {
        let state = seed >>> 0
        const next = (below: number): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) % below
        const size = 9_007_199_254_740_991
        const builder = new ActBuilder(size)
        let index = size - 10_000_000
        while (!builder.isFull) {
          index += 1 + next(3)
          const kept = all.filter(() => next(105) < groupsMax)
          builder.see(index, all, kept.length > 0 ? kept : ['actor'])
        }
        const event = fillEvent(
          {
            type: 'audit.redaction',
            id: 'x'.repeat(128),
            bucket: 'sealedlog',
            actor: { type: 'k'.repeat(64), id: 'key' },
            details: { basis: 'b' },
          },
          0,
          randomBytes,
        )
        const { said, erases } = builder.build()
        expect(sealEvent(event, 'o'.repeat(128), randomBytes, said).leaf.length).toBeLessThanOrEqual(65_535)
        expect(erases.length).toBeLessThanOrEqual(REDACTION_ENTRIES_MAX)
      }),
      { numRuns: 20 },
    )
  })
})

const PERSON = ['user_7', 'Ada@Example.com', '77123']

/** The definition: every text and name of a group, one by one. */
function says(value: Json, name?: string): boolean {
  const meets = (text: string): boolean =>
    PERSON.some((each) => {
      const [folded, needle] = [text.toLowerCase(), each.toLowerCase()]
      return Array.from(folded).some((_, at) => {
        const isHere = folded.slice(at, at + needle.length) === needle
        const touching = `${folded[at - 1] ?? ''}${folded[at + needle.length] ?? ''}`
        return isHere && !/[a-z0-9]/.test(touching)
      })
    })
  if (name !== undefined && meets(name)) return true
  if (typeof value === 'string') return meets(value)
  if (typeof value === 'number') return PERSON.includes(String(value))
  if (isJsonArray(value)) return value.some((item) => says(item))
  return isJsonObject(value) && Object.entries(value).some(([member, inner]) => says(inner, member))
}

const saying = fc.constantFrom(
  'user_7',
  'USER_7',
  'user_71',
  'x user_7',
  'xuser_7',
  'ada@example.com',
  'ADA@example.com.',
  'mada@example.com',
  'bob',
  '77123',
  'a"b',
  'é user_7\n',
)
const open = fc.dictionary(
  fc.oneof(saying, fc.constant('plan')),
  fc.oneof(saying, fc.constantFrom(77_123, 771_234, true), fc.array(saying, { maxLength: 2 })),
  { maxKeys: 3 },
)
const someEvent: fc.Arbitrary<EventInput> = fc.record(
  {
    type: fc.constant('a.b'),
    actor: fc.record(
      { type: fc.constant('user'), id: saying, email: saying, metadata: open },
      { requiredKeys: ['type'] },
    ),
    on_behalf_of: fc.record({ type: fc.constant('user'), name: saying }, { requiredKeys: ['type'] }),
    targets: fc.array(fc.record({ type: fc.constant('doc'), id: saying, metadata: open }, { requiredKeys: ['type'] }), {
      maxLength: 3,
    }),
    description: saying,
    details: open,
    changes: fc.array(fc.record({ path: saying, before: saying }, { requiredKeys: ['path'] }), { maxLength: 2 }),
    metadata: open,
  },
  { requiredKeys: ['type'] },
)

describe('by person', () => {
  test('what goes is what a naive walk over every text finds, and the entries account for exactly that', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(someEvent, { minLength: 1, maxLength: 30 }), async (said) => {
        const { log, store } = await makeWorld()
        await log.record('acme', said, 'key_1')
        const recorded = await store.readRange('acme', 0, said.length)
        const expected = recorded.map(({ leaf }, index) => {
          const event = fillEvent(said[index] as EventInput, 0, randomBytes)
          const groups = splitEvent({ ...event, bucket: 'default', outcome: 'success' })
          expect(Object.keys(parseLeaf(leaf).groups)).toEqual(groups.map(([group]) => group))
          return groups.filter(([, value]) => says(value)).map(([group]) => group)
        })
        const request = { org: 'acme', person: { identifiers: PERSON, match: 'word' }, basis: 'b' } as const
        const dry = await log.erase({ ...request, dryRun: true })
        const rows = expected.flatMap((groups, index) => (groups.length > 0 ? [{ index, groups }] : []))
        expect(dry.rows.map(({ index, groups }) => ({ index, groups }))).toEqual(rows)
        const report = await log.erase(request)
        expect([report.events, report.groups]).toEqual([rows.length, expected.flat().length])
        const after = await store.readRange('acme', 0, said.length + 10)
        const acts = after.flatMap(({ leaf }) => {
          const { log: act } = parseLeaf(leaf)
          return act && 'redacts' in act ? [act] : []
        })
        expect(acts).toHaveLength(rows.length > 0 ? 1 : 0)
        expected.forEach((groups, index) => {
          const committed = Object.keys(parseLeaf(after[index]?.leaf ?? new Uint8Array()).groups)
          expect(acts.flatMap((act) => namedBy(act, index, committed))).toEqual(groups)
        })
        const list = await log.tail({ org: 'acme', after: -1, query: EVERYTHING, limit: 1_000, waitMs: 0 })
        list.events.forEach((event, index) => expect(event.redacted ?? []).toEqual(expected[index]))
      }),
      { numRuns: 60 },
    )
  })
})
