/** An index whose process is killed covers a prefix of what it was told, as it was told, and goes on from there. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { checkSearch } from '../../dist/index/contract-check.js'
import { random, randomEntries, randomSearch } from '../../dist/index/contract-data.js'
import { openRunsIndex } from '../../dist/index/index.js'

const SEED = 20_261_122
const ENTRIES = 4_000
const KILLS = 4
const TINY = { youngEntriesMax: 40, runEntriesMax: 2_000, tierFactor: 3 }

const INDEX_ROOM = new URL('../../dist/index/', import.meta.url).href

/** Puts what is not covered yet, ten entries at a time, and prints how far it has come. */
const CHILD = `
import { openRunsIndex } from '${INDEX_ROOM}index.js'
import { random, randomEntries } from '${INDEX_ROOM}contract-data.js'
const [folder, limits, seed, count] = process.argv.slice(1)
const entries = randomEntries(random(Number(seed)), 'acme', Number(count))
const index = await openRunsIndex(folder, JSON.parse(limits))
for (let at = await index.size('acme'); at < entries.length; at += 10) {
  await index.put(entries.slice(at, at + 10))
  process.stdout.write(at + '\\n')
}
await index.close()
`

test('killed again and again while it writes and merges, it never says anything else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sealedlog-killed-'))
  const rnd = random(SEED)
  const entries = randomEntries(random(SEED), 'acme', ENTRIES)
  let covered = 0
  for (let kill = 0; kill < KILLS; kill += 1) {
    const puts = 20 + rnd(60)
    const args = [folder, JSON.stringify(TINY), String(SEED), String(ENTRIES)]
    const child = spawn(process.execPath, ['--input-type=module', '-e', CHILD, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = once(child, 'exit')
    let said = 0
    for await (const _ of createInterface({ input: child.stdout })) if (++said === puts) child.kill('SIGKILL')
    expect((await ended)[1], `seed ${SEED}`).toBe('SIGKILL')
    const index = await openRunsIndex(folder, TINY)
    const size = await index.size('acme')
    expect(size).toBeGreaterThanOrEqual(covered)
    const known = entries.slice(0, size)
    for (let i = 0; i < (size > 0 ? 10 : 0); i += 1)
      await checkSearch(index, known, { ...randomSearch(rnd, known), org: 'acme' }, SEED)
    await index.close()
    covered = size
  }
  expect(covered).toBeGreaterThan(0)
  rmSync(folder, { recursive: true })
}, 60_000)
