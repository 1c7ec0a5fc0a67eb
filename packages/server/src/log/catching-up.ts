/** Bringing the index to the end of every log: at a start, beside all else that the server does. */
import type { LogHead, LogStore } from '../store/index.js'
import type { OnProgress, Pause } from './views.js'

export interface CatchingUp {
  readonly store: Pick<LogStore, 'heads'>
  readonly views: {
    size(org: string): Promise<number>
    catchUp(org: string, onProgress?: OnProgress, pause?: Pause): Promise<void>
  }
  /** logs that are not written to: what can be read of them is caught up, as far as it goes */
  readonly isReadOnly: (org: string) => boolean | Promise<boolean>
}

export interface CatchUpOptions {
  readonly onProgress?: OnProgress
  /** ends it between two steps: whoever asks for a log later has it caught up then */
  readonly signal?: AbortSignal
}

const HEADS_CHUNK = 500

/** Reads only of logs whose index is behind: which these are is asked of it for many at once. @throws the signal's reason */
export async function catchUpAll(
  { store, views, isReadOnly }: CatchingUp,
  { onProgress, signal }: CatchUpOptions,
): Promise<void> {
  const pause: Pause = async () => signal?.throwIfAborted()
  for (let after = ''; ; ) {
    const heads = await store.heads(after, HEADS_CHUNK)
    for (const { org } of await differing(views, heads)) {
      signal?.throwIfAborted()
      const isBad = await isReadOnly(org)
      const catching = views.catchUp(org, onProgress, pause)
      await (isBad ? catching.catch(() => undefined) : catching)
    }
    if (heads.length < HEADS_CHUNK) return
    after = heads.at(-1)?.org ?? ''
  }
}

async function differing(views: CatchingUp['views'], heads: readonly LogHead[]): Promise<readonly LogHead[]> {
  const sizes = await Promise.all(heads.map(({ org }) => views.size(org)))
  return heads.filter(({ size }, i) => size !== sizes[i])
}
