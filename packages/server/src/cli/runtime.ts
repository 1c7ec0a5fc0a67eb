/** What the command line needs of Node itself. */

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
