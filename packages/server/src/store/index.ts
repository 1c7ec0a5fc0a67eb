/** The door of the store: the ports, the engines, and the contract that every engine passes. */
export * from './port.js'
export { checkLog, type CheckedLog } from './check-log.js'
export { logStoreContract } from './contract.js'
export { organizationNotFound } from './ledger.js'
export { MemoryStore } from './memory/memory-store.js'
export { deriveCheckpointKey, deriveCursorKey, SEED_BYTES } from './signing.js'
export { LOG_FILE, SqliteStore, type SqliteStoreOptions } from './sqlite/sqlite-store.js'
