/** Where the bytes of a log come from: a server, a folder of files, a data folder. Nothing that a source says is believed. */
import type { TileName } from '../merkle/index.js'
import type { Manifest } from './manifest.js'

/** Keys of one log, over all its origins: more are nobody's history, and would keep a verifier busy. */
export const LOG_KEYS_MAX = 10_000

/** A key of a log, as its history tells it. */
export interface LogKey {
  readonly origin: string
  readonly generation: number
  /** as C2SP signed-note writes it */
  readonly vkey: string
  /** the first size that it signed */
  readonly since: number
  /** of a key that followed another: the note over the entry that announces it, signed by both */
  readonly handover?: string
}

export interface LogSource {
  /** what people call it: `http://127.0.0.1:4000, organization acme` */
  readonly name: string
  /** the newest checkpoint: a signed note */
  checkpoint(): Promise<string>
  /** the newest checkpoint that witnesses signed, which may be an older one; undefined when there is none */
  cosigned(): Promise<string | undefined>
  /** the keys of the log, newest first; what comes from here proves nothing by itself */
  keys(): Promise<readonly LogKey[]>
  /** the bytes of a tile or entry bundle; undefined when the source does not hold it */
  tile(tile: TileName): Promise<Uint8Array | undefined>
  /** the disclosures of entries 256·n to 256·n + 255 (`parseDisclosureLines`); lines of later entries than the checkpoint's are to be passed over */
  disclosures(bundle: number): Promise<Uint8Array>
  /** of a bundle: what it holds and withholds */
  manifest(): Promise<Manifest | undefined>
  close(): Promise<void>
}
