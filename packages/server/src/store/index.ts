/** The door of the store: the ports, the engines, and the contract that every engine passes. */
export * from './port.js'
export { BOTH_SIGN_MS } from './acts.js'
export { checkLog, type CheckedLog } from './check-log.js'
export { logStoreContract } from './contract.js'
export { withoutPadding } from './erasure.js'
export { organizationNotFound } from './ledger.js'
export { MemoryStore } from './memory/memory-store.js'
export { type FolderLock, lockFolder } from './sqlite/lock.js'
export { loadSigner, type MakeSigner, SeedSigner, type Signer } from './signer.js'
export {
  type CheckpointKey,
  deriveCheckpointKey,
  deriveCursorKey,
  FIRST_GENERATION,
  SEED_BYTES,
  seedFingerprint,
  verifierOf,
} from './signing.js'
export { LOG_FILE, SqliteStore, type SqliteStoreOptions } from './sqlite/sqlite-store.js'
export { type LogReader, openLogReader } from './sqlite/read-only.js'
