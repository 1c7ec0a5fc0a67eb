/** Writing a file in slices: it is synced before anybody takes it, and gone where nobody does. */
import { open, rm } from 'node:fs/promises'
import { inSlices } from './slice.js'

export interface FileWork {
  readonly path: string
  /** writes everything, and answers how many bytes that is */
  readonly write: (fd: number) => Generator<unknown, number>
  /** asked between slices, and when all is done: throws to give up */
  readonly goOn: () => void
  /** takes the file, whole and synced; throws not to */
  readonly take: (bytes: number) => void
}

export async function writeFile({ path, write, goOn, take }: FileWork): Promise<void> {
  try {
    const bytes = await writeSynced(path, write, goOn)
    goOn()
    take(bytes)
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
}

async function writeSynced(path: string, write: FileWork['write'], goOn: () => void): Promise<number> {
  const file = await open(path, 'wx', 0o600)
  try {
    const bytes = await inSlices(write(file.fd), goOn)
    await file.datasync()
    return bytes
  } finally {
    await file.close()
  }
}
