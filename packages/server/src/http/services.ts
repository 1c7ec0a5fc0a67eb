/** What routes work with, handed in from above. */
import type { RandomBytes } from '@sealedlog/sdk/base'
import type { AuditLog, Keeping, Reindexing } from '../log/index.js'
import type { DocumentStore, KeyStore } from '../store/index.js'
import type { CosignedNotes } from '../sink/index.js'
import type { Types } from '../types/index.js'
import type { Caller, Gatekeeper, Organizations } from './access.js'
import type { Metrics } from './metrics.js'
import type { Rates } from './rates.js'
import type { Streams } from './streams.js'

export interface Services {
  readonly log: AuditLog
  readonly keys: KeyStore
  readonly documents: DocumentStore
  /** what witnesses signed */
  readonly cosigned: CosignedNotes
  readonly types: Types
  readonly keeping: Keeping
  readonly reindexing: Reindexing
  readonly gatekeeper: Gatekeeper
  readonly organizations: Organizations
  readonly rates: Rates
  readonly streams: Streams
  readonly metrics: Metrics
  /** authenticates the native list's cursors */
  readonly cursorKey: Uint8Array
  readonly random: RandomBytes
  readonly nowMs: () => number
  /** false from the moment a shutdown begins */
  readonly isReady: () => boolean
}

declare module 'fastify' {
  interface FastifyRequest {
    /** set before the handler runs, on every route that names a scope */
    caller: Caller
  }
  interface FastifyContextConfig {
    /** what the key must be allowed to do: a scope, `any` valid key, or nothing (`public`) */
    readonly access?: 'write' | 'read' | 'admin' | 'any' | 'public'
  }
}
