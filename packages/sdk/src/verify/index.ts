/** The door of the verifier: what checks a log without believing whoever holds it. Runs in Node and in browsers. */
export * from './manifest.js'
export * from './report.js'
export * from './source.js'
