/** The door of the HTTP room. */
export { DEFAULT_ORGANIZATION, Gatekeeper, hashKey, mintKey, type Organizations } from './access.js'
export { HTTP_OPTIONS, type HttpOptions, makeApp } from './app.js'
export { Metrics } from './metrics.js'
export { RATE_LIMITS, type RateLimits, Rates } from './rates.js'
export type { Services } from './services.js'
export { STREAM_LIMITS, type StreamLimits, Streams } from './streams.js'
