/** The last step of a restore: files change their names, and their places, on one disk. */
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { LOG_FILE } from '../store/index.js'
import { copyPrivately, syncToDisk } from './files.js'

export interface MoveIn {
  /** the folder that holds the restored log */
  readonly staging: string
  readonly data: string
  /** where what is there goes; undefined where nothing is */
  readonly aside: string | undefined
  readonly backup: string
  /** names of secrets: those of the data folder stay, else those of the backup come along */
  readonly secrets: readonly string[]
}

/** What stays: the lock, which is held, and folders that earlier restores made. */
const STAYS = /^(?:lock|lock\.pid|lock-journal|replaced-.*|restoring-.*)$/

export async function moveIn({ staging, data, aside, backup, secrets }: MoveIn): Promise<void> {
  if (aside !== undefined) {
    await mkdir(aside, { mode: 0o700 })
    for (const name of await readdir(data)) {
      if (STAYS.test(name) || secrets.includes(name)) continue
      await rename(join(data, name), join(aside, name))
    }
    await syncToDisk(aside)
  }
  for (const name of secrets) {
    if (!existsSync(join(data, name)) && existsSync(join(backup, name)))
      await copyPrivately(join(backup, name), join(data, name))
  }
  await syncToDisk(join(staging, LOG_FILE))
  await rename(join(staging, LOG_FILE), join(data, LOG_FILE))
  await syncToDisk(data)
}
