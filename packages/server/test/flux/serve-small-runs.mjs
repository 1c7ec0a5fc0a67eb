/**
 * Serves a data folder as `sealedlog serve` does, with an index of small runs that are written and merged all the time,
 * and a clock that stands: what spans of time mean is known for as long as the process lives.
 */
import { parseArgs } from 'node:util'
import { startServer } from '../../dist/server.js'

const { values } = parseArgs({
  strict: false,
  options: {
    data: { type: 'string' },
    marks: { type: 'string' },
    now: { type: 'string' },
    index: { type: 'string' },
  },
})
const nowMs = Number(values.now)
const stopped = new Promise((resolve) => process.on('SIGTERM', resolve))
const server = await startServer({
  data: values.data,
  marks: values.marks,
  port: 0,
  rates: { perKey: 0, perOrganization: 0 },
  nowMs: () => nowMs,
  index: JSON.parse(values.index),
  logger: { level: 'warn', stream: process.stderr },
})
process.stdout.write(`Sealedlog is at ${server.url}\n`)
await stopped
await server.close()
