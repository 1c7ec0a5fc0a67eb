/** The command `sealedlog-verify`: everything is loaded when it is needed, so that `--help` is there at once. */
import { createRequire } from 'node:module'

const NODE_MIN = [22, 18] as const

/** Ends with a clear sentence where Node is too old to have what we use. */
function refuseOldNode(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return
  process.stderr.write(
    `sealedlog-verify needs Node ${NODE_MIN.join('.')} or newer; this is ${process.versions.node}.\n`,
  )
  process.exit(2)
}

/** On Node 22 node:sqlite says at each start that it is experimental: no news to whoever verifies a log. */
function silenceSqliteWarning(): void {
  const print = process.listeners('warning')
  process.removeAllListeners('warning')
  process.on('warning', (warning) => {
    if (warning.name === 'ExperimentalWarning' && warning.message.includes('SQLite')) return
    for (const listener of print) listener(warning)
  })
}

/** Whoever reads may stop reading, as `head` does: then the rest is printed for nobody. */
function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

refuseOldNode()
silenceSqliteWarning()
endWithReader()
const { version } = createRequire(import.meta.url)('../../package.json') as { readonly version: string }
const { runVerify } = await import('./run.js')
process.exitCode = await runVerify(process.argv.slice(2), {
  program: 'sealedlog-verify',
  version,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  otherCheck: async ({ source }) =>
    'entries' in source
      ? {
          check: { name: 'view', state: 'skipped', text: '`sealedlog verify` holds the index against the log.' },
          findings: [],
        }
      : undefined,
})
