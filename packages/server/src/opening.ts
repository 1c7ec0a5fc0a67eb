/** Opening what is one thing to the server and stands in threads of their own: both, or neither. */
import type { FolderLock } from './store/index.js'

interface Closable {
  close(): Promise<void>
}

/** Both, or neither: what was opened is closed where the other could not be, and then the folder is let go of. */
export async function bothOpen<S extends Closable, I extends Closable>(
  opening: Promise<S>,
  indexing: Promise<I>,
  lock: FolderLock,
): Promise<readonly [S, I]> {
  try {
    return await Promise.all([opening, indexing])
  } catch (error) {
    const opened = await Promise.allSettled([indexing, opening])
    for (const each of opened) if (each.status === 'fulfilled') await each.value.close()
    lock.release()
    throw error
  }
}
