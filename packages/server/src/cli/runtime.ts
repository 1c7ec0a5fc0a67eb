/** What the command line needs of Node itself. */
import { setFlagsFromString } from 'node:v8'

const NODE_MIN = [22, 18] as const

/** Ends with a clear sentence where Node is too old to have what we use. */
export function refuseOldNode(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return
  process.stderr.write(`sealedlog needs Node ${NODE_MIN.join('.')} or newer; this is ${process.versions.node}.\n`)
  process.exit(2)
}

/** node:sqlite says at each start that it is experimental: true, known, and no news to whoever runs a server. */
export function silenceSqliteWarning(): void {
  const print = process.listeners('warning')
  process.removeAllListeners('warning')
  process.on('warning', (warning) => {
    if (warning.name === 'ExperimentalWarning' && warning.message.includes('SQLite')) return
    for (const listener of print) listener(warning)
  })
}

/**
 * What a server makes and drops (a request's objects, mostly) is dropped sooner from now on. V8 would let it grow to 128 MB
 * before it looks, four times what it is when a server has started, and be no faster for it. There is no other way to say it
 * once a process runs; `--max-semi-space-size` says the same at its start.
 */
export function keepYoungGeneration(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}
