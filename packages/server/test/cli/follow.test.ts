/** `sealedlog tail -f` over event streams: dropped, told to go, left without a key, and with a server that has none. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { eventOf, eventsOf, fileOf, jsonLines, ROOT_KEY, runJson, Running, startTestServer, until } from './support.js'

const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i)
const indexesOf = (text: string): readonly unknown[] => jsonLines(text).map(({ index }) => index)

async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const line = text.split('\n').find((each) => each.startsWith(`${name} `))
  return Number(line?.slice(name.length) ?? Number.NaN)
}

test('it follows by a stream, and one that was dropped because nobody read it misses nothing', async () => {
  const { url } = await startTestServer({ streams: { stallMs: 100, lingerMs: 100 } })
  const tail = new Running(['tail', '-f', '--after', 'latest', '--json'], { url })
  await until(async () => (await metric(url, 'sealedlog_streams')) === 1)
  tail.child.stdout?.pause()
  const big = (number: number) => ({
    ...eventOf(number),
    description: 'x'.repeat(16_000),
    details: { y: 'y'.repeat(200_000) },
  })
  const headers = { authorization: `Bearer ${ROOT_KEY}`, 'content-type': 'application/json' }
  for (let at = 0; at < 60; at += 10) {
    const body = JSON.stringify(range(at, at + 10).map(big))
    expect((await fetch(`${url}/v1/events/batch`, { method: 'POST', headers, body })).status).toBe(201)
  }
  await until(async () => (await metric(url, 'sealedlog_stream_ends_total{code="too_slow"}')) >= 1)
  tail.child.stdout?.resume()
  await until(() => tail.stdout.split('\n').length === 61)
  tail.child.kill('SIGINT')
  const { code, stdout, stderr } = await tail.ended
  expect([code, indexesOf(stdout)]).toEqual([130, range(0, 60)])
  expect(stderr).toMatch(/next 59\n$/)
})

test('it waits for a server that said it shuts down, and says so once', async () => {
  const first = await startTestServer()
  const { url, data } = first
  await runJson(['record', fileOf(eventsOf(0, 3))], { url })
  const tail = new Running(['tail', '-f', '--json'], { url })
  await until(async () => (await metric(url, 'sealedlog_streams')) === 1)
  await first.close()
  await until(() => tail.stderr.includes('[shutting_down] Trying again'))
  const port = Number(new URL(url).port)
  const second = await startTestServer({ data, port })
  await runJson(['record', fileOf(eventsOf(3, 6))], { url: second.url })
  await until(() => tail.stdout.split('\n').length === 7)
  tail.child.kill('SIGINT')
  const { code, stdout, stderr } = await tail.ended
  expect([code, indexesOf(stdout)]).toEqual([130, range(0, 6)])
  expect(stderr.match(/\[shutting_down\]/g)).toHaveLength(1)
})

test('it ends with 2 when its key is revoked', async () => {
  const { url } = await startTestServer({ streams: { heartbeatMs: 50 } })
  const [made] = await runJson(['keys', 'create', '--name', 'reader', '--scope', 'read', '--org', 'default'], { url })
  const tail = new Running(['tail', '-f', '--json'], { url, key: made?.key as string })
  await until(async () => (await metric(url, 'sealedlog_streams')) === 1)
  await fetch(`${url}/v1/keys/${made?.id as string}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${ROOT_KEY}` },
  })
  const { code, stderr } = await tail.ended
  expect(code).toBe(2)
  expect(stderr).toMatch(/revoked\. \[invalid_key\]\n$/)
})

const answering: { close(): void }[] = []
afterAll(() => {
  for (const server of answering) server.close()
})

test('it follows a server that knows no streams by the long poll', async () => {
  const asked: URLSearchParams[] = []
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? '', 'http://x').searchParams
    asked.push(query)
    const after = query.get('after') === 'latest' ? 4 : Number(query.get('after'))
    const data = after < 9 ? [{ index: after + 1, type: 'a.b' }] : []
    response.setHeader('content-type', 'application/json')
    const answer = () => response.end(JSON.stringify({ object: 'list', data, next: Math.min(9, after + 1) }))
    setTimeout(answer, data.length > 0 ? 0 : 1_000)
  })
  answering.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const tail = new Running(['tail', '-f', '--after', '4', '--json'], { url })
  await until(() => tail.stdout.split('\n').length === 6)
  tail.child.kill('SIGINT')
  const { code, stdout } = await tail.ended
  expect([code, indexesOf(stdout)]).toEqual([130, range(5, 10)])
  expect(asked.at(-1)?.get('wait')).toBe('30')
  server.closeAllConnections()
})
