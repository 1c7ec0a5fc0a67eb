/** The text of a log's growth: as witnesses are sent it, read back whole, and refused where it is none. */
import { describe, expect, test } from 'vitest'
import {
  checkConsistency,
  formatGrowth,
  openNote,
  parseCheckpoint,
  parseGrowth,
  PROOF_HASHES_MAX,
} from '../../dist/merkle/index.js'
import { decodeBase64 } from '../../dist/base/index.js'
import { vectors, verifierOf } from './support.js'

const { signed_set: set } = vectors
const growth = parseGrowth(set.add_checkpoint_300_1000)

describe('a growth', () => {
  test('is what a witness is sent: the vector, byte for byte', () => {
    expect(growth.oldSize).toBe(300)
    expect(formatGrowth(growth)).toBe(set.add_checkpoint_300_1000)
  })

  test('leads from the root of the old checkpoint to that of the new', () => {
    const old = parseCheckpoint(`${set.checkpoints['300']?.split('\n\n')[0]}\n`)
    const { size, root } = parseCheckpoint(openNote(growth.checkpoint, [verifierOf(set.log_vkey)]).text)
    const claim = { oldSize: 300, newSize: size, oldRoot: old.root, newRoot: root, proof: growth.hashes }
    expect(size).toBe(1000)
    expect(() => checkConsistency(claim)).not.toThrow()
    expect(() => checkConsistency({ ...claim, proof: growth.hashes.slice(1) })).toThrow('proof')
  })

  test('is refused where it is cut, or holds what is none', () => {
    const text = set.add_checkpoint_300_1000
    const [head = ''] = text.split('\n\n')
    for (let at = 0; at < head.length; at++) expect(() => parseGrowth(text.slice(0, at))).toThrow()
    const hash = text.split('\n')[1] ?? ''
    expect(decodeBase64(hash)).toHaveLength(32)
    for (const [wrong, says] of [
      [text.replace('old 300', 'old -1'), 'first line'],
      [text.replace('old 300', 'new 300'), 'first line'],
      [text.replace('old 300', 'old 0300'), 'first line'],
      [text.replace(hash, hash.slice(4)), 'hash 0'],
      [
        text.replace(
          hash,
          Array(PROOF_HASHES_MAX + 1)
            .fill(hash)
            .join('\n'),
        ),
        'PROOF_HASHES_MAX',
      ],
      [text.replace('\n\n', '\n'), ''],
      ['x'.repeat(1_000_001), 'NOTE_BYTES_MAX'],
    ] as const)
      expect(() => parseGrowth(wrong)).toThrow(says)
  })
})
