import { sign, verify } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concatBytes, encodeHex, encodeUtf8 } from '../../dist/base/index.js'
import {
  COSIGNATURE_V1,
  ED25519,
  formatNote,
  formatVerifierKey,
  NOTE_BYTES_MAX,
  noteKeyId,
  openNote,
  parseNote,
  parseVerifierKey,
  signNote,
  type NoteVerifier,
} from '../../dist/merkle/index.js'
import {
  codeOf,
  fromBase64,
  fromHex,
  known,
  privateKeyOf,
  publicBytesOf,
  publicKeyOf,
  signerOf,
  verifierOf,
  vectors,
} from './support.js'

const never: NoteVerifier['verify'] = () => false

const published = vectors.signed_notes.published
const peter = known(published[1])
const peterSigner = signerOf('PeterNeumann', fromBase64(known(peter.skey).split('+').slice(4).join('+')).slice(1))
const peterVerifier = verifierOf(peter.vkey)

describe('a note', () => {
  test('is opened as it was signed, with any text that a note may hold', () => {
    const text = fc.string({ unit: 'binary' }).map((t) => `${t.replaceAll(/\p{Cc}|\p{Cs}/gu, '\n')}\n`)
    fc.assert(
      fc.property(text, (text) => {
        const opened = openNote(signNote(text, [peterSigner]), [peterVerifier])
        expect(opened.text).toBe(text)
        expect(opened.verified.map((s) => s.name)).toEqual(['PeterNeumann'])
      }),
    )
  })

  test('with any byte altered is refused', () => {
    const bytes = encodeUtf8(peter.note)
    for (let i = 0; i < bytes.length; i++) {
      for (const change of [1, 2, 4, 8, 16, 32, 64, 128]) {
        const altered = bytes.slice()
        altered[i] = known(altered[i]) ^ change
        expect(codeOf(() => openNote(altered, [peterVerifier]))).toMatch(/^(malformed_note|proof_failed)$/)
      }
    }
  })

  test('that is cut anywhere, or has anything added at its end, is refused', () => {
    const bytes = encodeUtf8(peter.note)
    for (let length = 0; length < bytes.length; length++) {
      expect(codeOf(() => openNote(bytes.subarray(0, length), [peterVerifier]))).toBe('malformed_note')
    }
    for (const tail of ['\n', ' ', 'x', '\n\n', '— PeterNeumann', '— a b\n', '— a b c\n', 'x\n', '\r\n']) {
      expect(codeOf(() => openNote(peter.note + tail, [peterVerifier]))).toBe('malformed_note')
    }
  })

  test('may have empty lines in its text; the last one divides', () => {
    const text = 'a\n\n— b c\n\n\nd\n'
    expect(openNote(signNote(text, [peterSigner]), [peterVerifier]).text).toBe(text)
  })

  test.each(['', 'no newline', 'tab\there\n', 'return\r\n', 'nul\0\n', 'lone \ud800 surrogate\n', 'a\n\nb'])(
    'is not made of the text %j',
    (text) => expect(codeOf(() => signNote(text, [peterSigner]))).toBe('malformed_note'),
  )

  test('is not made without a signer, nor by one whose name has a space or a plus', () => {
    expect(codeOf(() => signNote('a\n', []))).toBe('malformed_note')
    for (const name of ['', 'a b', 'a+b', 'a\u00a0b', 'a\u3000b', 'a\u0085b', 'a\nb']) {
      expect(codeOf(() => signNote('a\n', [{ ...peterSigner, name }]))).toBe('malformed_note')
    }
  })

  test('that is not UTF-8, has a byte order mark in front, or is too large is refused', () => {
    const bytes = encodeUtf8(peter.note)
    expect(codeOf(() => openNote(concatBytes([Uint8Array.of(0xff), bytes]), [peterVerifier]))).toBe('malformed_note')
    expect(codeOf(() => openNote(`\ufeff${peter.note}`, [peterVerifier]))).toBe('proof_failed')
    const large = `${'x'.repeat(NOTE_BYTES_MAX)}\n`
    expect(codeOf(() => signNote(large, [peterSigner]))).toBe('malformed_note')
  })

  test('with more than 100 signatures is refused', () => {
    const [signature] = parseNote(peter.note).signatures
    const many = (count: number) =>
      formatNote({ text: 'a\n', signatures: Array.from({ length: count }, () => known(signature)) })
    expect(codeOf(() => many(100))).toBe('none')
    expect(codeOf(() => many(101))).toBe('malformed_note')
  })
})

describe('signatures', () => {
  const other = signerOf('other.example', fromHex('07'.repeat(32)))
  const note = signNote('a\n', [peterSigner, other])

  test('by unknown keys are ignored, also when they share the name or the id of a known one', () => {
    const opened = openNote(note, [peterVerifier])
    expect(opened.verified.map((s) => s.name)).toEqual(['PeterNeumann'])
    expect(opened.unverified.map((s) => s.name)).toEqual(['other.example'])
    const sameName = { name: 'other.example', keyId: Uint8Array.of(1, 2, 3, 4), verify: never }
    const sameId = { name: 'else.example', keyId: other.keyId, verify: never }
    expect(openNote(note, [sameName, sameId, peterVerifier]).verified).toHaveLength(1)
  })

  test('by nobody that is known are not enough, and the message says who signed', () => {
    const stranger = verifierOf(known(published[0]).vkey)
    expect(codeOf(() => openNote(note, [stranger]))).toBe('proof_failed')
    expect(codeOf(() => openNote(note, []))).toBe('proof_failed')
    expect(() => openNote(note, [stranger])).toThrow(
      /Signed by PeterNeumann\+c74f20a3, other\.example\+[0-9a-f]{8}; known: example\.com\/foo\+[0-9a-f]{8}\. /,
    )
  })

  test('by a known key that do not hold spoil the note, though another holds', () => {
    const liar = { ...other, sign: () => new Uint8Array(64) }
    const knows = [peterVerifier, { ...other, verify: () => false }]
    expect(codeOf(() => openNote(signNote('a\n', [peterSigner, liar]), knows))).toBe('proof_failed')
  })

  test('by one key count once, however often it signed', () => {
    expect(openNote(signNote('a\n', [peterSigner, peterSigner]), [peterVerifier]).verified).toHaveLength(1)
  })
})

describe('verifier keys', () => {
  test('are read back as they were written', () => {
    const key = fc.record({
      name: fc.stringMatching(/^[a-z./]{1,30}$/),
      algorithm: fc.constantFrom(ED25519, COSIGNATURE_V1),
      publicKey: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    })
    fc.assert(
      fc.property(key, ({ name, algorithm, publicKey }) => {
        const keyId = noteKeyId(name, algorithm, publicKey)
        const read = parseVerifierKey(formatVerifierKey({ name, keyId, algorithm, publicKey }))
        expect(read.name).toBe(name)
        expect(read.algorithm).toBe(algorithm)
        expect([...read.keyId, ...read.publicKey]).toEqual([...keyId, ...publicKey])
      }),
    )
  })

  test('with any letter altered or cut off are refused', () => {
    for (let i = 0; i < peter.vkey.length; i++) {
      const letter = peter.vkey[i] === 'b' ? 'c' : 'b'
      expect(codeOf(() => parseVerifierKey(peter.vkey.slice(0, i) + letter + peter.vkey.slice(i + 1)))).toBe(
        'malformed_note',
      )
      expect(codeOf(() => parseVerifierKey(peter.vkey.slice(0, i)))).toBe('malformed_note')
    }
  })
})

describe('the published vectors', () => {
  test.each(published)('the note under $vkey is verified, and its key is written the same', ({ vkey, note }) => {
    const { text, signatures } = parseNote(note)
    expect(openNote(note, [verifierOf(vkey)]).verified).toHaveLength(1)
    expect(formatNote({ text, signatures })).toBe(note)
    expect(formatVerifierKey(parseVerifierKey(vkey))).toBe(vkey)
  })

  test('PeterNeumann signs the same bytes again', () => {
    expect(signNote(parseNote(peter.note).text, [peterSigner])).toBe(peter.note)
  })

  test.each(vectors.ed25519_rfc8032.cases)(
    'RFC 8032 §7.1, key $pub: the handed-in signatures are plain Ed25519',
    (c) => {
      const key = privateKeyOf(fromHex(c.seed))
      expect(encodeHex(publicBytesOf(key))).toBe(c.pub)
      expect(sign(null, fromHex(c.msg), key).toString('hex')).toBe(c.sig)
      expect(verify(null, fromHex(c.msg), publicKeyOf(fromHex(c.pub)), fromHex(c.sig))).toBe(true)
    },
  )
})
