/** The door of the Merkle room: trees, proofs, tiles and signed notes. Pure: keys, files and sockets are handed in from above. */
export * from './checkpoint.js'
export * from './edge.js'
export * from './note.js'
export * from './proof.js'
export * from './prove.js'
export * from './tiles.js'
export * from './tree.js'
export * from './verifier-key.js'
