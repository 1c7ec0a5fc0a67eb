/** Closing organizations, and rotating keys: what ends, and what stays proven. */
import { openNote, parseCheckpoint } from '@sealedlog/sdk/merkle'
import { describe, expect, test } from 'vitest'
import { verifierOf } from '../../dist/store/signing.js'
import { as, type Body, makeKey, makeOrganizations } from './support.js'
import { startWorld, type World } from './kept-world.js'

const AT = '/v1/organizations/acme'
const ACME = { 'sealedlog-organization': 'acme' }
const MARK = 'qz7marker'
const event = (id: string): Body => ({
  id,
  type: 'user.seen',
  actor: { type: 'user', id: `${MARK}-${id}` },
  details: { note: `${MARK}-${id}` },
})

async function makeAcme() {
  const world = await startWorld()
  await makeOrganizations(world.server, 'acme')
  const key = await makeKey(world.server, 'acme', ['write', 'read', 'admin'])
  return { world, key, ask: as(world.server, key.key) }
}

const systemTypes = async (world: World): Promise<readonly string[]> =>
  (await world.entries('_system')).map(({ type }) => type)

describe('closing an organization', () => {
  test('erases what it disclosed, ends its keys, and leaves its proofs', async () => {
    const { world, key, ask } = await makeAcme()
    for (let n = 0; n < 300; n++) await ask('POST /v1/events', event(`e${n}`))
    await ask('PUT /v1/saved-queries/mine', { q: `actor:${MARK}` })
    await ask('PUT /v1/event-types/user.seen', { mode: 'off', description: MARK })
    await ask(`PUT ${AT}/retention`, { default_days: 3 })
    const proof = (await ask('GET /v1/events/e7/proof')).text
    const tile = (await ask(`GET ${AT}/tlog/tile/0/000`)).text
    const { root } = world
    expect((await ask(`DELETE ${AT}`)).json.code).toBe('insufficient_scope')
    const closed = await root(`DELETE ${AT}`)
    expect(closed.json).toMatchObject({ object: 'organization', id: 'acme', closed_at: expect.stringMatching(/Z$/) })
    expect((await root(`DELETE ${AT}`)).json).toEqual(closed.json)
    expect(world.filesWith(MARK)).toEqual([])
    expect((await ask('GET /v1/events')).json.code).toBe('invalid_key')
    for (const [line, body] of [
      ['POST /v1/events', event('late')],
      ['POST /v1/events/batch', [event('late')]],
      ['POST /v1/keys', { organization: 'acme', name: 'x', scopes: ['read'] }],
      [`PUT ${AT}/hold`, { reason: 'x' }],
      [`PUT ${AT}/retention`, { default_days: 3 }],
      [`POST ${AT}/tlog/rotate`, undefined],
    ] as const) {
      const { status, json } = await root(line, body, ACME)
      expect([line, status, json.code]).toEqual([line, 409, 'organization_closed'])
    }
    expect((await root('GET /v1/saved-queries', undefined, ACME)).json.data).toEqual([])
    expect((await root('GET /v1/event-types', undefined, ACME)).json.data).toEqual([])
    expect((await root(`GET ${AT}/tlog/tile/0/000`)).text).toBe(tile)
    expect((await root('GET /v1/events/e7/proof', undefined, ACME)).text.split('\n')[1]).toBe(proof.split('\n')[1])
    expect((await root(`GET ${AT}/tlog/consistency?from=300`)).status).toBe(200)
    const entries = await world.entries('acme')
    const own = entries.filter(({ bucket }) => bucket === 'sealedlog').map(({ type, redacted }) => [type, !!redacted])
    expect(own).toEqual([
      ['sealedlog.retention.changed', true],
      ['sealedlog.organization.closed', false],
      ['audit.redaction', false],
    ])
    expect(entries.at(-1)).toMatchObject({ details: { basis: 'organization closed' }, actor: { id: 'root' } })
    expect(entries.filter(({ type }) => type === 'user.seen').every(({ redacted }) => redacted.length === 2)).toBe(true)
    expect((await systemTypes(world)).slice(-2)).toEqual(['sealedlog.key.revoked', 'sealedlog.organization.closed'])
    expect((await root('GET /v1/keys?organization=acme')).json.data).toMatchObject([
      { id: key.id, revoked_at: expect.any(String) },
    ])
    await world.restart()
    expect((await world.root('POST /v1/events', event('late'), ACME)).json.code).toBe('organization_closed')
    expect((await world.root('GET /v1/organizations/acme')).json.closed_at).toBe(closed.json.closed_at)
    // What root read of it meanwhile is said nowhere: it takes no entry more.
    const { size } = (await world.root('GET /v1/organizations/acme')).json
    await world.pass(86_400_000)
    expect((await world.root('GET /v1/organizations/acme')).json.size).toBe(size)
  })

  test('while events arrive leaves none of them undisclosed behind it', async () => {
    const { world, ask } = await makeAcme()
    const sent = Array.from({ length: 40 }, (_, n) => ask('POST /v1/events', event(`e${n}`)))
    const closed = world.root(`DELETE ${AT}`)
    sent.push(...Array.from({ length: 40 }, (_, n) => ask('POST /v1/events', event(`f${n}`))))
    const codes = (await Promise.all(sent)).map(({ status, json }) => (status === 201 ? 'recorded' : json.code))
    expect((await closed).status).toBe(200)
    expect(codes.filter((code) => !['recorded', 'organization_closed', 'invalid_key'].includes(code))).toEqual([])
    expect(world.filesWith(MARK)).toEqual([])
    const entries = await world.entries('acme')
    expect(entries.filter(({ type }) => type === 'user.seen')).toHaveLength(
      codes.filter((code) => code === 'recorded').length,
    )
  })

  test('that a stop cut off is gone on with', async () => {
    const { world, ask } = await makeAcme()
    await ask('POST /v1/events', event('a'))
    // What is durable first: that it is closed.
    const { closings } = world.server.keeping.standing
    await closings.put('acme', { closed_at: '2026-11-20T09:12:21.340Z', closed_by: 'root', done: false })
    expect((await ask('POST /v1/events', event('b'))).json.code).toBe('organization_closed')
    await world.restart()
    await world.pass(60_000)
    expect(world.filesWith(MARK)).toEqual([])
    expect(await systemTypes(world)).toContain('sealedlog.organization.closed')
  })
})

describe('rotating the key of a log', () => {
  test('brings the next key, announced by the log and handed over by the one before', async () => {
    const { world, ask } = await makeAcme()
    const { root } = world
    await ask('POST /v1/events', event('a'))
    const before = (await ask(`GET ${AT}`)).json
    expect((await ask(`POST ${AT}/tlog/rotate`)).json.code).toBe('insufficient_scope')
    const { status, json } = await root(`POST ${AT}/tlog/rotate`)
    expect(status).toBe(200)
    expect(json).toMatchObject({ object: 'log_key', origin: before.origin, generation: 2, since: 2 })
    expect(json.vkey).not.toBe(before.vkey)
    for (const vkey of [json.vkey, before.vkey]) {
      const { text } = openNote(json.checkpoint, [verifierOf(vkey)])
      expect(parseCheckpoint(text)).toMatchObject({ origin: before.origin, size: 2 })
    }
    const announced = (await world.entries('acme')).find(({ type }) => type === 'log.key_rotated')
    expect(announced).toMatchObject({ index: 1, details: { generation: 2, vkey: json.vkey }, actor: { id: 'root' } })
    const system = await world.entries('_system')
    expect(system.at(-1)).toMatchObject({
      type: 'sealedlog.signing_key.rotated',
      details: { organization: 'acme', generation: 2, vkey: json.vkey },
    })
    await world.restart()
    expect(await world.entries('_system')).toHaveLength(system.length)
  })

  test('at once brings each key to one of them, and tells the others', async () => {
    const { world } = await makeAcme()
    const answers = await Promise.all(Array.from({ length: 8 }, () => world.root(`POST ${AT}/tlog/rotate`)))
    const won = answers.filter(({ status }) => status === 200).map(({ json }) => json.generation)
    expect(won).toEqual([...new Set(won)])
    expect(new Set(won)).toEqual(new Set(won.map((_, i) => i + 2)))
    for (const { status, json } of answers.filter((each) => each.status !== 200))
      expect([status, json.code]).toEqual([412, 'revision_mismatch'])
    expect(won.length).toBeLessThan(8)
  })
})
