import { verify } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concatBytes, encodeBase64, encodeHex, encodeUtf8 } from '../../dist/base/index.js'
import {
  checkConsistency,
  checkInclusion,
  EMPTY_ROOT,
  formatCheckpoint,
  formatProof,
  hashLeaf,
  openNote,
  parseBundle,
  parseCheckpoint,
  parseNote,
  parseProof,
  parseVerifierKey,
  proveConsistency,
  proveInclusion,
  rootOf,
  signNote,
} from '../../dist/merkle/index.js'
import {
  codeOf,
  familyHashes,
  fromBase64,
  fromHex,
  known,
  publicKeyOf,
  readerOf,
  signerOf,
  vectors,
  verifierOf,
} from './support.js'

const { signed_set: set, tessera_posix_log: tessera } = vectors
const logVerifier = verifierOf(set.log_vkey)
const logSigner = signerOf(set.origin, fromHex(set.log_seed_hex))
const readFamily = readerOf(familyHashes(1000))

const known500 = set.tlog_proof_500_of_1000

const verifyProof = (text: string) => {
  const { index, hashes, checkpoint } = parseProof(text)
  const { size, root } = parseCheckpoint(openNote(checkpoint, [logVerifier]).text)
  checkInclusion({ index, size, leafHash: known(familyHashes(1000)[500]), root, proof: hashes })
}

describe('checkpoints', () => {
  const line = fc.string({ minLength: 1 }).filter((text) => !text.includes('\n'))
  const checkpoints = fc.record({
    origin: line,
    size: fc.maxSafeNat(),
    root: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    extensions: fc.array(line, { maxLength: 3 }),
  })

  test('are read back as they were written', () => {
    fc.assert(
      fc.property(checkpoints, (checkpoint) => {
        const read = parseCheckpoint(formatCheckpoint(checkpoint))
        expect({ ...read, root: encodeHex(read.root) }).toEqual({ ...checkpoint, root: encodeHex(checkpoint.root) })
      }),
    )
  })

  test('that are cut anywhere are refused', () => {
    const text = formatCheckpoint({ origin: 'example.com/log', size: 20, root: EMPTY_ROOT, extensions: [] })
    for (let i = 0; i < text.length; i++)
      expect(codeOf(() => parseCheckpoint(text.slice(0, i)))).toBe('malformed_checkpoint')
  })

  test('with any letter altered are refused, or say something else: no two texts say the same', () => {
    const text = formatCheckpoint({ origin: 'example.com/log', size: 20, root: EMPTY_ROOT, extensions: ['x'] })
    for (let i = 0; i < text.length; i++) {
      for (const letter of '\n 0A=+\u0660') {
        const altered = text.slice(0, i) + letter + text.slice(i + 1)
        if (codeOf(() => parseCheckpoint(altered)) === 'none')
          expect(formatCheckpoint(parseCheckpoint(altered))).toBe(altered)
      }
    }
  })

  const root = encodeBase64(EMPTY_ROOT)
  test.each([
    '',
    '\n',
    `\n1\n${root}\n`,
    `log\n\n${root}\n`,
    `log\n01\n${root}\n`,
    `log\n-1\n${root}\n`,
    `log\n+1\n${root}\n`,
    `log\n1.0\n${root}\n`,
    `log\n1e3\n${root}\n`,
    `log\n 1\n${root}\n`,
    `log\n9007199254740992\n${root}\n`,
    `log\n18446744073709551615\n${root}\n`,
    `log\n1\n${root.slice(0, -1)}\n`,
    `log\n1\n${root.replace('U=', 'V=')}\n`,
    'log\n1\nAAAA\n',
    'log\n1\n\n',
    `log\n1\n${root}`,
    `log\n1\n${root}\n\n`,
    `log\n1\n${root}\n\nextension\n`,
  ])('%j is no checkpoint', (text) => {
    expect(codeOf(() => parseCheckpoint(text))).toBe('malformed_checkpoint')
  })

  test('that would read back as something else are not written', () => {
    const good = { origin: 'log', size: 1, root: EMPTY_ROOT, extensions: [] }
    const bad = [
      { ...good, origin: '' },
      { ...good, origin: 'a\nb' },
      { ...good, size: -1 },
      { ...good, size: 2 ** 53 },
      { ...good, root: new Uint8Array(31) },
      { ...good, extensions: [''] },
    ]
    for (const checkpoint of bad) expect(codeOf(() => formatCheckpoint(checkpoint))).toBe('malformed_checkpoint')
  })
})

describe('the log that Tessera wrote', () => {
  const hashes = parseBundle(fromBase64(tessera.entries_bundle_15_base64)).map(hashLeaf)
  const read = readerOf(hashes)
  const verifier = verifierOf(tessera.vkey)

  test('has 16 checkpoints that verify, with the roots that we compute from its entries', () => {
    expect(Object.keys(tessera.checkpoints)).toHaveLength(16)
    for (const [size, note] of Object.entries(tessera.checkpoints)) {
      const checkpoint = parseCheckpoint(openNote(note, [verifier]).text)
      expect(checkpoint.origin).toBe(tessera.origin)
      expect(checkpoint.size).toBe(Number(size))
      expect(encodeHex(checkpoint.root)).toBe(encodeHex(rootOf(checkpoint.size, read)))
    }
  })
})

describe('the signed set', () => {
  test.each(Object.entries(set.checkpoints))(
    'the checkpoint of size %s is signed the same from the seed',
    (size, note) => {
      const root = rootOf(Number(size), readFamily)
      const text = formatCheckpoint({ origin: set.origin, size: Number(size), root, extensions: [] })
      const opened = openNote(note, [logVerifier])
      expect(opened.text).toBe(text)
      // The witness's cosignature/v1 is an unknown line to whoever knows the log's key only.
      expect(opened.unverified.map((s) => s.name)).toEqual(['witness.example/w1'])
      expect(note.startsWith(signNote(text, [logSigner]))).toBe(true)
    },
  )

  test('a handed-in verifier reads the cosignatures too (c2sp.org/tlog-cosignature)', () => {
    const { name, keyId, publicKey } = parseVerifierKey(set.witness_vkey)
    const key = publicKeyOf(publicKey)
    const witness = {
      name,
      keyId,
      verify: (message: Uint8Array, timed: Uint8Array) => {
        const header = encodeUtf8(`cosignature/v1\ntime ${Buffer.from(timed).readBigUInt64BE()}\n`)
        return verify(null, concatBytes([header, message]), key, timed.subarray(8))
      },
    }
    for (const note of Object.values(set.checkpoints)) {
      expect(openNote(note, [logVerifier, witness]).verified).toHaveLength(2)
    }
  })

  test('the add-checkpoint body holds our consistency proof, and its checkpoint', () => {
    const body = set.add_checkpoint_300_1000
    const split = body.indexOf('\n\n')
    const [old, ...hashes] = body.slice(0, split).split('\n')
    const proof = proveConsistency(300, 1000, readFamily)
    expect(old).toBe('old 300')
    expect(proof.map(encodeBase64)).toEqual(hashes)
    expect(body.slice(split + 2)).toBe(set.checkpoints['1000'])
    const [oldRoot, newRoot] = [rootOf(300, readFamily), rootOf(1000, readFamily)]
    checkConsistency({ oldSize: 300, newSize: 1000, oldRoot, newRoot, proof })
  })
})

describe('proof files', () => {
  test('the vector of entry 500 of 1000 verifies, and is written the same', () => {
    verifyProof(known500)
    const checkpoint = known(set.checkpoints['1000'])
    expect(formatProof({ index: 500, hashes: proveInclusion(500, 1000, readFamily), checkpoint })).toBe(known500)
    expect(formatProof(parseProof(known500))).toBe(known500)
  })

  test('are read back as they were written, with extra data or without', () => {
    const hash = fc.uint8Array({ minLength: 32, maxLength: 32 })
    const checkpoint = known(set.checkpoints['0'])
    fc.assert(
      fc.property(
        fc.maxSafeNat(),
        fc.array(hash, { maxLength: 54 }),
        fc.option(fc.uint8Array(), { nil: undefined }),
        (index, hashes, extra) => {
          const proof = { index, hashes, checkpoint, ...(extra === undefined ? {} : { extra }) }
          expect(parseProof(formatProof(proof))).toEqual(proof)
        },
      ),
    )
  })

  test('with any letter altered are refused, up to the witness’s line that only its key can judge', () => {
    const end = known500.indexOf('— witness')
    for (let i = 0; i < end; i++) {
      for (const letter of '\n A0') {
        if (known500[i] === letter) continue
        const altered = known500.slice(0, i) + letter + known500.slice(i + 1)
        expect(
          codeOf(() => verifyProof(altered)),
          `${i} ${JSON.stringify(letter)}`,
        ).not.toBe('none')
      }
    }
  })

  test('that are cut anywhere are refused, but for a cut that takes whole signature lines away', () => {
    const withoutWitness = known500.indexOf('— witness')
    for (let i = 0; i < known500.length; i++) {
      if (i !== withoutWitness)
        expect(
          codeOf(() => verifyProof(known500.slice(0, i))),
          String(i),
        ).not.toBe('none')
    }
  })

  test.each<[string, string, string]>([
    ['another version', known500.replace('@v1', '@v2'), 'unsupported_version'],
    ['another format', known500.replace('c2sp.org', 'example.com'), 'proof_failed'],
    ['a leading zero', known500.replace('index 500', 'index 0500'), 'proof_failed'],
    ['an index past 2^53', known500.replace('index 500', 'index 9007199254740992'), 'proof_failed'],
    ['no index', known500.replace('index 500\n', ''), 'proof_failed'],
    ['extra data after the index', known500.replace('index 500', 'index 500\nextra AAAA'), 'proof_failed'],
    ['extra data that are not base64', known500.replace('index 500', 'extra A\nindex 500'), 'proof_failed'],
    ['a hash twice', known500.replace(/(index 500\n)(.*\n)/, '$1$2$2'), 'proof_failed'],
    ['a hash left out', known500.replace(/(index 500\n)(.*\n)/, '$1'), 'proof_failed'],
    ['too many hashes', known500.replace(/(index 500\n)(.*\n)/, (_, a, b: string) => a + b.repeat(60)), 'proof_failed'],
    ['a checkpoint that is no note', `${known500.slice(0, known500.indexOf('\n\n'))}\n\nlog\n`, 'malformed_note'],
  ])('%s is refused', (_, text, code) => {
    expect(codeOf(() => verifyProof(text))).toBe(code)
  })

  test('with more hashes than any tree has levels are refused before they are hashed', () => {
    const long = known500.replace(/(index 500\n)(.*\n)/, (_, a: string, b: string) => a + b.repeat(60))
    expect(() => parseProof(long)).toThrow(/PROOF_HASHES_MAX/)
  })

  test('are not written around something that is no note', () => {
    const { text } = parseNote(known(set.checkpoints['0']))
    expect(codeOf(() => formatProof({ index: 0, hashes: [], checkpoint: text }))).toBe('malformed_note')
  })
})
