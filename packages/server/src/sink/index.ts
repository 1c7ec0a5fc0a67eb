/** The door of the sinks: where checkpoints go, so that nobody can take them back. */
export { COSIGNED_KIND, type CosignedNote, CosignedNotes } from './cosigned-notes.js'
export { anchorPath } from './folder-anchor.js'
export * from './port.js'
export {
  Publishing,
  type PublishingOptions,
  type SinkListener,
  type SinkNotice,
  type SinkOptions,
} from './publishing.js'
