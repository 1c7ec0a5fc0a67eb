/** Our own keys, made anew from the seed: a verifier key that stands in the database proves nothing. */
import type { NoteVerifier } from '@sealedlog/sdk/merkle'
import { FIRST_GENERATION } from '../store/index.js'
import type { ReadStore } from './read-store.js'

/** The key of an origin and generation. */
export type KeyOf = (origin: string, generation: number) => OwnKey

export interface OwnKey extends NoteVerifier {
  readonly vkey: string
}

/** The key that a log must be signed with now. Which generation it is, the database may say: each is ours. */
export async function ownKey(store: ReadStore, keyOf: KeyOf, org: string, origin: string): Promise<OwnKey> {
  const newest = (await store.keys(org)).find((key) => key.origin === origin)
  return keyOf(origin, newest?.generation ?? FIRST_GENERATION)
}
