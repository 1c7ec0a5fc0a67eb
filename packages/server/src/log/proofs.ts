/** What proves a log, its growth and its entries: read from the store, under the newest checkpoint. */
import { AuditError } from '@sealedlog/sdk/base'
import { formatGrowth, formatProof, type TileName } from '@sealedlog/sdk/merkle'
import type { EvidenceFile, LogKey } from '@sealedlog/sdk/verify'
import { type LogHead, type LogStore, organizationNotFound, type StoredEntry } from '../store/index.js'
import { readDisclosures } from './disclosures.js'
import { type Cosigned, readEvidenceFile } from './evidence-file.js'
import type { Page, PageRequest } from './listing.js'
import { readConsistency, readInclusion, readTileBytes } from './tiles.js'

/** The keys of a log over time. */
export interface LogKeys {
  readonly origin: string
  /** newest first */
  readonly data: readonly LogKey[]
}

/** What the log room lends. */
export interface ProofSource {
  readonly store: LogStore
  /** @throws AuditError `event_not_found` */
  readonly get: (org: string, id: string) => Promise<{ readonly entry: StoredEntry }>
  readonly list: (request: PageRequest) => Promise<Page>
}

export class Proofs {
  readonly #source: ProofSource
  readonly #store: LogStore

  constructor(source: ProofSource) {
    this.#source = source
    this.#store = source.store
  }

  /** @throws AuditError `organization_not_found` */
  async head(org: string): Promise<LogHead> {
    const head = await this.#store.head(org)
    if (head === undefined) throw organizationNotFound(org)
    return head
  }

  /** The bytes of a tile or entry bundle. @throws AuditError `tile_not_found` */
  async tile(org: string, tile: TileName): Promise<Uint8Array> {
    return readTileBytes(this.#store, org, (await this.head(org)).size, tile)
  }

  /** What survives of the disclosures of a bundle's entries, a few at a time. @throws AuditError `tile_not_found` */
  async disclosures(org: string, bundle: number): Promise<AsyncIterable<Uint8Array>> {
    return readDisclosures(this.#store, org, (await this.head(org)).size, bundle)
  }

  /** Every key that signed the log. @throws AuditError `organization_not_found` */
  async keys(org: string): Promise<LogKeys> {
    const { origin } = await this.head(org)
    return { origin, data: await this.#store.keys(org) }
  }

  /** The proof of one event under the newest checkpoint, as a file (c2sp.org/tlog-proof). @throws AuditError `event_not_found` */
  async inclusion(org: string, id: string): Promise<string> {
    const { entry } = await this.#source.get(org, id)
    const { checkpoint, size } = await this.head(org)
    const hashes = await readInclusion(this.#store, org, entry.index, size)
    return formatProof({ index: entry.index, hashes, checkpoint })
  }

  /** Everything that proves one event: see `readEvidenceFile`. @throws AuditError `event_not_found` */
  async evidenceFile(org: string, id: string, withhold: readonly string[], cosigned?: Cosigned): Promise<EvidenceFile> {
    const { entry } = await this.#source.get(org, id)
    // Read after the entry: what was erased of it by then is accounted for under this head.
    const head = await this.head(org)
    return readEvidenceFile({ store: this.#store, head, list: this.#source.list }, id, entry, withhold, cosigned)
  }

  /**
   * That the log of now is one that grew from an earlier size (c2sp.org/tlog-witness).
   *
   * @throws AuditError `organization_not_found` or `size_beyond_end`
   */
  async growth(org: string, oldSize: number): Promise<string> {
    const { checkpoint, size } = await this.head(org)
    if (oldSize > size)
      throw new AuditError(
        'size_beyond_end',
        `The log has ${size} entries and never had ${oldSize}. If you hold a checkpoint of that size, keep it: it proves that the log was cut or replaced.`,
        { param: 'from' },
      )
    return formatGrowth({ oldSize, hashes: await readConsistency(this.#store, org, oldSize, size), checkpoint })
  }
}
