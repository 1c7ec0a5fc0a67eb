/** The door of the witness: a server of its own, for other people's logs. */
export { type KnownLogs, parseLogs } from './known-logs.js'
export { type RunningWitness, startWitness, type WitnessServerOptions } from './serve.js'
