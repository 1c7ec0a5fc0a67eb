/** What a process takes of the machine, as Linux tells it; undefined elsewhere. */
import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks a second: what Linux says on every machine that Node runs on. */
const TICKS_PER_SECOND = 100

/** Resident bytes now. */
export function rssOf(pid: number): number | undefined {
  const text = read(`/proc/${pid}/status`)
  const kib = text && /^VmRSS:\s+(\d+) kB/m.exec(text)?.[1]
  return kib === undefined || kib === '' ? undefined : Number(kib) * 1024
}

/** CPU seconds since they began, of a process and all that it started: those that have ended too. */
export function cpuOf(pid: number): number | undefined {
  const own = statOf(pid)
  if (own === undefined) return undefined
  return own.cpuSeconds + childrenOf(pid).reduce((sum, child) => sum + (cpuOf(child) ?? 0), 0)
}

interface Stat {
  readonly parent: number
  readonly cpuSeconds: number
}

function statOf(pid: number): Stat | undefined {
  const text = read(`/proc/${pid}/stat`)
  if (text === undefined) return undefined
  // The name stands in parentheses and may hold anything: fields are counted from behind it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  // Its own in its code and in the kernel, then the same of children that have ended.
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
  return { parent: Number(fields[1]), cpuSeconds: ticks / TICKS_PER_SECOND }
}

const childrenOf = (pid: number): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => statOf(child)?.parent === pid)

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** Looks at a process now and then, and keeps the largest. */
export class RssWatch {
  readonly #timer: NodeJS.Timeout
  #max: number | undefined

  constructor(pid: number, everyMs = 100) {
    const look = (): void => {
      const now = rssOf(pid)
      if (now !== undefined) this.#max = Math.max(this.#max ?? 0, now)
    }
    look()
    this.#timer = setInterval(look, everyMs)
  }

  /** The largest since the last time it was asked. */
  take(): number | undefined {
    const max = this.#max
    this.#max = undefined
    return max
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
