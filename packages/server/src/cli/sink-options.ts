/** The options of `serve` that say where checkpoints go. */
import { readFileSync } from 'node:fs'
import { AuditError } from '@sealedlog/sdk/base'
import type { SinkOptions } from '../sink/index.js'

export interface SinkOptionTexts {
  readonly policy?: string
  readonly witnessInterval?: string
  readonly anchor?: string
  readonly anchorInterval?: string
}

const MS = 1_000

/**
 * @param seconds reads a number of seconds, or refuses it under the name of its option
 * @throws AuditError `invalid_configuration`
 */
export function sinkOptions(
  { policy, witnessInterval, anchor, anchorInterval }: SinkOptionTexts,
  seconds: (option: string, text: string) => number,
): SinkOptions {
  const every = (option: string, text: string): number => Math.max(1, seconds(option, text)) * MS
  return {
    ...(policy === undefined ? {} : { policy: readPolicy(policy) }),
    ...(anchor === undefined ? {} : { anchor }),
    ...(witnessInterval === undefined ? {} : { witnessEveryMs: every('--witness-interval', witnessInterval) }),
    ...(anchorInterval === undefined ? {} : { anchorEveryMs: every('--anchor-interval', anchorInterval) }),
  }
}

function readPolicy(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new AuditError('invalid_configuration', `--policy ${path} cannot be read: ${(error as Error).message}.`, {
      cause: error,
    })
  }
}
