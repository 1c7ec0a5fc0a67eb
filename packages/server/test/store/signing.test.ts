/**
 * The keys follow from the seed, byte for byte, for ever: whoever keeps a vkey depends on it. The values were computed
 * apart from this code, from RFC 5869 and RFC 8032 in Python.
 */
import { encodeHex, encodeUtf8 } from '@sealedlog/sdk/base'
import { COSIGNATURE_V1, formatVerifierKey, noteKeyId, openNote, signNote } from '@sealedlog/sdk/merkle'
import { describe, expect, test } from 'vitest'
import { deriveCheckpointKey, deriveCursorKey } from '../../dist/store/index.js'
import { seedFingerprint, verifierOf } from '../../dist/store/signing.js'
import { OTHER_SEED, SEED } from './support.js'

const ORIGIN = 'log.example.com/abcdefghijklmnopqrstuvwxyz'

describe('the checkpoint key', () => {
  test.each([
    [1, 'log.example.com/abcdefghijklmnopqrstuvwxyz+e5c30b44+Ac42BsL9YpQeDNLrc0iPCsdOGKoXtX8d8npvfW08hDyj'],
    [2, 'log.example.com/abcdefghijklmnopqrstuvwxyz+559f707a+ASnWdHuAjWNnC0RkS+WiQXNmm+akIcZAmPgAVsoNMQby'],
  ])('of generation %i is what it always was', (generation, vkey) => {
    expect(deriveCheckpointKey(SEED, ORIGIN, generation).vkey).toBe(vkey)
  })

  test('signs as it always did: Ed25519 has no randomness', () => {
    const signature = deriveCheckpointKey(SEED, ORIGIN, 1).sign(encodeUtf8('text\n'))
    expect(encodeHex(Uint8Array.from(signature))).toBe(
      '1ba1521edf1b88cf2c182c79660bad024cfb1979abd9624519e2e23302b5cf9203988e64dc6834c245561d454a3dd0274facb63a1e00891bd596ff106c7cb10c',
    )
  })

  test('differs for each seed, origin and generation', () => {
    const keys = [
      deriveCheckpointKey(SEED, ORIGIN, 1),
      deriveCheckpointKey(OTHER_SEED, ORIGIN, 1),
      deriveCheckpointKey(SEED, `${ORIGIN}x`, 1),
      deriveCheckpointKey(SEED, ORIGIN, 2),
      deriveCheckpointKey(SEED, ORIGIN, 12),
    ]
    expect(new Set(keys.map(({ vkey }) => vkey.split('+').at(-1))).size).toBe(5)
  })
})

describe('what else follows from the seed', () => {
  test('is what it always was', () => {
    expect(seedFingerprint(SEED)).toBe('e2772caa2cc98a87467a218ab860afe6')
    expect(encodeHex(deriveCursorKey(SEED))).toBe('c0c33245b97b4855b50873df18faf115944c94897b11c6f423d53af38d11fde9')
  })
})

describe('verifierOf', () => {
  const key = deriveCheckpointKey(SEED, ORIGIN, 1)

  test('checks what the key signed, from the vkey alone', () => {
    expect(openNote(signNote('text\n', [key]), [verifierOf(key.vkey)]).verified).toHaveLength(1)
  })

  test('returns false, and does not throw, for a signature of any bytes', () => {
    for (const length of [0, 1, 63, 64, 65, 1_000]) {
      expect(verifierOf(key.vkey).verify(encodeUtf8('text\n'), new Uint8Array(length))).toBe(false)
    }
  })

  test('refuses the key of a witness, which signs something else', () => {
    const publicKey = new Uint8Array(32)
    const keyId = noteKeyId('w', COSIGNATURE_V1, publicKey)
    const vkey = formatVerifierKey({ name: 'w', keyId, algorithm: COSIGNATURE_V1, publicKey })
    expect(() => verifierOf(vkey)).toThrow(/algorithm 4/)
  })
})
