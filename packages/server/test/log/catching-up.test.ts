/** A start: only logs whose index is behind are read, and whoever closes ends it. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { catchUpAll } from '../../dist/log/catching-up.js'
import type { LogHead } from '../../dist/store/index.js'

/** Logs of some sizes, and an index that covers so much of each. */
function world(logs: readonly { readonly size: number; readonly covered: number }[]) {
  const heads = logs.map(({ size }, i) => ({ org: `org_${String(i).padStart(5, '0')}`, size }) as LogHead)
  const covered = new Map(heads.map(({ org }, i) => [org, logs[i]?.covered ?? 0]))
  const read: string[] = []
  return {
    heads,
    read,
    store: {
      heads: async (after: string, limit: number) => heads.filter(({ org }) => org > after).slice(0, limit),
    },
    views: {
      size: async (org: string) => covered.get(org) ?? 0,
      catchUp: async (org: string) => {
        read.push(org)
        covered.set(org, heads.find((head) => head.org === org)?.size ?? 0)
      },
    },
    isReadOnly: () => false,
  }
}

test('each log whose index differs is brought to its end once, and no other is looked at', async () => {
  const log = fc.record({ size: fc.nat(3), covered: fc.nat(3) })
  await fc.assert(
    fc.asyncProperty(fc.array(log, { maxLength: 20 }), fc.constantFrom(0, 499, 500, 1_100), async (logs, same) => {
      const all = [...logs, ...Array.from({ length: same }, () => ({ size: 7, covered: 7 })), ...logs]
      const { heads, read, ...parts } = world(all)
      await catchUpAll(parts, {})
      expect(read).toEqual(heads.filter((_, i) => all[i]?.size !== all[i]?.covered).map(({ org }) => org))
      for (const { org, size } of heads) expect(await parts.views.size(org)).toBe(size)
    }),
    { numRuns: 30 },
  )
})

test('it ends between two logs when it is told to, and goes on past one that is read-only and fails', async () => {
  const { heads, read, ...parts } = world(Array.from({ length: 9 }, () => ({ size: 1, covered: 0 })))
  const ending = new AbortController()
  const { catchUp } = parts.views
  const views = {
    ...parts.views,
    catchUp: async (org: string) => {
      if (org === heads[1]?.org) throw new Error('it lacks an entry')
      if (org === heads[3]?.org) ending.abort(new Error('closing'))
      await catchUp(org)
    },
  }
  const isReadOnly = (org: string): boolean => org === heads[1]?.org
  await expect(catchUpAll({ ...parts, views, isReadOnly }, { signal: ending.signal })).rejects.toThrow('closing')
  expect(read).toEqual([0, 2, 3].map((i) => heads[i]?.org))
})
