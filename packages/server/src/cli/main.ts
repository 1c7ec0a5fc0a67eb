#!/usr/bin/env node
/** The command line: `sealedlog <command>`. */
import { silenceSqliteWarning, refuseOldNode } from './runtime.js'

refuseOldNode()
silenceSqliteWarning()
// Loaded after the warning is silenced: it would be printed at the first import of node:sqlite.
const { run } = await import('./program.js')
process.exitCode = await run(process.argv)
