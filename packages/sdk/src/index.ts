/** The door of the SDK: the event model and its dialects. Proofs have a door of their own, `@sealedlog/sdk/merkle`. */
export * from './base/index.js'
export * from './event/index.js'
export * from './dialect/index.js'
