/** The instance's own log: what became of keys and organizations, said once, readable by root alone. */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openData } from '../../dist/server.js'
import { type Body, as, makeKey, makeOrganizations } from './support.js'
import { startWorld, type World } from './kept-world.js'

const SYSTEM = { 'sealedlog-organization': '_system' }
const said = (entries: readonly Body[]): readonly string[] =>
  entries.map(({ type, targets, actor }: Body) => `${actor.id} ${type} ${targets[0].id}`)

const found = async (world: World): Promise<readonly Body[]> =>
  (await world.entries('_system')).filter(({ description }) => description !== undefined)

describe('the server’s own log', () => {
  test('says what became of keys and organizations, once, with the key that did it', async () => {
    const world = await startWorld()
    const { root, server } = world
    await makeOrganizations(server, 'acme')
    const unbound = await makeKey(server, '*', ['admin'])
    const admin = as(server, unbound.key)
    const { json: made } = await admin('POST /v1/keys', { organization: 'acme', name: 'ci', scopes: ['write'] })
    await admin(`DELETE /v1/keys/${made.id}`)
    await admin(`DELETE /v1/keys/${made.id}`)
    await admin('PUT /v1/organizations/beta', { name: 'Beta' })
    await root('PUT /v1/organizations/beta', { name: 'Another' })
    await root('PUT /v1/organizations/acme')
    expect(said(await world.entries('_system'))).toEqual([
      'sealedlog sealedlog.organization.created default',
      'root sealedlog.organization.created acme',
      `root sealedlog.key.created ${unbound.id}`,
      `${unbound.id} sealedlog.key.created ${made.id}`,
      `${unbound.id} sealedlog.key.revoked ${made.id}`,
      `${unbound.id} sealedlog.organization.created beta`,
    ])
    const [, , , created] = await world.entries('_system')
    expect(created).toMatchObject({
      bucket: 'sealedlog',
      actor: { type: 'key', id: unbound.id, name: 'admin of *' },
      context: { request_id: expect.stringMatching(/./) },
      details: { id: made.id, name: 'ci', organization: 'acme', scopes: ['write'] },
    })
    const before = (await world.entries('_system')).length
    await world.restart()
    expect(await world.entries('_system')).toHaveLength(before)
  })

  test('is counted nowhere, and nobody makes it, closes it or records there', async () => {
    const { root, server } = await startWorld()
    expect((await root('GET /v1/organizations')).json.data.map(({ id }: Body) => id)).toEqual(['default'])
    expect((await root('GET /v1/organizations?limit=1')).json.has_more).toBe(false)
    expect((await root('POST /v1/events', { type: 'a.b' })).json.org).toBe('default')
    expect((await root('POST /v1/events', { type: 'a.b' }, SYSTEM)).json.code).toBe('insufficient_scope')
    expect((await root('POST /v1/events/batch', [{ type: 'a.b' }], SYSTEM)).json.code).toBe('insufficient_scope')
    expect((await root('PUT /v1/organizations/_system')).json.code).toBe('invalid_organization')
    expect((await root('PUT /v1/organizations/_mine')).json.code).toBe('invalid_organization')
    expect((await root('DELETE /v1/organizations/_system')).json.code).toBe('invalid_organization')
    const admin = as(server, (await makeKey(server, '*', ['admin', 'read', 'write'])).key)
    for (const line of ['GET /v1/events', 'GET /v1/events/tail', 'GET /v1/organization/audit_logs'])
      expect((await admin(line, undefined, SYSTEM)).status).toBe(403)
  })

  test('is proven like every other, to root and to a key that root binds to it', async () => {
    const { root, server } = await startWorld()
    const auditor = as(server, (await makeKey(server, '_system', ['read'])).key)
    for (const ask of [root, auditor]) {
      expect((await ask('GET /v1/organizations/_system/tlog/checkpoint')).text).toMatch(/^log\.example\.com\/\S+\n2\n/)
      expect((await ask('GET /v1/organizations/_system/tlog/tile/entries/000.p/2')).status).toBe(200)
      const [{ id }] = (await ask('GET /v1/events?bucket=sealedlog', undefined, SYSTEM)).json.data
      expect((await ask(`GET /v1/events/${id}/proof`, undefined, SYSTEM)).text).toMatch(/^c2sp\.org\/tlog-proof@v1/)
    }
    expect((await auditor('POST /v1/events', { type: 'a.b' })).status).toBe(403)
  })

  test('says at the next start what was changed and not said, and that it was found', async () => {
    const world = await startWorld()
    await world.close()
    // What a stop between a change and its entry leaves: the change alone.
    const data = await openData({ data: join(world.folder, 'data'), marks: false })
    const key = { org: 'acme', name: 'ci', scopes: ['read'], createdAtMs: 5, expiresAtMs: null } as const
    await data.store.createLog('acme', 'Acme')
    await data.store.addKey({ id: 'key_1', hash: 'a', revokedAtMs: null, ...key })
    await data.store.addKey({ id: 'key_2', hash: 'b', revokedAtMs: 7, ...key })
    await data.close()
    await world.start()
    await world.restart()
    expect(said(await found(world)).toSorted()).toEqual([
      'sealedlog sealedlog.key.created key_1',
      'sealedlog sealedlog.key.created key_2',
      'sealedlog sealedlog.key.revoked key_2',
      'sealedlog sealedlog.organization.created acme',
      'sealedlog sealedlog.organization.created default',
    ])
  })
})
