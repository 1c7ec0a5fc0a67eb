/** Verifies a whole log, or what a bundle holds of it, without believing whoever holds it. */
import { encodeBase64, equalBytes } from '../base/index.js'
import { formatIndexPath, TILE_WIDTH } from '../merkle/index.js'
import { checkContinuations, checkRotations } from './acts-check.js'
import { conclude } from './conclude.js'
import { FindingList } from './finding-list.js'
import { checkNewestKey, checkOld, type Head, oldClaims, readHead } from './head.js'
import type { Claim } from './keys.js'
import { type Accounts, Cover } from './missing.js'
import type { VerifyOptions } from './options.js'
import { isAboutBytes, messageOf } from './read.js'
import type { Finding, VerifyReport } from './report.js'
import { countResurrected } from './resurrected.js'
import type { LogSource } from './source.js'
import { LogStream } from './stream.js'
import { readTrust, type Trust } from './trust.js'
import { shortfallOf } from './witnesses.js'

/** A log that something is erased from while it is read is looked at anew: so often, and then what is found stands. */
const TRIES_MAX = 3

/**
 * Checks signature, tree, older checkpoints, ids, times, disclosures and witnesses, each leaf and disclosure read once.
 *
 * Whatever the source says wrongly is a finding that says where; when the source cannot say it, the verdict is
 * `unchecked`. Memory is bounded, but for what was erased: 32 bytes for each bundle and group of which something is gone.
 *
 * @throws AuditError `malformed_note` or `invalid_configuration` when the caller's own keys or policy cannot be used
 * @example
 * const { verdict, findings } = await verifyLog(source, { vkeys: ['example.com/log+…'], old: [rememberedNote] })
 */
export async function verifyLog(source: LogSource, options: VerifyOptions = {}): Promise<VerifyReport> {
  const trust = readTrust(options)
  for (let tries = 1; ; tries++) {
    const run = new Run(source, options, trust)
    const report = await run.verify()
    // What is missing may have been erased meanwhile, by an entry that this checkpoint does not cover yet.
    if (report.groups.missing === 0 || tries === TRIES_MAX || !(await run.hasGrown())) return report
  }
}

class Run {
  readonly #source: LogSource
  readonly #options: VerifyOptions
  readonly #trust: Trust
  readonly #findings = new FindingList()
  readonly #find = (finding: Finding): void => this.#findings.add(finding)
  #head: Head | undefined
  #stream: LogStream | undefined
  #accounts: Accounts | undefined
  #resurrected = 0
  #reason: string | undefined

  constructor(source: LogSource, options: VerifyOptions, trust: Trust) {
    this.#source = source
    this.#options = options
    this.#trust = trust
  }

  async verify(): Promise<VerifyReport> {
    try {
      await this.#check()
    } catch (error) {
      if (isAboutBytes(error)) this.#find({ check: 'tree', where: 'the log', expected: 'a tree', found: error.message })
      else this.#reason = messageOf(error)
    }
    const outcome = {
      head: this.#head,
      stream: this.#stream,
      accounts: this.#accounts,
      resurrected: this.#resurrected,
      reason: this.#reason,
    }
    return conclude(this.#source.name, outcome, this.#findings, this.#options)
  }

  /** Whether the source has a larger checkpoint by now. */
  async hasGrown(): Promise<boolean> {
    try {
      return this.#head !== undefined && (await this.#source.checkpoint()) !== this.#head.note
    } catch {
      return false
    }
  }

  async #check(): Promise<void> {
    const head = await readHead(this.#source, this.#options, this.#trust, this.#find)
    if (head === undefined) return
    this.#head = head
    this.#checkManifest(head)
    const stream = new LogStream(this.#source, head, this.#options, this.#find)
    this.#stream = stream
    const claims = claimsOf(head)
    for (const { size } of [...claims, ...head.old]) stream.want(size)
    await stream.run()
    this.#checkOrg(head, stream)
    this.#checkRoots(head, stream, [...claims, ...oldClaims(head.old, head.checkpoint, stream.acts)])
    checkOld(head.old, head.checkpoint, stream.acts, this.#find)
    const { origin } = head.checkpoint
    checkContinuations(stream.acts, (size) => stream.rootAt(size), origin, head.history, this.#find)
    checkRotations(stream.acts, head.history, (index) => stream.isInside(index), this.#find)
    await checkNewestKey(head, stream.acts, this.#trust.check, this.#find)
    this.#checkWitnesses(head)
    this.#accounts = await this.#account(head, stream)
  }

  /** Without a manifest's word for it, the leaves say whose log it is. */
  #checkOrg({ manifest }: Head, { org }: LogStream): void {
    if (manifest === undefined || this.#options.org !== undefined || org === undefined || manifest.org === org) return
    this.#find({ check: 'files', where: 'manifest.json', expected: `organization ${org}`, found: manifest.org })
  }

  #checkManifest({ manifest, checkpoint }: Head): void {
    if (manifest === undefined) return
    const { origin, size } = checkpoint
    if (manifest.origin !== origin || manifest.size !== size) {
      const found = `${manifest.origin}, size ${manifest.size}`
      this.#find({ check: 'files', where: 'manifest.json', expected: `${origin}, size ${size}`, found })
    }
    const { org = manifest.org } = this.#options
    if (manifest.org !== org)
      this.#find({ check: 'files', where: 'manifest.json', expected: `organization ${org}`, found: manifest.org })
  }

  #checkRoots({ checkpoint, history }: Head, stream: LogStream, claims: readonly Claim[]): void {
    const { root } = stream
    if (root !== undefined && !equalBytes(root, checkpoint.root)) {
      const found = `${encodeBase64(root)} from the leaves`
      this.#find({ check: 'tree', where: 'checkpoint', expected: `the root ${encodeBase64(checkpoint.root)}`, found })
    }
    for (const claim of claims) {
      const found = stream.rootAt(claim.size)
      if (found && equalBytes(found, claim.root)) continue
      // A handover that nobody leans on may have its leaves outside of a bundle of some entries.
      if (found === undefined && claim.vkey !== undefined && !history.leansOn(claim.vkey)) continue
      this.#find({
        check: claim.check,
        where: `${claim.where}, size ${claim.size}`,
        expected: `the root ${encodeBase64(claim.root)}`,
        found: found ? `${encodeBase64(found)} from the leaves` : 'no leaves inside that lead to it',
      })
    }
  }

  #checkWitnesses({ cosigners, checkpoint }: Head): void {
    if (cosigners === undefined || cosigners.quorum.satisfied) return
    const where = cosigners.size === checkpoint.size ? 'checkpoint' : `cosigned, size ${cosigners.size}`
    this.#find({ check: 'witnesses', where, expected: 'the policy’s quorum', found: shortfallOf(cosigners.quorum) })
  }

  async #account({ manifest, checkpoint }: Head, stream: LogStream): Promise<Accounts> {
    const withheld = new Cover()
    withheld.add(manifest?.withheld ?? [])
    const accounts = stream.missing.account(stream.redactions, withheld)
    if (accounts.first) {
      const { group, index } = accounts.first
      const where = `disclosures/${formatIndexPath(Math.floor(index / TILE_WIDTH))}`
      const expected = 'a disclosure, or an entry that says that it was erased'
      this.#find({ check: 'disclosures', index, group, where, expected, found: 'neither' })
    }
    if (this.#options.disclosures !== false) {
      const { redactions, bundlesInside } = stream
      const { size } = checkpoint
      this.#resurrected = await countResurrected(this.#source, redactions, bundlesInside, size, this.#find)
    }
    return accounts
  }
}

/** Roots that keys and witnesses claim. */
const claimsOf = ({ history, cosigners }: Head): readonly Claim[] => [
  ...history.claims(),
  ...(cosigners?.claim ? [cosigners.claim] : []),
]
