/** What a client is made with: where the key may travel, and what is no address. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Sealedlog } from '../../dist/client/index.js'

const REFUSED: readonly (readonly [url: string, why: RegExp])[] = [
  ['http://audit.example.com', /plain HTTP/],
  ['http://10.0.0.1:4000', /plain HTTP/],
  ['http://127.0.0.1.example.com', /plain HTTP/],
  ['http://localhost.example.com', /plain HTTP/],
  ['ftp://audit.example.com', /ftp:\/\/; expected https/],
  ['audit.example.com', /The url is none/],
  ['localhost:4000', /begins with localhost:/],
  ['https://me:pass@audit.example.com', /user name/],
  ['https://audit.example.com?key=1', /query/],
  ['https://audit.example.com#x', /fragment/],
  ['https://audit.example.com/v1', /\/v1/],
  ['https://audit.example.com/v1/', /\/v1/],
]

test.each(REFUSED)('%s is refused', (url, why) => {
  expect(() => new Sealedlog({ url, key: 'k' })).toThrow(expect.objectContaining({ code: 'invalid_configuration' }))
  expect(() => new Sealedlog({ url, key: 'k' })).toThrow(why)
})

const TAKEN: readonly (readonly [url: string, asked: string])[] = [
  ['https://audit.example.com', 'https://audit.example.com/v1/events/evt_1'],
  ['https://audit.example.com/logs/', 'https://audit.example.com/logs/v1/events/evt_1'],
  ['http://localhost:4000', 'http://localhost:4000/v1/events/evt_1'],
  ['http://log.localhost', 'http://log.localhost/v1/events/evt_1'],
  ['http://127.8.9.1', 'http://127.8.9.1/v1/events/evt_1'],
  ['http://[::1]:4000/', 'http://[::1]:4000/v1/events/evt_1'],
]

test.each(TAKEN)('%s is where calls go', async (url, asked) => {
  const addresses: string[] = []
  const fetch = async (input: unknown): Promise<Response> => {
    addresses.push(String(input))
    return Response.json({ id: 'evt_1', index: 0 })
  }
  await new Sealedlog({ url, key: 'k', fetch }).get('evt_1')
  expect(addresses).toEqual([asked])
})

test('plain HTTP to another machine is said out loud', () => {
  expect(() => new Sealedlog({ url: 'http://sealedlog:4000', key: 'k', allowInsecure: true })).not.toThrow()
})

test('a missing key is noticed before the first call', () => {
  for (const key of [undefined, ''])
    expect(() => new Sealedlog({ url: 'https://a.example', key })).toThrow(/key is missing/)
})

test('a vkey that is none is refused, and so is one of a witness', () => {
  for (const vkey of ['nonsense', 'a.example/log+00000000+AAAA'])
    expect(() => new Sealedlog({ url: 'https://a.example', key: 'k', vkey })).toThrow(/not a verifier key/)
})

test('a call may have all the time there is, and not less than none', async () => {
  const fetch = async (): Promise<Response> => {
    await new Promise((resolve) => setTimeout(resolve, 20))
    return Response.json({ id: 'evt_1', index: 0 })
  }
  const client = new Sealedlog({ url: 'https://a.example', key: 'k', fetch, timeoutMs: Infinity })
  expect(await client.get('evt_1')).toMatchObject({ id: 'evt_1' })
  for (const wrong of [{ timeoutMs: 0 }, { timeoutMs: NaN }, { retries: -1 }])
    expect(() => new Sealedlog({ url: 'https://a.example', key: 'k', ...wrong })).toThrow(/expected a number/)
})

const SOURCES = new URL('../../src/client/', import.meta.url)

test.each(readdirSync(SOURCES))('%s asks nothing of Node that others have not', (name) => {
  const code = readFileSync(new URL(name, SOURCES), 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '')
  expect(code).not.toMatch(/from 'node:|\b(?:process|Buffer|require|setImmediate|__dirname)\b/)
})
