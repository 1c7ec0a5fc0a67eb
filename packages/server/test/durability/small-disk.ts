/** Disks that are full: a small filesystem of its own where that may be mounted, a limit on the size of files elsewhere. */
import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** A filesystem of a few megabytes. */
export interface SmallDisk {
  readonly folder: string
  freeBytes(): number
  /** Leaves no more than so many bytes free. */
  fill(leftBytes?: number): void
  /** Gives back what `fill` took. */
  free(): void
}

const BLOCK = Buffer.alloc(65_536)
const disks: string[] = []

afterAll(() => {
  for (const disk of disks.splice(0)) {
    spawnSync('umount', ['-l', disk])
    rmSync(disk, { recursive: true, force: true })
  }
})

function mount(megabytes: number): string | undefined {
  const disk = mkdtempSync(join(tmpdir(), 'sealedlog-disk-'))
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', disk])
  if (status === 0) disks.push(disk)
  else rmSync(disk, { recursive: true, force: true })
  return status === 0 ? disk : undefined
}

/** Mounts a disk of this test file's own, gone when it ends; undefined where nobody may mount. */
export function smallDisk(megabytes: number): SmallDisk | undefined {
  const disk = mount(megabytes)
  if (disk === undefined) return undefined
  const [folder, ballast] = [join(disk, 'data'), join(disk, 'ballast')]
  mkdirSync(folder)
  const freeBytes = () => {
    const { bavail, bsize } = statfsSync(disk)
    return bavail * bsize
  }
  return {
    folder,
    freeBytes,
    fill(leftBytes = 0) {
      const file = openSync(ballast, 'a')
      try {
        for (let left = freeBytes() - leftBytes; left > 0; left = freeBytes() - leftBytes)
          if (writeSync(file, BLOCK, 0, Math.min(left, BLOCK.length)) === 0) break
      } finally {
        closeSync(file)
      }
    },
    free: () => rmSync(ballast, { force: true }),
  }
}

/** Lets no file of a process grow beyond so many bytes from now on (RLIMIT_FSIZE); `unlimited` takes it back. */
export function limitFiles(pid: number, bytes: number | 'unlimited'): boolean {
  return spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`]).status === 0
}
