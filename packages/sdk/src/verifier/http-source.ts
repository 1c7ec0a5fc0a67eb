/** A server as a source: an organization's log by its HTTP routes. What it answers is bytes to be checked, and no more. */
import { type FetchOptions, fetchOrganizations, fetchSource, type LogSource } from '../verify/index.js'

export interface HttpOptions extends FetchOptions {
  readonly key: string
}

/** A server, and the organizations of it that a key reaches. */
export class HttpServer {
  readonly #options: HttpOptions

  constructor(options: HttpOptions) {
    this.#options = options
  }

  source(org: string): LogSource {
    return fetchSource({ ...this.#options, organization: org })
  }

  /**
   * The ids of all organizations that the key reaches.
   *
   * @throws AuditError `organization_required` where the key may not list them
   */
  organizations(): Promise<readonly string[]> {
    return fetchOrganizations(this.#options)
  }
}
