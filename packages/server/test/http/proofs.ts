/** What an auditor does with a receipt: from leaf, disclosures and hashes to the signed root. */
import { decodeBase64, encodeUtf8 } from '@sealedlog/sdk/base'
import { commitTo, type Leaf, parseDisclosure, parseLeaf } from '@sealedlog/sdk/event'
import { checkInclusion, hashLeaf, openNote, parseCheckpoint } from '@sealedlog/sdk/merkle'
import { expect } from 'vitest'
import { verifierOf } from '../../dist/store/signing.js'
import type { Body } from './support.js'

/** Checks that this evidence proves an entry under its checkpoint; returns what its leaf says. */
export function checkEvidence(evidence: Body, checkpoint: string, index: number, vkey: string): Leaf {
  const { size, root } = parseCheckpoint(openNote(checkpoint, [verifierOf(vkey)]).text)
  const leafBytes = encodeUtf8(evidence.leaf)
  const proof = evidence.inclusion.map((hash: string) => decodeBase64(hash))
  checkInclusion({ index, size, leafHash: hashLeaf(leafBytes), root, proof })
  const leaf = parseLeaf(leafBytes)
  const opened = evidence.disclosures.map((text: string) => [
    parseDisclosure(encodeUtf8(text)).group,
    commitTo(encodeUtf8(text)),
  ])
  expect(Object.fromEntries(opened)).toEqual(leaf.groups)
  return leaf
}
