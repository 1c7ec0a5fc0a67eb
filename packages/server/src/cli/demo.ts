/** `sealedlog demo`: a checkout's own history, recorded into an organization of its own, and what to ask of it. */
import type { Command } from 'commander'
import { AuditError } from '@sealedlog/sdk/base'
import { BOUNDS, type EventInput } from '@sealedlog/sdk/event'
import { CallFailed, type Client, Interrupted } from './client.js'
import type { AddCommand } from './command.js'
import { eventOfCommit, instantOf, isToCome } from './commit-event.js'
import { addConnection, connect, type ConnectionOptions, misused, untilInterrupted } from './connection.js'
import { History } from './demo-questions.js'
import { commandsFor, formatReport, type Report } from './demo-report.js'
import { EXIT, type ExitCode, explain } from './exit.js'
import { openRepository, type Repository } from './git.js'
import { type Commit, readCommits } from './git-log.js'
import { readCount } from './list.js'
import { formatCounted, formatSeconds, Progress } from './progress.js'
import type { ReadLine, Refusal } from './record-line.js'
import { Sender } from './send-batches.js'
import { endWithReader, jsonLine, print, visible } from './terminal.js'

interface DemoOptions extends ConnectionOptions {
  readonly limit?: string
}

const DEMO_ORGANIZATION = 'demo'
const TRIES_MAX = 8
/** A share of a batch's body: short enough for the bar to move. */
const WINDOW_EVENTS_MAX = BOUNDS.BATCH_EVENTS_MAX / 4
const WINDOW_BYTES_MAX = BOUNDS.BATCH_BYTES_MAX / 4

export const demoCommand: AddCommand = (program: Command, finish) => {
  const command = program
    .command('demo')
    .description(
      'Record the git history of a checkout into the organization demo (or --org), and show what to ask of it. Again it adds only what is new.',
    )
    .argument('[folder]', 'the checkout', '.')
  addConnection(command)
    .option('--limit <number>', 'only so many commits, the newest')
    .action(async (folder: string, options: DemoOptions) =>
      finish(await demo(folder, options, command.getOptionValueSource('url') === 'cli')),
    )
}

async function demo(folder: string, options: DemoOptions, isUrlSaid: boolean): Promise<ExitCode> {
  endWithReader()
  const { org: organization = DEMO_ORGANIZATION, json, url } = options
  const commitsMax = options.limit === undefined ? undefined : readCount('--limit', options.limit)
  const repository = await openRepository(folder, commitsMax)
  const progress = new Progress(json ? false : process.stderr.isTTY)
  const signal = untilInterrupted()
  const onRetry = (error: CallFailed, delayMs: number): void => {
    if (!json) progress.note(`${explain(error)} Trying again in ${formatSeconds(delayMs / 1000)}.`)
  }
  const client = await withNextStep(async () => {
    const connected = connect({ ...options, org: organization }, { signal, finishesCalls: true, onRetry })
    await settleOrganization(connected, organization)
    return connected
  })
  const recording = new Recording(client, repository, progress)
  const failure = await recording.run(commitsMax, signal).then(
    () => undefined,
    (error: unknown) => error,
  )
  progress.end()
  const seconds = Number(progress.seconds().toFixed(3))
  const report = { organization, repository: repository.name, ...recording.told(), seconds }
  const questions = failure === undefined ? recording.history.questions(Date.now()) : []
  const commands = commandsFor(questions, { organization, url, isUrlSaid, hasKey: options.key !== undefined })
  const stopped = failure === undefined ? {} : { error: explain(failure) }
  await print(
    json ? jsonLine({ object: 'demo', ...report, questions, commands, ...stopped }) : formatReport(report, commands),
  )
  return endWith(failure, report.refused)
}

function endWith(failure: unknown, refused: number): ExitCode {
  if (failure instanceof Interrupted) return EXIT.interrupted
  if (failure === undefined) return refused > 0 ? EXIT.refused : EXIT.ok
  process.stderr.write(
    `sealedlog: ${explain(failure)}\nRun it again to go on: what is recorded is not recorded twice.\n`,
  )
  return EXIT.failed
}

/** The first call of a command that somebody types first of all: what is missing then is most likely the server. */
async function withNextStep<T>(first: () => Promise<T>): Promise<T> {
  try {
    return await first()
  } catch (error) {
    const step = 'Start the server first, in another terminal of this folder: npm start'
    if (error instanceof AuditError && error.code === 'missing_key')
      throw new AuditError('missing_key', `${error.message} Is no server running? ${step}`)
    if (error instanceof CallFailed && error.code === 'no_answer')
      throw new CallFailed('no_answer', `${error.message} ${step}`, error)
    throw error
  }
}

/** Makes the organization unless it is there. A key that may only write needs one that is. */
async function settleOrganization(client: Client, org: string): Promise<void> {
  const path = `/v1/organizations/${encodeURIComponent(org)}`
  try {
    await client.call({ path })
  } catch (error) {
    if (!(error instanceof CallFailed) || error.code !== 'organization_not_found') throw error
    await client.call({ method: 'PUT', path, body: '{}' }).catch((refused: unknown) => {
      if (!(refused instanceof CallFailed) || refused.code !== 'insufficient_scope') throw refused
      throw misused(
        `There is no organization ${JSON.stringify(org)}, and this key may not make one. Give the root key, or name one that is there with --org.`,
      )
    })
  }
}

/** A history on its way into the log. */
class Recording {
  readonly sender: Sender
  readonly history = new History()
  readonly #repository: Repository
  readonly #progress: Progress
  /** the commits of the window that is under way, by number */
  readonly #window = new Map<number, string>()
  #commits = 0
  #toCome = 0
  #isCutOff = false

  constructor(client: Client, repository: Repository, progress: Progress) {
    this.#repository = repository
    this.#progress = progress
    const onRefused = (refusals: readonly Refusal[]): void => {
      for (const { line, code, message } of refusals)
        progress.note(`commit ${this.#window.get(line)}: ${visible(`${message} [${code}]`)}`)
    }
    this.sender = new Sender({ client, tries: TRIES_MAX, dialect: 'native', onRefused })
  }

  /** @throws CallFailed, Interrupted, or AuditError where git fails */
  async run(commitsMax: number | undefined, signal: AbortSignal): Promise<void> {
    let window: ReadLine[] = []
    let bytes = 0
    try {
      for await (const commit of readCommits(this.#repository, commitsMax)) {
        const line = this.#take(commit)
        if (line?.event === undefined) continue
        window.push(line)
        bytes += line.event.bytes
        if (window.length < WINDOW_EVENTS_MAX && bytes < WINDOW_BYTES_MAX) continue
        await this.#send(window)
        window = []
        bytes = 0
      }
    } catch (error) {
      // Ctrl-C in a terminal reaches git too, which then ends with a complaint of its own.
      throw signal.aborted ? new Interrupted('interrupted') : error
    }
    await this.#send(window)
  }

  told(): Pick<Report, 'recorded' | 'duplicates' | 'refused' | 'to_come' | 'shallow'> {
    const { recorded, duplicates, refused } = this.sender.tally
    return { recorded, duplicates, refused, to_come: this.#toCome, shallow: this.#isCutOff }
  }

  #take(commit: Commit): ReadLine | undefined {
    const line = ++this.#commits
    if (commit.isCutOff) this.#isCutOff = true
    if (isToCome(instantOf(commit) ?? 0, Date.now())) {
      this.#toCome += 1
      return undefined
    }
    const event = eventOfCommit(commit, this.#repository.name)
    this.history.add(event)
    this.#window.set(line, commit.sha)
    return { line, end: line, event: prepare(line, event), refusals: [] }
  }

  async #send(window: readonly ReadLine[]): Promise<void> {
    if (window.length === 0) return
    await this.sender.send(window)
    this.#window.clear()
    const perSecond = Math.round(this.#commits / this.#progress.seconds())
    const words = `${formatCounted(this.#commits, 'commit', 'commits')}, ${perSecond.toLocaleString('en-US')}/s`
    this.#progress.show(this.#commits, this.#repository.commits, words)
  }
}

function prepare(line: number, event: EventInput): NonNullable<ReadLine['event']> {
  const text = JSON.stringify(event)
  return { line, text, bytes: Buffer.byteLength(text) + 1, org: undefined, isMinted: false }
}
