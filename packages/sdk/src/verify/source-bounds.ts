/** How many bytes a source may answer with: who holds a log must not be able to fill the memory of who checks it. */
import { BOUNDS } from '../event/index.js'
import { LEAF_BYTES_MAX, TILE_WIDTH } from '../merkle/index.js'

export const TILE_BYTES_MAX = TILE_WIDTH * (LEAF_BYTES_MAX + 2)
/** Of each entry: its disclosures, and an index before each of its hundred and five groups. */
export const DISCLOSURES_BYTES_MAX = TILE_WIDTH * (BOUNDS.EVENT_BYTES_MAX + 4_096)
export const KEYS_BYTES_MAX = 16_777_216
/** A bundle of a hundred million entries has some 150 bytes for each of a million files. */
export const MANIFEST_BYTES_MAX = 400_000_000
