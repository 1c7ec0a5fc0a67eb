/** `sealedlog reindex`: the index built again from the log, of a data folder or of a running server. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { AuditError } from '@sealedlog/sdk/base'
import { DEFAULT_HOST, DEFAULT_PORT } from '../places.js'
import type { OpenData } from '../server.js'
import { addConnection, type ConnectionOptions, misused } from './connection.js'
import { EXIT } from './exit.js'
import type { AddCommand } from './command.js'
import { formatCounted, formatSeconds, Progress } from './progress.js'
import { reindexServer } from './reindex-server.js'
import { jsonLine, print } from './terminal.js'

interface ReindexOptions extends ConnectionOptions {
  readonly data: string
}

const HEADS_CHUNK = 500

export const reindexCommand: AddCommand = (program: Command, finish) => {
  const command = program
    .command('reindex')
    .description('Build the index again from the log: that of a running server (--url), or of a folder (--data).')
  addConnection(command)
    .option('--data <folder>', 'the data folder of a server that is stopped', './data')
    .action(async (options: ReindexOptions) => {
      const isSaid = (option: string): boolean => command.getOptionValueSource(option) === 'cli'
      if (isSaid('url') && isSaid('data')) throw misused('Give either --url, for a running server, or --data.')
      const isServers = isSaid('url') || (!isSaid('data') && command.getOptionValueSource('url') === 'env')
      await (isServers ? reindexServer(options) : reindex(options))
      finish(EXIT.ok)
    })
}

async function reindex({ data: folder, json }: ReindexOptions): Promise<void> {
  const { LOG_FILE } = await import('../store/index.js')
  // Opening makes what is missing: a folder that holds no log is a mistake, not a new log.
  if (!existsSync(join(folder, LOG_FILE))) throw misused(`${folder} holds no log. Name the data folder by --data.`)
  const data = await open(folder)
  try {
    const progress = new Progress(json ? false : process.stderr.isTTY)
    const { all, entries, organizations } = await countAll(data)
    await data.indexes.current.clear()
    const onProgress = sumUp((done) => progress.show(done, all, formatCounted(done, 'entry', 'entries')))
    await data.log.catchUp({ onProgress })
    progress.end()
    const seconds = progress.seconds()
    if (json)
      return await print(
        jsonLine({ object: 'reindexing', entries, organizations, seconds: Number(seconds.toFixed(3)) }),
      )
    const what = `${formatCounted(entries, 'entry', 'entries')} of ${formatCounted(organizations, 'organization', 'organizations')}`
    await print(`Indexed ${what} in ${formatSeconds(seconds)}.\n`)
  } finally {
    await data.close()
  }
}

/** Its lock keeps a server from the folder, and this from a server's. */
async function open(folder: string): Promise<OpenData> {
  const { SEALEDLOG_SIGNING_SEED: signingSeed } = process.env
  try {
    const { openData } = await import('../server.js')
    return await openData({ data: folder, ...(signingSeed === undefined ? {} : { signingSeed }) })
  } catch (error) {
    if (!(error instanceof AuditError) || error.code !== 'data_folder_in_use') throw error
    throw new AuditError(
      error.code,
      `${error.message} A server that runs builds its index again by itself: sealedlog reindex --url http://${DEFAULT_HOST}:${DEFAULT_PORT} (its address), with an admin key as SEALEDLOG_KEY.`,
    )
  }
}

/** What there is to index; `entries` and `organizations` without the server's own, which is counted nowhere. */
async function countAll({ log }: OpenData): Promise<{ all: number; entries: number; organizations: number }> {
  const { isServersOwn } = await import('../log/index.js')
  const count = { all: 0, entries: 0, organizations: 0 }
  for (let after = ''; ; ) {
    const heads = await log.organizations(after, HEADS_CHUNK)
    for (const { org, size } of heads) {
      count.all += size
      if (isServersOwn(org)) continue
      count.entries += size
      count.organizations++
    }
    if (heads.length < HEADS_CHUNK) return count
    after = heads.at(-1)?.org ?? ''
  }
}

/** The progress of one organization after the other as the progress of all. */
function sumUp(show: (done: number) => void): (done: number, total: number) => void {
  let before = 0
  let last = { done: 0, total: 0 }
  return (done, total) => {
    if (last.done === last.total) before += last.done
    last = { done, total }
    show(before + done)
  }
}
