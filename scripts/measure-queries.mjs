/**
 * What queries cost: a log of so many events (100,000 unless it is said), and for each kind of question the time of its first
 * page of twenty, in process. `npm run measure:queries -- 200000`
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv } from 'node:process'
import { parseQuery } from '../packages/sdk/dist/query/index.js'
import { openData } from '../packages/server/dist/server.js'

const EVENTS = Number(argv[2] ?? 100_000)
const BATCH = 500
const RUNS = 21
const START_MS = Date.UTC(2026, 0, 1)
const TYPES = ['api_key.created', 'user.added', 'login.failed', 'document.viewed', 'invoice.paid']
const NAMES = ['Ada Lovelace', 'Zoë Müller', 'Grace Hopper', 'Linus Torvalds', 'Barbara Liskov']

const eventAt = (i) => ({
  type: TYPES[i % 5],
  occurred_at: new Date(START_MS + i * 1_000).toISOString(),
  actor: { type: 'user', id: `user_${i % 997}`, name: NAMES[i % 5], email: `u${i % 997}@example.com` },
  targets: [{ type: 'document', id: `doc_${i % 30_011}`, name: `Document ${i}` }],
  context: { ip_address: `10.${i % 7}.${i % 200}.${i % 250}`, request_id: `req_${i}` },
  metadata: { plan: i % 10 ? 'free' : 'pro', seats: i % 50 },
  details: { amount: i, note: i === Math.floor(EVENTS / 3) ? 'a needle in the haystack' : 'hay' },
})

const QUERIES = [
  ['one field', 'type:login.failed'],
  ['two fields', 'type:login.* actor:user_5'],
  ['two fields that never meet', 'actor:user_5 target:doc_7'],
  ['or, and not', '(type:invoice.paid OR actor:user_7) -outcome:failure'],
  ['a network', 'ip:10.3.0.0/16'],
  ['a prefix of many values', 'actor:user_1*'],
  ['a path, one in ten', 'metadata.plan:pro'],
  ['a path, one in fifty', 'metadata.seats:>=49'],
  ['a path and a field', 'metadata.seats:>=49 type:invoice.paid'],
  ['a word, one in five', 'muller'],
  ['a word and a field that it is never with', 'muller actor:user_5 type:login.failed'],
  ['a word that is rare: one page, nothing found yet', 'needle'],
]

const folder = mkdtempSync(join(tmpdir(), 'sealedlog-queries-'))
const data = await openData({ data: folder, marks: false })
const { log, store } = data
try {
  await store.createLog('acme', 'Acme')
  for (let at = 0; at < EVENTS; at += BATCH)
    await log.record(
      'acme',
      Array.from({ length: BATCH }, (_, i) => eventAt(at + i)),
      'measure',
    )
  console.log(`node ${process.version}, ${EVENTS.toLocaleString('en')} events, ${RUNS} runs each`)
  const rows = []
  for (const [about, q] of QUERIES) rows.push(await measure(about, q))
  console.table(rows)
} finally {
  await data.close()
  rmSync(folder, { recursive: true })
}

async function measure(about, q) {
  const request = { org: 'acme', query: parseQuery(q), order: 'desc', limit: 20 }
  const times = []
  let page
  for (let run = 0; run < RUNS; run++) {
    const begun = performance.now()
    page = await log.list(request)
    times.push(performance.now() - begun)
  }
  times.sort((a, b) => a - b)
  const at = (share) => times[Math.floor((RUNS - 1) * share)].toFixed(1)
  return { about, q, 'p50 ms': at(0.5), 'p95 ms': at(0.95), shown: page.events.length, more: page.next !== undefined }
}
