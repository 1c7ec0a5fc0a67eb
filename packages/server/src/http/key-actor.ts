/** Who did it, where the server itself says what was done with a key: the key is the actor. */
import type { Actor } from '@sealedlog/sdk/event'
import type { KeyStore } from '../store/index.js'
import type { Caller } from './access.js'

/** The key as an actor, with the name that it was given; the root key has none. */
export async function actorOf(keys: KeyStore, { keyId }: Caller): Promise<Actor> {
  const name = (await keys.getKey(keyId))?.name
  return { type: 'key', id: keyId, ...(name === undefined ? {} : { name }) }
}
