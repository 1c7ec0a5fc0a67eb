/** `sealedlog reindex --url`: a running server builds its index again, and goes on answering. */
import { setTimeout as sleep } from 'node:timers/promises'
import { AuditError, parseTime } from '@sealedlog/sdk/base'
import { CallFailed, Interrupted } from './client.js'
import { connect, type ConnectionOptions, untilInterrupted } from './connection.js'
import { formatCounted, formatSeconds, Progress } from './progress.js'
import { jsonLine, print, say } from './terminal.js'

/** How a rebuild stands, as the server tells it. */
interface State {
  readonly status: 'none' | 'running' | 'done' | 'failed'
  readonly entries: number
  readonly total: number
  readonly started_at: string | null
  readonly ended_at: string | null
}

const PATH = '/v1/reindex'
const ASK_AGAIN_MS = 500
const TRIES_MAX = 3

/** Begins it, or finds the one that is under way, and waits for its end. @throws AuditError `storage_failed`, CallFailed, Interrupted */
export async function reindexServer(options: ConnectionOptions): Promise<void> {
  const signal = untilInterrupted()
  const client = connect(options, { signal })
  const progress = new Progress(options.json ? false : process.stderr.isTTY)
  let state = await client.call<State>({ method: 'POST', path: PATH })
  const startedAt = state.started_at
  try {
    while (state.status === 'running') {
      progress.show(state.entries, state.total, formatCounted(state.entries, 'entry', 'entries'))
      await sleep(ASK_AGAIN_MS, undefined, { signal })
      state = await client.call<State>({ path: PATH, tries: TRIES_MAX })
    }
  } catch (error) {
    progress.end()
    if (!signal.aborted) throw error instanceof CallFailed ? error : broken()
    say('The server goes on with it.')
    throw new Interrupted('interrupted')
  }
  progress.end()
  if (state.status !== 'done' || state.started_at !== startedAt) throw broken()
  const seconds = ((parseTime(state.ended_at ?? '') ?? 0) - (parseTime(startedAt ?? '') ?? 0)) / 1000
  if (options.json) return print(jsonLine({ object: 'reindexing', entries: state.entries, seconds }))
  await print(
    `Indexed ${formatCounted(state.entries, 'entry', 'entries')} in ${formatSeconds(seconds)}, while serving.\n`,
  )
}

const broken = (): AuditError =>
  new AuditError(
    'storage_failed',
    'The server did not come to the end of it; the index that was there goes on. Its log says why: ask again when that is put right.',
  )
