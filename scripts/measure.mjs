/**
 * Measures this build against a server that only parses, in one run: durable and proven events a second.
 *
 *     npm run measure -- [events per case]
 *
 * The load generator shares the machine with both servers; read the ratios.
 */
import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { newEventId } from '../packages/sdk/dist/base/index.js'

const CASES = [
  { name: 'one event a request, 1 connection', connections: 1, batch: 1, share: 0.05 },
  { name: 'one event a request, 64 connections', connections: 64, batch: 1, share: 0.5 },
  { name: '100 events a request, 8 connections', connections: 8, batch: 100, share: 1 },
]

/** In a process of its own: either server, on a free port. */
async function serve(kind) {
  if (kind === 'sealedlog') {
    const { startServer } = await import('../packages/server/dist/server.js')
    const server = await startServer({
      data: process.argv[4],
      marks: join(process.argv[4], 'marks'),
      port: 0,
      rootKey: 'measure-measure-measure',
    })
    process.send(server.url)
    return
  }
  const { default: fastify } = await import('fastify')
  const app = fastify({ bodyLimit: 2 ** 24 })
  for (const path of ['/v1/events', '/v1/events/batch'])
    app.post(path, (request) => ({ length: [request.body].flat().length }))
  process.send(await app.listen({ port: 0 }))
}

async function measure(events) {
  const folder = mkdtempSync(join(tmpdir(), 'sealedlog-measure-'))
  const rows = []
  const children = []
  try {
    const urls = {}
    for (const kind of ['parse only', 'sealedlog']) {
      const child = fork(fileURLToPath(import.meta.url), ['serve', kind, folder], { stdio: 'inherit' })
      children.push(child)
      urls[kind] = (await once(child, 'message'))[0]
    }
    for (const { name, connections, batch, share } of CASES) {
      const count = Math.ceil((events * share) / batch)
      const row = { case: name }
      for (const kind of Object.keys(urls)) Object.assign(row, await run(kind, urls[kind], connections, batch, count))
      row.ratio = (row['sealedlog events/s'] / row['parse only events/s']).toFixed(2)
      rows.push(row)
    }
  } finally {
    for (const child of children) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
  console.log(`node ${process.version}`)
  console.table(rows)
}

async function run(kind, url, connections, batch, requests) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections })
  const durations = []
  let next = 0
  const start = performance.now()
  const caller = async () => {
    while (next++ < requests) {
      const body = bodyOf(batch)
      const sent = performance.now()
      await post(agent, `${url}/v1/events${batch === 1 ? '' : '/batch'}`, body)
      durations.push(performance.now() - sent)
    }
  }
  await Promise.all(Array.from({ length: connections }, caller))
  const seconds = (performance.now() - start) / 1000
  agent.destroy()
  durations.sort((a, b) => a - b)
  const result = { [`${kind} events/s`]: Math.round((requests * batch) / seconds) }
  if (kind === 'sealedlog') result['p99 ms'] = Number(durations[Math.floor(durations.length * 0.99)].toFixed(1))
  return result
}

function bodyOf(batch) {
  const events = Array.from({ length: batch }, () => eventOf(Math.floor(Math.random() * 400_000)))
  return JSON.stringify(batch === 1 ? events[0] : events)
}

const TYPES = ['api_key.created', 'user.updated', 'project.created', 'role.assignment.created', 'login.succeeded']

const eventOf = (n) => ({
  id: newEventId(Date.now(), randomBytes),
  type: TYPES[n % TYPES.length],
  occurred_at: new Date().toISOString(),
  actor: { type: 'user', id: `user_${n % 2_000}`, name: 'Ada Lovelace', email: `user${n % 2_000}@example.com` },
  targets: [
    { type: 'api_key', id: `key_${n}`, name: 'production' },
    { type: 'project', id: `proj_${n % 300}`, name: 'billing' },
  ],
  project: { id: `proj_${n % 300}` },
  details: { id: `key_${n}`, data: { scopes: ['model.request', 'api.model.read'], reason: `ticket ${n}` } },
  context: {
    ip_address: `203.0.113.${n % 256}`,
    user_agent: 'Mozilla/5.0 (X11; Linux x86_64)',
    request_id: `req_${n}`,
  },
  metadata: { plan: 'pro', region: 'eu-west-1', attempt: n % 5 },
})

function post(agent, url, body) {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: 'Bearer measure-measure-measure',
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    }
    const request = http.request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume()
      response.once('end', () =>
        response.statusCode < 300 ? resolve() : reject(new Error(`answered ${response.statusCode}`)),
      )
    })
    request.once('error', reject)
    request.end(body)
  })
}

if (process.argv[2] === 'serve') await serve(process.argv[3])
else await measure(Number(process.argv[2] ?? 100_000))
