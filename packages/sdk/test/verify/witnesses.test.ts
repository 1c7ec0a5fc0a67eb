import { describe, expect, test } from 'vitest'
import { encodeUtf8, sha256 } from '../../dist/base/index.js'
import {
  COSIGNATURE_V1,
  cosignatureSigner,
  type CosignerKey,
  formatNote,
  formatVerifierKey,
  noteKeyId,
  parseNote,
} from '../../dist/merkle/index.js'
import { verifyEvidence, verifyLog, type VerifyReport } from '../../dist/verify/index.js'
import { known, privateKeyOf, publicBytesOf, signerOf } from '../merkle/support.js'
import { evidenceOf } from './eventful.js'
import { FileSource, keyOf, ORIGIN, World } from './world.js'

const vkeys = [keyOf(ORIGIN, 1).vkey]
const TIME_SECONDS = 1_795_000_000

function witness(name: string): CosignerKey & { readonly vkey: string } {
  const seed = sha256(encodeUtf8(name))
  const publicKey = publicBytesOf(privateKeyOf(seed))
  const keyId = noteKeyId(name, COSIGNATURE_V1, publicKey)
  const vkey = formatVerifierKey({ name, keyId, algorithm: COSIGNATURE_V1, publicKey })
  const signer = signerOf(name, seed)
  return { name, publicKey, vkey, sign: (message) => signer.sign(message) }
}

const [one, two] = [witness('witness.example/1'), witness('witness.example/2')]
const policy = `witness one ${one.vkey}\nwitness two ${two.vkey}\ngroup both all one two\nquorum both\n`

function cosign(note: string, by: readonly CosignerKey[]): string {
  const { text, signatures } = parseNote(note)
  const added = by.map((key) => {
    const signer = cosignatureSigner(key, TIME_SECONDS)
    return { name: signer.name, keyId: signer.keyId, signature: signer.sign(encodeUtf8(text)) }
  })
  return formatNote({ text, signatures: [...signatures, ...added] })
}

const witnessed = ({ checks }: VerifyReport) => known(checks.find(({ name }) => name === 'witnesses'))

describe('with a policy', () => {
  const world = new World().fill(300)

  const verify = (checkpointBy: readonly CosignerKey[], cosigned?: string) => {
    const files = world.files()
    files.put('checkpoint', encodeUtf8(cosign(world.checkpoint(), checkpointBy)))
    if (cosigned !== undefined) files.put('cosigned', encodeUtf8(cosigned))
    return verifyLog(new FileSource(files), { vkeys, policy })
  }

  test('a checkpoint that its witnesses signed is verified', async () => {
    const report = await verify([one, two])
    expect(report).toMatchObject({ verdict: 'verified', findings: [] })
    expect(witnessed(report)).toMatchObject({ state: 'passed' })
  })

  test('an older one that they signed is as good, as far as it goes', async () => {
    const report = await verify([one], cosign(world.checkpoint(256), [one, two]))
    expect(report).toMatchObject({ verdict: 'verified', findings: [] })
    expect(witnessed(report).text).toContain('256 of 300')
  })

  test('too few witnesses fail', async () => {
    const report = await verify([one], cosign(world.checkpoint(256), [two]))
    expect(report.verdict).toBe('not_verified')
    expect(witnessed(report).text).toContain('one has not cosigned')
    expect(witnessed(await verify([])).state).toBe('failed')
  })

  test('an older one of another log, or of a fork of this one, fails however well it is signed', async () => {
    const fork = new World().fill(255)
    fork.append({ type: 'nothing.happened' })
    const report = await verify([], cosign(fork.checkpoint(256), [one, two]))
    expect(report.findings).toMatchObject([{ check: 'witnesses', where: 'cosigned, size 256' }])
    const other = await verify([], cosign(new World('acme', 'other.example').fill(3).checkpoint(), [one, two]))
    expect(witnessed(other).state).toBe('failed')
  })

  test('any altered byte of their signatures fails', async () => {
    const note = cosign(world.checkpoint(256), [one, two])
    const from = note.indexOf('— witness')
    for (let at = from; at < note.length; at += 7) {
      const altered = note.slice(0, at) + (note[at] === 'A' ? 'B' : 'A') + note.slice(at + 1)
      expect(witnessed(await verify([], altered)).state).toBe('failed')
    }
  })

  test('the logs that it names are trusted', async () => {
    const named = `log ${known(vkeys[0])}\nquorum none\n`
    const report = await verifyLog(world.source(), { policy: named })
    expect(report.checks[0]).toMatchObject({ name: 'signature', state: 'passed' })
    const stranger = `log ${keyOf(ORIGIN, 2).vkey}\nquorum none\n`
    expect((await verifyLog(world.source(), { policy: stranger })).verdict).toBe('not_verified')
  })

  test('that cannot be read, the caller hears of it', async () => {
    await expect(verifyLog(world.source(), { policy: 'quorum nobody\n' })).rejects.toMatchObject({
      code: 'invalid_configuration',
    })
  })
})

describe('evidence', () => {
  const world = new World().fill(20)
  const cosigned = world.proof(7).replace(world.checkpoint(), cosign(world.checkpoint(), [one, two]))

  test('is held to the policy inside with a warning, and to the caller’s without', async () => {
    const evidence = evidenceOf(world, 7, { proof: cosigned, policy })
    const own = await verifyEvidence(evidence, { vkeys })
    expect(own.verdict).toBe('verified')
    expect(witnessed(own)).toMatchObject({ state: 'warned' })
    expect(witnessed(await verifyEvidence(evidence, { vkeys, policy }))).toMatchObject({ state: 'passed' })
  })

  test('without them is not verified', async () => {
    const report = await verifyEvidence(evidenceOf(world, 7), { vkeys, policy })
    expect(report.verdict).toBe('not_verified')
    expect(witnessed(report).state).toBe('failed')
  })
})
