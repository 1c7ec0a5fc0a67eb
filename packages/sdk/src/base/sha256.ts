/** SHA-256, by whatever the platform has: see `imports` in package.json. */
export { sha256, sha256Base64Url, sha256Into } from '#sha256'
