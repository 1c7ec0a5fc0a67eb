/** Verifies an evidence file, offline: that this entry stands under this checkpoint, and what is shown of it is what was said. */
import { AuditError, decodeUtf8, encodeBase64, encodeUtf8, equalBytes, formatTime } from '../base/index.js'
import { commitTo, formatDisclosure, type Leaf, parseDisclosure, parseLeaf } from '../event/index.js'
import { type Checkpoint, checkInclusion, hashLeaf, parseCheckpoint, parseNote, parseProof } from '../merkle/index.js'
import { type EvidenceFile, parseEvidence, type ProvenText } from './evidence.js'
import { concludeEvidence, type EvidenceFacts } from './evidence-report.js'
import { FindingList } from './finding-list.js'
import { KeyHistory } from './keys.js'
import { Cover } from './missing.js'
import type { VerifyOptions } from './options.js'
import { isAboutBytes, messageOf } from './read.js'
import type { Finding, GroupCounts, VerifyReport } from './report.js'
import { openSigned } from './signatures.js'
import { readTrust, type Trust } from './trust.js'
import { readPolicy } from './evidence-policy.js'
import { isTime } from './time-scan.js'

export type EvidenceOptions = Pick<VerifyOptions, 'vkeys' | 'old' | 'policy' | 'org' | 'checkEd25519'>

/**
 * Checks an evidence file. What the file says of keys and witnesses is believed only with a warning: hand in those that
 * are known from elsewhere.
 *
 * @throws AuditError `malformed_note` or `invalid_configuration` when the caller's own keys or policy cannot be used
 * @example
 * const { verdict, groups } = await verifyEvidence(text, { vkeys: ['example.com/log+…'] })
 */
export async function verifyEvidence(text: string, options: EvidenceOptions = {}): Promise<VerifyReport> {
  const trust = readTrust(options)
  const findings = new FindingList()
  const facts: EvidenceFacts = { groups: { ...NO_GROUPS }, policyFrom: undefined, quorum: undefined }
  try {
    const file = parseEvidence(text)
    facts.file = file
    await new EvidenceCheck(file, options, trust, findings, facts).check()
  } catch (error) {
    if (isAboutBytes(error))
      findings.add({ check: 'tree', where: 'the file', expected: 'evidence', found: error.message })
    else facts.reason = messageOf(error)
  }
  return concludeEvidence(facts, findings, trust, options)
}

const NO_GROUPS: GroupCounts = { disclosed: 0, redacted: 0, withheld: 0, missing: 0, mismatch: 0, resurrected: 0 }

/** A leaf that was read and proven. */
interface Proven {
  readonly index: number
  readonly leaf: Leaf
}

class EvidenceCheck {
  readonly #file: EvidenceFile
  readonly #options: EvidenceOptions
  readonly #trust: Trust
  readonly #facts: EvidenceFacts
  readonly #find: (finding: Finding) => void

  constructor(file: EvidenceFile, options: EvidenceOptions, trust: Trust, findings: FindingList, facts: EvidenceFacts) {
    this.#file = file
    this.#options = options
    this.#trust = trust
    this.#facts = facts
    this.#find = (finding) => findings.add(finding)
  }

  async check(): Promise<void> {
    const { checkpoint: note } = parseProof(this.#file.proof)
    const checkpoint = parseCheckpoint(parseNote(note).text)
    this.#facts.checkpoint = checkpoint
    this.#facts.note = note
    await this.#checkSignature(note, checkpoint)
    this.#checkOld(checkpoint)
    await this.#checkWitnesses(note)
    const proven = this.#prove(this.#file, 'proof', note, checkpoint)
    if (proven === undefined) return
    this.#facts.index = proven.index
    this.#checkLeaf(proven)
    this.#checkDisclosures(proven, this.#redactions(note, checkpoint))
  }

  /** Handovers are not followed here: that the entry which announces a key is where its note says, only the log can show. */
  async #checkSignature(note: string, { origin, size }: Checkpoint): Promise<void> {
    const { keys, vkeys } = this.#file
    const listed = vkeys
      .filter((vkey) => !keys.some((key) => key.vkey === vkey))
      .map((vkey) => ({ origin: vkey.split('+')[0] ?? '', generation: 1, vkey, since: 0 }))
    const { check, keys: trusted } = this.#trust
    const history = await KeyHistory.read([...keys, ...listed], [], Number.MAX_SAFE_INTEGER, check, this.#find)
    const known = trusted.length > 0 ? trusted.filter(({ name }) => name === origin) : history.ownOf(origin)
    const kind = trusted.length > 0 ? 'trusted' : 'known'
    const expected = `a signature of ${origin}, size ${size}, by a ${kind} key`
    try {
      if (known.length === 0) throw new AuditError('proof_failed', `no ${kind} key is one of ${origin}`)
      await openSigned(note, known, check)
    } catch (error) {
      if (!isAboutBytes(error)) throw error
      const isOther = trusted.length > 0 && history.ownOf(origin).length > known.length
      const hint = isOther ? ' The key may have been rotated: ask for the new one, or verify the log itself.' : ''
      this.#find({ check: 'signature', where: 'checkpoint', expected, found: `${error.message}${hint}` })
    }
  }

  /** One file shows one size: only a note of the same size can be compared with it. */
  #checkOld(checkpoint: Checkpoint): void {
    for (const [i, note] of (this.#options.old ?? []).entries()) {
      const old = this.#readOld(note, `old checkpoint ${i + 1}`)
      if (old === undefined) continue
      if (old.origin !== checkpoint.origin || old.size !== checkpoint.size || equalBytes(old.root, checkpoint.root))
        continue
      const expected = `the root ${encodeBase64(old.root)} at size ${old.size}`
      const where = `old checkpoint ${i + 1}`
      this.#find({ check: 'consistency', where, expected, found: encodeBase64(checkpoint.root) })
    }
  }

  #readOld(note: string, where: string): Checkpoint | undefined {
    try {
      return parseCheckpoint(parseNote(note).text)
    } catch (error) {
      if (!isAboutBytes(error)) throw error
      this.#find({ check: 'consistency', where, expected: 'a checkpoint', found: error.message })
    }
  }

  async #checkWitnesses(note: string): Promise<void> {
    const { policy } = this.#trust
    const asked = await readPolicy(policy, this.#file.policy, note, this.#trust.check, this.#find)
    this.#facts.quorum = asked?.quorum
    this.#facts.policyFrom = asked && (policy === undefined ? 'file' : 'caller')
  }

  #prove({ leaf: text, proof: proofText }: ProvenText, where: string, note: string, { size, root }: Checkpoint) {
    const bytes = encodeUtf8(text)
    try {
      const proof = parseProof(proofText)
      if (proof.checkpoint !== note) throw new AuditError('proof_failed', 'It is under another checkpoint.')
      const { index, hashes } = proof
      checkInclusion({ index, size, root, leafHash: hashLeaf(bytes), proof: hashes })
      return { index, leaf: parseLeaf(bytes) }
    } catch (error) {
      if (error instanceof AuditError && error.code === 'unsupported_version') throw error
      this.#find({
        check: 'tree',
        where,
        expected: 'a leaf that its proof leads to the checkpoint',
        found: messageOf(error),
      })
    }
  }

  #checkLeaf({ index, leaf }: Proven): void {
    const { org, id } = this.#file
    if (leaf.id !== id) this.#find({ check: 'ids', index, where: 'id', expected: leaf.id, found: id })
    if (leaf.org !== org) this.#find({ check: 'ids', index, where: 'org', expected: leaf.org, found: org })
    const asked = this.#options.org
    if (asked !== undefined && leaf.org !== asked)
      this.#find({ check: 'ids', index, expected: `organization ${asked}`, found: leaf.org })
    for (const name of ['occurred_at', 'recorded_at'] as const)
      if (!isTime(leaf[name]))
        this.#find({ check: 'times', index, expected: `${name} in UTC, as ${formatTime(0)}`, found: leaf[name] })
  }

  /** What the redactions in the file name, each proven like the entry itself. */
  #redactions(note: string, checkpoint: Checkpoint): Cover {
    const cover = new Cover()
    for (const [i, each] of this.#file.redactions.entries()) {
      const where = `redactions, ${i + 1}`
      const proven = this.#prove(each, where, note, checkpoint)
      if (proven === undefined) continue
      const { leaf, index } = proven
      const redacts = leaf.log && 'redacts' in leaf.log ? leaf.log.redacts : undefined
      const last = Math.max(-1, ...(redacts ?? []).map(({ ranges }) => ranges.at(-1)?.[1] ?? -1))
      if (redacts !== undefined && leaf.org === this.#file.org && last < index) cover.add(redacts)
      else
        this.#find({
          check: 'disclosures',
          index,
          where,
          expected: 'an entry that says what was erased',
          found: leaf.type,
        })
    }
    return cover
  }

  #checkDisclosures({ index, leaf }: Proven, redactions: Cover): void {
    const left = new Map(Object.entries(leaf.groups))
    const counts: { -readonly [name in keyof GroupCounts]: number } = { ...NO_GROUPS }
    for (const [i, text] of this.#file.disclosures.entries()) {
      const opened = this.#open(text)
      const expected = opened && left.get(opened.group)
      const where = `disclosures, ${i + 1}`
      if (opened === undefined || expected !== opened.commitment) {
        counts.mismatch++
        const found = opened
          ? `a disclosure of ${opened.commitment}`
          : 'what is not [salt, group, value] in canonical JSON'
        const wanted = expected === undefined ? 'a group that the leaf commits to, once' : `the commitment ${expected}`
        const group = opened === undefined ? {} : { group: opened.group }
        this.#find({ check: 'disclosures', index, ...group, where, expected: wanted, found })
      } else if (redactions.has(opened.group, index)) {
        counts.resurrected++
        const { group } = opened
        this.#find({
          check: 'disclosures',
          index,
          group,
          where,
          expected: 'none: it was erased',
          found: 'a disclosure',
        })
      } else counts.disclosed++
      if (opened) left.delete(opened.group)
    }
    for (const group of left.keys()) {
      if (redactions.has(group, index)) counts.redacted++
      else if (this.#file.withheld.includes(group)) counts.withheld++
      else {
        counts.missing++
        const expected = 'a disclosure, an entry that says that it was erased, or that it is withheld'
        this.#find({ check: 'disclosures', index, group, expected, found: 'none of them' })
      }
    }
    this.#facts.groups = counts
  }

  /** In a file that people read, a value has one spelling: of two equal members another reader might take the other. */
  #open(text: string): { readonly group: string; readonly commitment: string } | undefined {
    try {
      const bytes = encodeUtf8(text)
      const { salt, group, value } = parseDisclosure(bytes)
      if (formatDisclosure(salt, group, value) !== text || decodeUtf8(bytes) !== text) return undefined
      return { group, commitment: commitTo(bytes) }
    } catch {
      return undefined
    }
  }
}
