/**
 * Under `--cpu-prof`, threads that name options of their own are profiled too: their options get those of the process.
 * Imported before anything that starts a thread; without the option it changes nothing.
 */
import { syncBuiltinESMExports } from 'node:module'
import workers, { type WorkerOptions } from 'node:worker_threads'

const flags = process.execArgv.filter((flag) => flag.startsWith('--cpu-prof'))

class ProfiledWorker extends workers.Worker {
  constructor(file: string | URL, options: WorkerOptions = {}) {
    super(file, { ...options, execArgv: [...(options.execArgv ?? []), ...flags] })
  }
}

if (flags.length > 0) {
  workers.Worker = ProfiledWorker
  syncBuiltinESMExports()
}
