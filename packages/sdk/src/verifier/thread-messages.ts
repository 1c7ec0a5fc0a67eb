/** What travels between the verifier and its threads: requests and results as they are, bytes handed over, errors as text. */
import { AuditError, type ErrorCode } from '../base/index.js'
import type { TileName } from '../merkle/index.js'
import type { SegmentRequest, SegmentResult } from '../verify/index.js'

/** What a thread reads from: a folder that it opens itself, or whatever this side reads for it. */
export type ThreadSource =
  | { readonly kind: 'data folder'; readonly folder: string; readonly org: string }
  | { readonly kind: 'bundle'; readonly folder: string }
  | { readonly kind: 'asked' }

/** An error as it travels. */
export interface Failure {
  readonly code: ErrorCode | undefined
  readonly message: string
}

export type Answer =
  | { readonly number: number; readonly bytes: Uint8Array<ArrayBuffer> | undefined }
  | { readonly number: number; readonly failure: Failure }

export type ToThread = { readonly request: SegmentRequest } | Answer

export type FromThread =
  | { readonly result: SegmentResult }
  | { readonly failure: Failure }
  /** the disclosures of a bundle, or a tile */
  | { readonly ask: number | TileName; readonly number: number }

export const packFailure = (error: unknown): Failure => ({
  code: error instanceof AuditError ? error.code : undefined,
  message: error instanceof Error ? error.message : String(error),
})

export const unpackFailure = ({ code, message }: Failure): Error =>
  code === undefined ? new Error(message) : new AuditError(code, message)
