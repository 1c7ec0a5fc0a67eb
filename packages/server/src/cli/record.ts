/** `sealedlog record`: the events of a file, in batches, until every line is recorded or refused. */
import { type Command, Option } from 'commander'
import type { DialectName } from '@sealedlog/sdk/dialect'
import { type CallFailed, Interrupted } from './client.js'
import { addConnection, connect, type ConnectionOptions, untilInterrupted } from './connection.js'
import { DIALECT_NAMES } from './event-options.js'
import { EXIT, type ExitCode, explain } from './exit.js'
import { Intake } from './intake.js'
import { openSource, type Source } from './lines.js'
import { readCount } from './list.js'
import type { AddCommand } from './command.js'
import { formatCount, formatCounted, formatSeconds, Progress } from './progress.js'
import type { ReadLine, Refusal } from './record-line.js'
import { Sender } from './send-batches.js'
import { endWithReader, jsonLine, print, visible } from './terminal.js'

interface RecordOptions extends ConnectionOptions {
  readonly dialect: DialectName
  readonly fromLine: string
  readonly tries: string
}

export const recordCommand: AddCommand = (program: Command, finish) => {
  const command = program
    .command('record')
    .description(
      'Record the events of a file, one JSON document a line. Lines with an id may be recorded again: they add nothing.',
    )
    .argument('<file>', 'the file, or - for stdin')
  addConnection(command)
    .addOption(new Option('--dialect <name>', 'the form of the events').choices(DIALECT_NAMES).default('native'))
    .option('--from-line <number>', 'pass over the lines before it', '1')
    .option('--tries <number>', 'how often a batch is sent before giving up', '8')
    .action(async (file: string, options: RecordOptions) => finish(await record(file, options)))
}

async function record(file: string, options: RecordOptions): Promise<ExitCode> {
  endWithReader()
  const fromLine = readCount('--from-line', options.fromLine)
  const tries = readCount('--tries', options.tries)
  const progress = new Progress(options.json ? false : process.stderr.isTTY)
  const tell = options.json ? () => undefined : (line: string) => progress.note(line)
  const signal = untilInterrupted()
  const onRetry = (error: CallFailed, delayMs: number) =>
    tell(`${explain(error)} Trying again in ${formatSeconds(delayMs / 1000)}.`)
  const client = connect(options, { signal, finishesCalls: true, onRetry })
  const source = await openSource(file)
  const onRefused = (refusals: readonly Refusal[]) => {
    for (const refusal of refusals) progress.note(formatRefusal(refusal, options))
  }
  const sender = new Sender({ client, tries, dialect: options.dialect, onRefused })
  const ended = await sendAll(source, sender, { ...options, fromLine, signal, progress, tell })
  progress.end()
  return report(ended, sender, progress.seconds(), options)
}

const formatRefusal = (refusal: Refusal, { json }: RecordOptions): string =>
  json ? jsonLine(refusal).trimEnd() : `line ${refusal.line}: ${visible(refusal.message)}`

interface Run {
  readonly dialect: DialectName
  readonly fromLine: number
  readonly signal: AbortSignal
  readonly progress: Progress
  readonly tell: (line: string) => void
}

/** How a run ended: with the next line, and what stopped it, if anything did. */
interface Ended {
  readonly nextLine: number
  readonly failure?: unknown
}

/** One batch is under way at any time, while the next is being read. */
async function sendAll(source: Source, sender: Sender, run: Run): Promise<Ended> {
  const intake = new Intake()
  const reading = intake.read(source, run.dialect, run.fromLine)
  run.signal.addEventListener('abort', () => intake.stop())
  let nextLine = run.fromLine
  try {
    for (let window = await intake.take(); window !== undefined; window = await intake.take()) {
      await sendAndNote(window, sender, run)
      nextLine = (window.at(-1)?.line ?? 0) + 1
      show(run.progress, source, sender, window)
    }
    await (run.signal.aborted ? Promise.reject(new Interrupted('interrupted')) : reading)
    return { nextLine }
  } catch (failure) {
    return { nextLine: sender.firstOpenLine ?? nextLine, failure }
  } finally {
    intake.stop()
    source.close()
  }
}

async function sendAndNote(window: readonly ReadLine[], sender: Sender, { tell }: Run): Promise<void> {
  const isNoted = sender.firstMintedLine !== undefined
  await sender.send(window)
  const line = sender.firstMintedLine
  if (!isNoted && line !== undefined)
    tell(`note: line ${line} has no id and got a fresh one, as others may. Recording it again would record it twice.`)
}

function show(progress: Progress, source: Source, { tally }: Sender, window: readonly ReadLine[]): void {
  const lines = tally.recorded + tally.duplicates + tally.refused
  const refused = tally.refused > 0 ? `, ${formatCount(tally.refused)} refused` : ''
  const perSecond = formatCount(Math.round(lines / progress.seconds()))
  const words = `${formatCounted(lines, 'line', 'lines')}${refused}, ${perSecond}/s`
  progress.show(window.at(-1)?.end ?? 0, source.bytes, words)
}

async function report(
  { nextLine, failure }: Ended,
  { tally }: Sender,
  seconds: number,
  { json }: RecordOptions,
): Promise<ExitCode> {
  const perSecond = Math.round((tally.recorded + tally.duplicates) / seconds)
  if (json) {
    const stopped = failure === undefined ? {} : { error: explain(failure), from_line: nextLine }
    const figures = { seconds: Number(seconds.toFixed(3)), events_per_second: perSecond }
    await print(jsonLine({ object: 'recording', ...tally, ...figures, ...stopped }))
  } else {
    const counts = `${formatCount(tally.recorded)} recorded, ${formatCount(tally.duplicates)} duplicates, ${formatCount(tally.refused)} refused`
    await print(`${counts} in ${formatSeconds(seconds)} (${formatCount(perSecond)} events/s)\n`)
    if (failure !== undefined) sayStopped(failure, nextLine)
  }
  if (failure instanceof Interrupted) return EXIT.interrupted
  if (failure !== undefined) return EXIT.failed
  return tally.refused > 0 ? EXIT.refused : EXIT.ok
}

function sayStopped(failure: unknown, nextLine: number): void {
  const why = failure instanceof Interrupted ? 'Stopped.' : explain(failure)
  process.stderr.write(
    `sealedlog: ${why}\nEverything before line ${nextLine} is done. Go on with --from-line ${nextLine}\n`,
  )
}
