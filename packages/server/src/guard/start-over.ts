/** Starting over after a loss: the log keeps what survives of it, and goes on under a new origin that says so. */
import { AuditError, encodeBase64 } from '@sealedlog/sdk/base'
import type { ContinuesAct } from '@sealedlog/sdk/event'
import { parseCheckpoint, parseNote } from '@sealedlog/sdk/merkle'
import type { LogHead, LogStore } from '../store/index.js'
import { canStartOver, explainFinding, type LogFinding } from './finding.js'
import { toMark } from './keeper.js'
import type { Mark, MarksToWrite } from './marks.js'
import { recordOwn } from './own-entry.js'

/** A log that goes on. */
export interface StartedOver {
  readonly org: string
  /** the origin that is left */
  readonly from: string
  readonly origin: string
  /** how many entries survive */
  readonly kept: number
  /** how many are known to have been there */
  readonly had: number
  /** covers the entry that says so */
  readonly checkpoint: string
}

/**
 * Continues a log whose tail, or all of which, is lost. Its surviving entries keep their indexes, and what was signed of
 * them before stays consistent with what is signed from now on; nothing more is signed under the former origin.
 *
 * A log of which nothing survives is made anew and says that it continues the lost one at size 0: that stands in the
 * leaf in clear, where nobody can erase it.
 *
 * @throws AuditError `proof_failed` for a log that does not hold together by itself: nobody should go on with that
 */
export async function startOver(
  store: Pick<LogStore, 'append' | 'head' | 'createLog' | 'newOrigin'>,
  finding: LogFinding,
  nowMs: number,
): Promise<StartedOver> {
  const { org, lost } = finding
  if (!canStartOver(finding)) throw new AuditError('proof_failed', explainFinding(finding))
  const head = (await store.head(org)) ?? (await store.createLog(org, org))
  const continues = whatContinues(head, finding)
  const origin = store.newOrigin()
  const had = lost?.size ?? head.size
  const checkpoint = await recordOwn(
    store,
    org,
    {
      event: {
        type: 'log.continues',
        actor: { type: 'system', id: 'sealedlog' },
        description: `${had} entries were signed, ${head.size} survive.`,
        details: { origin: lost?.origin ?? head.origin, size: head.size },
      },
      said: { continues },
      done: { continuesAs: origin },
    },
    nowMs,
  )
  return { org, from: continues.origin, origin, kept: head.size, had, checkpoint }
}

/** Where nothing survives, there is nothing of its own that the new log could continue. */
function whatContinues(head: LogHead, { lost }: LogFinding): ContinuesAct['continues'] {
  const { origin, size, root } = parseCheckpoint(parseNote(head.checkpoint).text)
  return { origin: size === 0 && lost ? lost.origin : origin, size, root: encodeBase64(root) }
}

/** What the marks are to say from then on: nothing more is expected of any former origin. */
export function marksOf(started: readonly StartedOver[], known: readonly Mark[]): MarksToWrite {
  const continued = started.flatMap(({ org, origin, kept }) =>
    known
      .filter((mark) => mark.org === org && mark.continuedBy === null && mark.origin !== origin)
      .map((mark) => ({ origin: mark.origin, by: origin, at: kept })),
  )
  return { marks: started.map(({ org, checkpoint }) => toMark(org, checkpoint)), continued }
}
