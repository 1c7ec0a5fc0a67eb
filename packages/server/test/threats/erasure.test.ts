/** Threats by erasing: what is gone must be accounted for, and who may only write cannot account for anything. */
import { type OpenedTarget, openTarget } from '@sealedlog/sdk/verifier'
import { verifyLog, type VerifyReport } from '@sealedlog/sdk/verify'
import { describe, expect, test } from 'vitest'
import { inOneWorld, theWorld, threat } from './rows.js'
import { call, copyOf, erase, type Folder, ORG, serve, tamper } from './world.js'

inOneWorld()

const REDACTS = [{ groups: ['actor'], ranges: [[101, 101]] }]

async function reportOf({ data }: Folder): Promise<VerifyReport> {
  const opened: OpenedTarget = await openTarget({ kind: 'data folder', folder: data }, { org: ORG })
  try {
    const [log] = opened.logs
    if (log === undefined) throw new Error('there is no log')
    return await verifyLog(log.source, { vkeys: [theWorld().vkey], org: ORG })
  } finally {
    opened.close()
  }
}

/** Says events by a key that may do nothing but write. */
async function sayByWriter(
  folder: Folder,
  ...events: readonly object[]
): Promise<readonly (readonly [number, string])[]> {
  const server = await serve(folder.data)
  const made = await call(server, 'POST /v1/keys', { organization: ORG, name: 'writer', scopes: ['write'] })
  const answers: (readonly [number, string])[] = []
  for (const event of events) {
    const { status, json } = await call(server, 'POST /v1/events', event, made.json.key)
    answers.push([status, json.code ?? json.status])
  }
  const asked = { events: [{ id: 'evt_101', groups: ['actor'] }], basis: 'because' }
  const { status, json } = await call(server, 'POST /v1/redactions', asked, made.json.key)
  answers.push([status, json.code])
  await server.close()
  return answers
}

/** Everything that a caller can write, in the likeness of an act. */
const IMITATION = {
  id: 'evt_imitation',
  org: ORG,
  type: 'user.redaction',
  actor: { type: 'user', id: 'user_1', metadata: { log: { redacts: REDACTS } } },
  details: { log: { redacts: REDACTS }, redacts: REDACTS },
  metadata: { log: { redacts: REDACTS } },
  description: JSON.stringify({ log: { redacts: REDACTS } }),
}

describe('erasures that a caller forges', () => {
  threat('a caller with a write key forges an erasure', async (folder) => {
    const answers = await sayByWriter(
      folder,
      { org: ORG, type: 'audit.redaction', details: { log: { redacts: REDACTS } } },
      { org: ORG, type: 'log.key_rotated' },
      { org: ORG, type: 'user.added', log: { redacts: REDACTS } },
      { ...IMITATION, bucket: 'sealedlog' },
      IMITATION,
    )
    expect(answers).toEqual([
      [422, 'reserved_type'],
      [422, 'reserved_type'],
      [422, 'invalid_event'],
      [422, 'invalid_event'],
      [201, 'recorded'],
      [403, 'insufficient_scope'],
    ])
  })

  test('and what imitates an act excuses nothing: a disclosure that goes is missing all the same', async () => {
    const folder = copyOf(theWorld().honest)
    const before = await reportOf(folder)
    await sayByWriter(folder, IMITATION)
    expect((await reportOf(folder)).groups).toEqual({ ...before.groups, disclosed: before.groups.disclosed + 3 })
    tamper(folder, (hand) => hand.drop(101, 'actor'))
    const { verdict, groups, findings } = await reportOf(folder)
    expect([verdict, groups.missing, groups.redacted]).toEqual(['not_verified', 1, before.groups.redacted])
    expect(findings).toMatchObject([{ check: 'disclosures', index: 101, group: 'actor', found: 'neither' }])
  })
})

describe('erasures by the operator', () => {
  threat('the operator erases in secret, without an entry', (folder) =>
    tamper(folder, (hand) => {
      hand.drop(101, 'actor')
      hand.dropIndex()
    }),
  )

  threat('the operator erases what the law does not ask for, with an entry', async (folder) => {
    const server = await serve(folder.data)
    await erase(server, 'evt_102', ['actor'])
    await server.close()
  })

  test('and that entry stays to be seen: which groups, of which entries, when', async () => {
    const folder = copyOf(theWorld().honest)
    const before = (await reportOf(folder)).groups.redacted
    const server = await serve(folder.data)
    await erase(server, 'evt_102', ['actor'])
    const { json } = await call(server, 'GET /v1/events?type=audit.redaction&bucket=sealedlog')
    expect(json.data[0]).toMatchObject({ type: 'audit.redaction', recorded_at: expect.any(String) })
    await server.close()
    const { verdict, groups, checks } = await reportOf(folder)
    expect([verdict, groups.redacted]).toEqual(['verified', before + 1])
    expect(checks.find(({ name }) => name === 'disclosures')?.text).toContain(
      '2 erased, each with an entry that says so',
    )
  })
})
