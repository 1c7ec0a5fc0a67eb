/** Our own keys, made anew from the seed: a verifier key that stands in the database proves nothing. */
import type { NoteVerifier } from '@sealedlog/sdk/merkle'
import { FIRST_GENERATION, loadSigner, SeedSigner, type Signer } from '../store/index.js'
import type { ReadStore } from './read-store.js'

/** The key of an origin and generation. */
export type KeyOf = (origin: string, generation: number) => OwnKey

export interface OwnKey extends NoteVerifier {
  readonly vkey: string
}

/** Who signs where no server runs: the seed, or what a module makes of it, as `serve --signer` has it. */
export interface SigningOptions {
  readonly seed: Uint8Array
  /** the path of a JavaScript module: see `loadSigner` */
  readonly signerModule?: string
}

/** @throws AuditError `invalid_configuration` for a module that makes no signer */
export function signerOf({ seed, signerModule }: SigningOptions): Promise<Signer> {
  const own = new SeedSigner(seed)
  return signerModule === undefined ? Promise.resolve(own) : loadSigner(signerModule, own)
}

/** The key that a log must be signed with now. Which generation it is, the database may say: each is ours. */
export async function ownKey(store: ReadStore, keyOf: KeyOf, org: string, origin: string): Promise<OwnKey> {
  const newest = (await store.keys(org)).find((key) => key.origin === origin)
  return keyOf(origin, newest?.generation ?? FIRST_GENERATION)
}
