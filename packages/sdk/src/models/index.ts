/**
 * The models of every client, each family under its own name; docs/models.md says which import replaces which.
 *
 * `components` and `operations`: Speakeasy's. `openapi`: openapi-generator's, TypeScript and Python. `auditlog`: Unkey's
 * Go package. Their names overlap (four of them have an `AuditLog`), so each also has a door of its own:
 * `@sealedlog/sdk/models/components` and so on.
 */
export * as auditlog from './auditlog/index.js'
export * as components from './components/index.js'
export * as openapi from './openapi/index.js'
export * as operations from './operations/index.js'
export { type Result, type SafeParseResult, SDKValidationError } from './result.js'
