/** Threats by whoever holds the signing key: the operator, or who stole it. Its signature proves nothing any more. */
import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { encodeBase64 } from '@sealedlog/sdk/base'
import { openNote, parseCheckpoint } from '@sealedlog/sdk/merkle'
import { describe, expect, test } from 'vitest'
import { deriveCheckpointKey, verifierOf } from '../../dist/store/index.js'
import type { Hand } from './hand.js'
import { inOneWorld, theWorld, threat } from './rows.js'
import {
  call,
  clientOf,
  copyOf,
  type Folder,
  growTo,
  KEPT,
  makeOrganization,
  ORG,
  policyOf,
  putInPlace,
  runWitness,
  serve,
  SIZE,
  tamper,
  temporaryFolder,
  WITNESSED,
  type World,
} from './world.js'

inOneWorld()

const EARLY = 101
/** behind everything that anchor, witness and client have seen */
const LATE = 650

/** Rewrites an entry, every hash and the signature, as the server would have made them. */
const rewrite = (hand: Hand, index: number, { key }: World): void => {
  hand.resay(index, 'actor', (actor) => ({ ...actor, id: 'somebody_else' }))
  hand.remake(key)
  if (index < WITNESSED) hand.dropCosigned()
  hand.dropIndex()
}

/** The marks of a server that never saw anything else. */
async function rewriteMarks(folder: Folder): Promise<void> {
  const other = copyOf(folder)
  rmSync(other.marks)
  await (await serve(other.data)).close()
  cpSync(other.marks, folder.marks)
}

describe('history is rewritten and signed again', () => {
  threat('history is rewritten and signed again with the key', (folder, world) =>
    tamper(folder, (hand) => rewrite(hand, EARLY, world)),
  )

  threat('history is rewritten and signed again, and the marks with it', async (folder, world) => {
    tamper(folder, (hand) => rewrite(hand, EARLY, world))
    await rewriteMarks(folder)
  })

  threat('the tail that nobody has seen yet is rewritten, and the marks with it', async (folder, world) => {
    tamper(folder, (hand) => rewrite(hand, LATE, world))
    await rewriteMarks(folder)
  })

  threat('the log is cut off and signed again, and the marks with it', async (folder, world) => {
    tamper(folder, (hand) => {
      hand.cut(400, '')
      hand.remake(world.key)
      hand.dropCosigned()
      hand.dropIndex()
    })
    await rewriteMarks(folder)
  })

  test('a client that kept a checkpoint asks the rewritten log for a proof of growth, and there is none', async () => {
    const world = theWorld()
    const folder = copyOf(world.honest)
    tamper(folder, (hand) => rewrite(hand, EARLY, world))
    await rewriteMarks(folder)
    const server = await serve(folder.data)
    await expect(clientOf(server, world).checkConsistency(ORG)).rejects.toMatchObject({ code: 'proof_failed' })
    await server.close()
    const honest = await serve(copyOf(world.honest).data)
    expect(await clientOf(honest, world).checkConsistency(ORG)).toMatchObject({ from: KEPT, size: SIZE })
    await honest.close()
  })

  threat('an entry says that it was recorded before those in front of it', (folder, { key }) =>
    tamper(folder, (hand) => {
      const event = { id: 'evt_backdated', type: 'user.added', outcome: 'success', bucket: 'default' } as const
      hand.forge(SIZE, ORG, hand.recordedAtMs(0) - 86_400_000, event)
      hand.remake(key)
      hand.dropIndex()
    }),
  )
})

describe('split view', () => {
  /** Another log under the same origin: begun from the old copy, recorded on by a real server with the same key. */
  async function fork(folder: Folder, { old }: World): Promise<void> {
    putInPlace(old, folder, 'data and marks')
    const server = await serve(folder.data)
    await growTo(server, SIZE, 'shown_to_auditors_')
    await server.close()
  }

  threat('the auditor is shown another log than the customers', fork)

  test('two checkpoints of one size, both signed, are proof by themselves', async () => {
    const world = theWorld()
    const folder = copyOf(world.honest)
    await fork(folder, world)
    let theirs = ''
    tamper(folder, (hand) => void (theirs = hand.checkpoint))
    const [a, b] = [world.notes.get(SIZE) ?? '', theirs].map((note) =>
      parseCheckpoint(openNote(note, [verifierOf(world.vkey)]).text),
    )
    expect([a?.origin, a?.size]).toEqual([b?.origin, b?.size])
    expect(encodeBase64(a?.root ?? new Uint8Array())).not.toBe(encodeBase64(b?.root ?? new Uint8Array()))
  })

  test('a witness that cosigned one does not cosign the other, and alarms', async () => {
    const world = theWorld()
    const folder = copyOf(world.honest)
    await fork(folder, world)
    const witness = await runWitness(`${temporaryFolder()}/witness`, world.vkey)
    const sinks = { policy: policyOf(witness.vkey, witness.url, world.vkey), witnessEveryMs: 3_600_000 }
    const customers = await serve(copyOf(world.honest).data, { marks: false, sinks })
    await customers.publish()
    const cosigned = await call(customers, `GET /v1/organizations/${ORG}/tlog/cosigned`)
    expect(cosigned.text).toContain(`— ${witness.name} `)
    await customers.close()
    const auditors = await serve(folder.data, { marks: false, sinks })
    await growTo(auditors, SIZE + 1, 'shown_to_auditors_')
    await auditors.publish()
    expect((await call(auditors, `GET /v1/organizations/${ORG}/tlog/cosigned`)).status).toBe(404)
    expect((await call(auditors, 'GET /metrics')).text).toMatch(/^sealedlog_sink_alarms 1$/m)
    await auditors.close()
  })
})

describe('the key is stolen, and the data folder is not', () => {
  threat('a log of the forger’s own is signed with the stolen seed', async (folder, { seed, origin }) => {
    const data = `${temporaryFolder()}/data`
    const server = await serve(data, { marks: false, signingSeed: encodeBase64(seed) })
    await makeOrganization(server)
    await growTo(server, SIZE, 'forged_')
    await server.close()
    const key = deriveCheckpointKey(seed, origin, 1)
    const forged = { data, marks: `${data}.marks` }
    tamper(forged, (hand) => {
      hand.pretend(origin, key.vkey)
      hand.remake(key)
    })
    putInPlace(forged, folder, 'data')
    writeFileSync(`${folder.data}/signing.key`, `${encodeBase64(seed)}\n`, { mode: 0o600 })
    await rewriteMarks(folder)
  })
})
