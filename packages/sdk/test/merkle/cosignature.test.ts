/** Cosignatures: the vectors byte for byte, what witnesses and logs sign kept apart, and every altered byte refused. */
import * as fc from 'fast-check'
import { sign, verify } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { encodeUtf8 } from '../../dist/base/index.js'
import {
  COSIGNATURE_BYTES,
  COSIGNATURE_V1,
  cosignatureSigner,
  cosignatureVerifier,
  cosignedMessage,
  ED25519,
  formatCosignature,
  formatNote,
  formatVerifierKey,
  noteKeyId,
  openNote,
  parseCosignature,
  parseNote,
  parseVerifierKey,
  signNote,
  type VerifyEd25519,
} from '../../dist/merkle/index.js'
import {
  codeOf,
  fromHex,
  known,
  privateKeyOf,
  publicBytesOf,
  publicKeyOf,
  signerOf,
  vectors,
  verifierOf,
} from './support.js'

const { signed_set: set } = vectors
const verifyEd25519: VerifyEd25519 = (key, message, signature) => verify(null, message, publicKeyOf(key), signature)
const witnessKey = parseVerifierKey(set.witness_vkey)
const witness = cosignatureVerifier(witnessKey, verifyEd25519)
const log = verifierOf(set.log_vkey)
const notes = Object.values(set.checkpoints)

const seed = fromHex(set.witness_seed_hex)
const cosigner = {
  name: witnessKey.name,
  publicKey: publicBytesOf(privateKeyOf(seed)),
  sign: (message: Uint8Array) => Uint8Array.from(sign(null, message, privateKeyOf(seed))),
}

describe('a cosignature', () => {
  test('is made as the vectors have it, byte for byte', () => {
    for (const note of notes) {
      const { text, signatures } = parseNote(note)
      const made = signNote(text, [cosignatureSigner(cosigner, set.cosignature_time)])
      expect(formatNote({ text, signatures: [known(signatures[0]), ...parseNote(made).signatures] })).toBe(note)
    }
  })

  test('opens beside that of the log, each by its own key, with its time', () => {
    for (const note of notes) {
      const { verified } = openNote(note, [log, witness])
      expect(verified.map(({ name }) => name)).toEqual([set.origin, witnessKey.name])
      expect(parseCosignature(known(verified[1]).signature)?.timeSeconds).toBe(set.cosignature_time)
      expect(openNote(note, [witness]).verified).toHaveLength(1)
      expect(openNote(note, [log]).unverified.map(({ name }) => name)).toEqual([witnessKey.name])
    }
  })

  test('with any bit altered, its time included, is refused', () => {
    const { text, signatures } = parseNote(known(set.checkpoints['1000']))
    const line = known(signatures[1])
    for (let i = 0; i < COSIGNATURE_BYTES; i++)
      for (let bit = 1; bit < 256; bit *= 2) {
        const signature = line.signature.slice()
        signature[i] = known(signature[i]) ^ bit
        expect(witness.verify(encodeUtf8(text), signature)).toBe(false)
      }
    for (let length = 0; length < COSIGNATURE_BYTES; length++)
      expect(witness.verify(encodeUtf8(text), line.signature.slice(0, length))).toBe(false)
  })

  test('is of one text: another log’s or another size’s is refused', () => {
    const [a = '', b = ''] = notes
    const mixed = formatNote({ text: parseNote(a).text, signatures: parseNote(b).signatures.slice(1) })
    expect(codeOf(() => openNote(mixed, [witness]))).toBe('proof_failed')
  })

  test('signs what no log signs, and no log’s signature is one', () => {
    const { text } = parseNote(known(set.checkpoints['300']))
    // One key in both roles, which the format tells apart by the key’s id and by what is signed.
    const asLog = { name: cosigner.name, keyId: noteKeyId(cosigner.name, ED25519, cosigner.publicKey) }
    const { signature } = known(parseNote(signNote(text, [cosignatureSigner(cosigner, 5)])).signatures[0])
    expect(verifyEd25519(cosigner.publicKey, encodeUtf8(text), signature.slice(8))).toBe(false)
    const plain = signerOf(asLog.name, seed).sign(encodeUtf8(text))
    expect(witness.verify(encodeUtf8(text), plain)).toBe(false)
    expect(witness.verify(encodeUtf8(text), formatCosignature({ timeSeconds: 5, signature: plain }))).toBe(false)
  })

  test('carries any time that a number holds, and none beyond', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.uint8Array({ minLength: 64, maxLength: 64 }), (timeSeconds, signature) => {
        expect(parseCosignature(formatCosignature({ timeSeconds, signature }))).toEqual({ timeSeconds, signature })
      }),
    )
    const bytes = formatCosignature({ timeSeconds: 2 ** 53 - 1, signature: new Uint8Array(64) })
    expect(Buffer.from(bytes.subarray(0, 8)).toString('hex')).toBe('001fffffffffffff')
    bytes[1] = 0x20
    expect(parseCosignature(bytes)).toBeUndefined()
    expect(() => formatCosignature({ timeSeconds: 2 ** 53, signature: new Uint8Array(64) })).toThrow('time')
    expect(() => cosignedMessage(-1, new Uint8Array())).toThrow('time')
  })

  test('is not looked for under a key that signs otherwise', () => {
    expect(() => cosignatureVerifier(parseVerifierKey(set.log_vkey), verifyEd25519)).toThrow('COSIGNATURE_V1')
    expect(formatVerifierKey({ ...witnessKey, algorithm: COSIGNATURE_V1 })).toBe(set.witness_vkey)
  })
})
