/** One bad request and what it is answered with. */
import type { ErrorCode, IssueCode } from '@sealedlog/sdk/base'
import type { BoundName } from '@sealedlog/sdk/event'
import type { Ask, Bytes } from '../support.js'

export interface Row {
  readonly name: string
  readonly send: Ask | Bytes
  readonly status: number
  readonly code: ErrorCode
  /** a refused field, and why */
  readonly pointer?: string
  readonly issue?: IssueCode
  /** the named limit that was passed: in the issue or the words */
  readonly limit?: BoundName
  readonly param?: string
  /** what the words hold */
  readonly says?: string
  /** a header of the answer, as `name: value` */
  readonly header?: string
  /** several answer at once: for what waits for a timeout */
  readonly slow?: true
}

/** What stands ready before the first bad request. */
export interface World {
  readonly url: string
  readonly rootKey: string
  /** every scope, bound to `acme` */
  readonly key: string
  readonly writeKey: string
  readonly readKey: string
  readonly adminKey: string
  /** every scope, bound to no organization */
  readonly unboundKey: string
  readonly revokedKey: string
  readonly expiredKey: string
  /** the id of a key of `beta` */
  readonly betaKeyId: string
  /** of the lists of `acme` and `beta` */
  readonly cursor: string
  readonly betaCursor: string
  /** what the server's clock says, and does not move */
  readonly nowMs: number
}

/** A row about POST /v1/events with the key of `acme`. */
export const eventRow = (
  world: World,
  name: string,
  body: unknown,
  expected: Omit<Row, 'name' | 'send'>,
  headers: { readonly [name: string]: string } = {},
): Row => ({ name, send: { path: '/v1/events', key: world.key, body, headers }, ...expected })

/** A row about GET with a query. */
export const queryRow = (
  world: World,
  path: string,
  expected: Omit<Row, 'name' | 'send' | 'status'> & { readonly status?: number },
): Row => ({ name: `GET ${path}`, send: { path, key: world.key }, status: 400, ...expected })
