/** Witnesses that are demanded by the command: named one by one, or by a policy. */
import { generateKeyPairSync, sign } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  COSIGNATURE_V1,
  cosignatureSigner,
  formatNote,
  formatVerifierKey,
  noteKeyId,
  parseNote,
} from '../../dist/merkle/index.js'
import { DataFolder, DataFolderSource } from '../../dist/verifier/index.js'
import { copyOf, makeFolder, reportOf, stateOf, temporaryFolder, verify } from './support.js'

interface Witness {
  readonly vkey: string
  cosign(note: string): string
}

function makeWitness(name: string): Witness {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32))
  const keyId = noteKeyId(name, COSIGNATURE_V1, raw)
  const signer = cosignatureSigner(
    { name, publicKey: raw, sign: (message) => new Uint8Array(sign(null, message, privateKey)) },
    1_795_000_000,
  )
  return {
    vkey: formatVerifierKey({ name, keyId, algorithm: COSIGNATURE_V1, publicKey: raw }),
    cosign(note) {
      const { text, signatures } = parseNote(note)
      const signature = signer.sign(new TextEncoder().encode(text))
      return formatNote({ text, signatures: [...signatures, { name, keyId, signature }] })
    },
  }
}

const [one, two] = [makeWitness('witness.example/one'), makeWitness('witness.example/two')]
let folder: string
beforeAll(async () => {
  folder = copyOf(await makeFolder(20))
  const opened = await DataFolder.open(folder)
  const note = one.cosign(await new DataFolderSource(opened, 'acme').checkpoint())
  opened.close()
  const db = new DatabaseSync(join(folder, 'log.sqlite'))
  const body = JSON.stringify({ v: 1, size: 20, note })
  db.prepare("INSERT INTO document VALUES ('acme', 'cosigned', 'newest', 1, ?)").run(body)
  db.close()
})

const policyOf = (text: string): string => {
  const path = join(temporaryFolder(), 'policy')
  writeFileSync(path, text)
  return path
}

describe('a witness that is demanded', () => {
  test('and has signed is verified', async () => {
    const report = await reportOf([folder, '--witness', one.vkey])
    expect([report.code, stateOf(report, 'witnesses')]).toEqual([0, 'passed'])
  })

  test('and has not signed fails, also beside one that has', async () => {
    for (const args of [
      ['--witness', two.vkey],
      ['--witness', one.vkey, '--witness', two.vkey],
    ]) {
      const report = await reportOf([folder, ...args])
      expect([report.code, stateOf(report, 'witnesses')]).toEqual([1, 'failed'])
    }
    expect(stateOf(await reportOf([folder]), 'witnesses')).toBe('skipped')
  })

  test('by a policy must be as many as that demands', async () => {
    const witnesses = `witness a ${one.vkey}\nwitness b ${two.vkey}\n`
    const any = await reportOf([folder, '--policy', policyOf(`${witnesses}group g any a b\nquorum g\n`)])
    expect([any.code, stateOf(any, 'witnesses')]).toEqual([0, 'passed'])
    const all = await reportOf([folder, '--policy', policyOf(`${witnesses}group g all a b\nquorum g\n`)])
    expect([all.code, stateOf(all, 'witnesses')]).toEqual([1, 'failed'])
  })

  test('in two ways at once, or in none that can be read, is refused', async () => {
    for (const args of [
      ['--witness', one.vkey, '--policy', policyOf('quorum none\n')],
      ['--policy', policyOf('quorum nobody\n')],
    ])
      expect(await verify([folder, ...args])).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('[invalid_configuration]'),
      })
  })
})
