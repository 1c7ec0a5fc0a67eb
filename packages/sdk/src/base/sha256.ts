/** SHA-256, by whatever the platform has: see `imports` in package.json. */
export { sha256 } from '#sha256'
