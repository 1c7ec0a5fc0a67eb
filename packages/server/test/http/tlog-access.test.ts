/** An organization's key opens its own log and no other: every route of proofs, with every kind of wrong key. */
import { decodeUtf8 } from '@sealedlog/sdk/base'
import { formatDisclosureLines, parseDisclosureLines } from '@sealedlog/sdk/event'
import { parseBundle } from '@sealedlog/sdk/merkle'
import { beforeAll, describe, expect, test } from 'vitest'
import type { RunningServer } from '../../dist/server.js'
import { as, type Asks, call, makeKey, makeOrganizations, start } from './support.js'

const SIZE = 300
const TLOG = '/v1/organizations/acme/tlog'

let server: RunningServer
const asks: { [who: string]: Asks } = {}

beforeAll(async () => {
  server = await start()
  await makeOrganizations(server, 'acme', 'beta')
  for (const scope of ['read', 'write', 'admin']) asks[scope] = as(server, (await makeKey(server, 'acme', [scope])).key)
  asks.stranger = as(server, (await makeKey(server, 'beta', ['read', 'write', 'admin'])).key)
  asks.unbound = as(server, (await makeKey(server, '*', ['read'])).key)
  asks.nobody = as(server, null)
  asks.wrong = as(server, 'slk_wrong')
  const revoked = await makeKey(server, 'acme', ['read'])
  await as(server, server.rootKey.value)(`DELETE /v1/keys/${revoked.id}`)
  asks.revoked = as(server, revoked.key)
  const events = Array.from({ length: SIZE }, (_, i) => ({
    id: `evt_${i}`,
    type: 'a.b',
    ...(i % 3 === 0 ? {} : { actor: { type: 'user', id: `user_${i}` }, details: { number: i, text: 'ünï\ncode' } }),
  }))
  await ask('write')('POST /v1/events/batch', events)
})

const ask = (who: string): Asks => asks[who] as Asks

/** Routes with the scope that they ask for; `any` is any key of the organization. */
const ROUTES: readonly (readonly [path: string, scope: 'any' | 'read'])[] = [
  [`${TLOG}/checkpoint`, 'any'],
  [`${TLOG}/vkey`, 'any'],
  [`${TLOG}/keys`, 'any'],
  [`${TLOG}/consistency?from=1`, 'any'],
  [`${TLOG}/tile/0/000`, 'read'],
  [`${TLOG}/tile/0/001.p/44`, 'read'],
  [`${TLOG}/tile/entries/000`, 'read'],
  [`${TLOG}/tile/entries/001.p/44`, 'read'],
  [`${TLOG}/disclosures/000`, 'read'],
]

describe.each(ROUTES)('%s (scope: %s)', (path, scope) => {
  test('answers keys of the organization, and unbound ones', async () => {
    for (const who of ['read', 'unbound']) expect([who, (await ask(who)(`GET ${path}`)).status]).toEqual([who, 200])
    for (const who of ['write', 'admin']) {
      const { status, json } = await ask(who)(`GET ${path}`)
      const expected = scope === 'any' ? [200, undefined] : [403, 'insufficient_scope']
      expect([who, status, json?.code]).toEqual([who, ...expected])
    }
  })

  test('shows nothing to keys of another organization, to no key and to wrong ones', async () => {
    const expected = { stranger: [403, 'organization_mismatch'], nobody: [401, 'missing_key'] } as const
    for (const [who, answer] of Object.entries(expected)) {
      const { status, json } = await ask(who)(`GET ${path}`)
      expect([who, status, json.code]).toEqual([who, ...answer])
    }
    for (const who of ['wrong', 'revoked']) {
      const { status, json } = await ask(who)(`GET ${path}`)
      expect([who, status, json.code]).toEqual([who, 401, 'invalid_key'])
    }
  })

  test('is the same to a stranger whether the organization is there or not', async () => {
    const there = await ask('stranger')(`GET ${path}`)
    const gone = await ask('stranger')(`GET ${path.replace('acme', 'nowhere')}`)
    expect([gone.status, gone.json.code]).toEqual([there.status, there.json.code])
    expect((await ask('unbound')(`GET ${path.replace('acme', 'nowhere')}`)).json.code).toBe('organization_not_found')
  })

  test('believes no header that says otherwise', async () => {
    const { status, json } = await ask('stranger')(`GET ${path}`, undefined, { 'sealedlog-organization': 'acme' })
    expect([status, json.code]).toEqual([403, 'organization_mismatch'])
    const other = await ask('unbound')(`GET ${path}`, undefined, { 'sealedlog-organization': 'beta' })
    expect([other.status, other.json.code]).toEqual([403, 'organization_mismatch'])
  })

  test('is kept by no shared cache, and by its reader only where it never changes', async () => {
    const { headers } = await ask('read')(`GET ${path}`)
    const isFull = /tile\/(?:0|entries)\/000$/.test(path)
    expect(headers.get('cache-control')).toBe(isFull ? 'private, max-age=31536000, immutable' : 'no-store')
  })
})

describe('disclosures', () => {
  test('are lines that are byte for byte what the entries committed to, and no others', async () => {
    for (const [number, width] of [
      ['000', 256],
      ['001', 44],
    ] as const) {
      const { text, headers } = await ask('read')(`GET ${TLOG}/disclosures/${number}`)
      expect(headers.get('content-type')).toBe('text/plain; charset=utf-8')
      const lines = parseDisclosureLines(new TextEncoder().encode(text))
      const suffix = width === 256 ? '' : `.p/${width}`
      const bundle = await fetch(`${server.url}${TLOG}/tile/entries/${number}${suffix}`, {
        headers: { authorization: `Bearer ${server.rootKey.value}` },
      })
      const leaves = parseBundle(new Uint8Array(await bundle.arrayBuffer()))
      const committed = leaves.flatMap((leaf, i) =>
        Object.values((JSON.parse(decodeUtf8(leaf)) as { groups: object }).groups).map((hash) => [
          Number(number) * 256 + i,
          hash as string,
        ]),
      )
      const { commitTo } = await import('@sealedlog/sdk/event')
      expect(lines.map(({ index, disclosure }) => [index, commitTo(disclosure)])).toEqual(committed)
      const again = formatDisclosureLines(lines.map(({ index, disclosure }) => ({ index, disclosures: disclosure })))
      expect(decodeUtf8(again)).toBe(text)
    }
  })

  test.each(['002', 'x001/000', '999', '0', '00', '001.p/44', 'x000/001', '-1', 'nonsense', '../checkpoint', '%2e%2e'])(
    'of bundle %s are not there',
    async (number) => {
      const { status, json } = await call(server.url, {
        path: `${TLOG}/disclosures/${encodeURIComponent(number)}`,
        key: server.rootKey.value,
      })
      expect([status, json.code]).toEqual([404, 'tile_not_found'])
    },
  )
})

describe('the keys', () => {
  test('are the history that vkey says in short, newest first', async () => {
    const { json } = await ask('write')(`GET ${TLOG}/keys`)
    const vkeys = (await ask('write')(`GET ${TLOG}/vkey`)).text
    const organization = (await ask('read')('GET /v1/organizations/acme')).json
    expect(json).toEqual({
      origin: organization.origin,
      data: [
        {
          origin: organization.origin,
          generation: expect.any(Number),
          vkey: organization.vkey,
          since: expect.any(Number),
        },
      ],
    })
    expect(vkeys).toBe(`${organization.vkey}\n`)
  })
})
