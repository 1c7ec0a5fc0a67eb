/** The door of the index room: the view that answers lists, its engines, and the suite that every engine passes. */
export * from './contract.js'
export { MemoryIndex } from './memory/memory-index.js'
export * from './port.js'
export { eachPosted } from './query.js'
export { openSqliteIndex } from './sqlite/sqlite-index.js'
export { ViewReader } from './sqlite/view-reader.js'
export { PostingSums } from './sums.js'
