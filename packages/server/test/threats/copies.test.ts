/** Threats by copies: a log that is cut, put back, wiped. What is there is genuine; that there was more, others know. */
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runVerify } from '@sealedlog/sdk/verifier'
import { describe, expect, test } from 'vitest'
import { inOneWorld, theWorld, threat } from './rows.js'
import {
  call,
  clientOf,
  copyOf,
  eventAt,
  type Folder,
  growTo,
  KEPT,
  makeOrganization,
  OLD,
  ORG,
  putInPlace,
  serve,
  SIZE,
  tamper,
  temporaryFolder,
  WITNESSED,
  type World,
} from './world.js'

inOneWorld()

/** Cut as carefully as can be: entries, tiles, edge, and the genuine checkpoint of that size. */
const cutTo =
  (size: number) =>
  (folder: Folder, { notes }: World): void =>
    tamper(folder, (hand) => {
      hand.cut(size, notes.get(size) ?? '')
      if (size < WITNESSED) hand.dropCosigned()
      hand.dropIndex()
    })

describe('the end of the log is cut off', () => {
  threat('cut off to a size that anchor, witness and client have seen more of', cutTo(OLD))
  threat('cut off to a size that only the client has seen more of', cutTo(550))
})

describe('an older copy', () => {
  threat('an old copy of the data folder is put back', (folder, { old }) => putInPlace(old, folder, 'data'))

  threat('an old copy is put back with the marks of then', (folder, { old }) =>
    putInPlace(old, folder, 'data and marks'),
  )

  threat('an old copy is put back and recorded on, without the marks', async (folder, { old }) => {
    putInPlace(old, folder, 'data')
    const server = await serve(folder.data, { marks: false })
    await growTo(server, SIZE + 1, 'again_')
    await server.close()
  })

  threat('the data folder is wiped, and the log begun anew with the old seed', async (folder) => {
    for (const name of ['log.sqlite', 'index']) rmSync(join(folder.data, name), { recursive: true })
    const server = await serve(folder.data, { marks: false })
    await makeOrganization(server)
    await growTo(server, SIZE)
    await server.close()
  })
})

describe('what the layers do about it', () => {
  test('a server that is started with its marks takes nothing more, and says what is lost', async () => {
    const folder = copyOf(theWorld().honest)
    putInPlace(theWorld().old, folder, 'data')
    const server = await serve(folder.data)
    const { status, json } = await call(server, 'POST /v1/events', eventAt(0, 'more_'))
    expect([status, json.code]).toEqual([503, 'log_read_only'])
    expect(json.detail).toContain(`it has ${OLD} entries, and the marks know ${SIZE}`)
    await server.close()
  })

  test('a client that kept a checkpoint refuses proof and receipt, and says how much is lost', async () => {
    const world = theWorld()
    const server = await serve(copyOf(world.old).data)
    const client = clientOf(server, world)
    await expect(client.checkConsistency(ORG)).rejects.toThrow(`has ${OLD} entries and never had ${KEPT}`)
    await expect(client.record({ type: 'a.b', org: ORG })).rejects.toThrow(`shrank from ${KEPT} to ${OLD + 1} entries`)
    await server.close()
  })

  test('a verifier that was here before remembers, and refuses the old copy at the same place', async () => {
    const { honest, old, vkey } = theWorld()
    const state = temporaryFolder()
    const folder = copyOf(honest)
    let said = ''
    const io = {
      program: 'sealedlog-verify',
      version: '0',
      stdout: { write: (text: string) => ((said += text), true) },
      stderr: { write: () => true },
      env: {},
    }
    const verify = () => runVerify([folder.data, '--org', 'acme', '--vkey', vkey, '--state', state], io)
    expect(await verify()).toBe(0)
    rmSync(folder.data, { recursive: true })
    cpSync(old.data, folder.data, { recursive: true })
    said = ''
    expect(await verify()).toBe(1)
    expect(said).toMatch(/✗ consistency .*expected at least 700 entries; found 250 entries/)
    const forgetful = [folder.data, '--org', 'acme', '--vkey', vkey, '--no-remember']
    expect(await runVerify(forgetful, io)).toBe(0)
  })
})
