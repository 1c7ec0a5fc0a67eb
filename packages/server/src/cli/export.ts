/** `sealedlog export`: a log, or a part of it, as a folder that is checked offline; or one event as an evidence file. */
import { readFile, writeFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { decodeUtf8 } from '@sealedlog/sdk/base'
import { parseCheckpoint, parseNote } from '@sealedlog/sdk/merkle'
import { formatEvidence, parseEvidence, verifyEvidence } from '@sealedlog/sdk/verify'
import { writeBundle, type WrittenBundle } from './bundle.js'
import { BundleFolder } from './bundle-folder.js'
import { addConnection, connect, type ConnectionOptions, misused, untilInterrupted } from './connection.js'
import type { AddCommand } from './command.js'
import { addFilters, type EventOptions, queryOf } from './event-options.js'
import { EXIT } from './exit.js'
import { type Declared, type ExportBody, LogDownload } from './export-download.js'
import { formatCount, formatCounted, formatSeconds, Progress } from './progress.js'
import { jsonLine, print, say } from './terminal.js'

type ExportOptions = ConnectionOptions &
  EventOptions & {
    readonly out?: string
    readonly from?: string
    readonly to?: string
    readonly event?: string
    readonly withhold?: readonly string[]
    readonly reason?: string
    readonly policy?: string
  }

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

export const exportCommand: AddCommand = (program: Command, finish) => {
  const command = program
    .command('export')
    .description('Take a log away as a folder that anyone checks offline, or one event as an evidence file.')
    .option('--out <path>', 'the folder to make, which must not be there; with --event a file in place of stdout')
    .option('--from <index>', 'the first entry')
    .option('--to <index>', 'the index behind the last entry')
    .option('--event <id>', 'one event, as an evidence file')
    .addOption(
      new Option('--withhold <group>', 'leaves out what stands in a group: actor, details, targets, …').argParser(
        collect,
      ),
    )
    .option('--reason <text>', 'what it is for: it stands in the log')
    .option('--policy <file>', 'a witness policy to put into the folder, or the evidence')
  addFilters(addConnection(command)).action(async (options: ExportOptions) => {
    await (options.event === undefined ? exportLog(options) : exportEvent(options, options.event))
    finish(EXIT.ok)
  })
}

async function exportLog(options: ExportOptions): Promise<void> {
  const { out } = options
  if (out === undefined) throw misused('--out is missing: the folder to write.')
  const filters = queryOf(options, Date.now())
  const body = bodyOf(options, filters)
  const policy = options.policy === undefined ? undefined : await readPolicy(options.policy)
  const client = connect(options, { signal: untilInterrupted() })
  const folder = await BundleFolder.make(out)
  const progress = new Progress(options.json ? false : process.stderr.isTTY)
  try {
    const download = await LogDownload.declare(client, body)
    if (policy) await folder.write('policy', policy)
    const written = await writeLog(download, folder, filters, options.withhold ?? [], progress)
    progress.end()
    await tell(options, download.declared, folder, written, progress.seconds())
  } catch (error) {
    progress.end()
    await folder.discard()
    throw error
  }
}

async function writeLog(
  download: LogDownload,
  folder: BundleFolder,
  filters: URLSearchParams,
  withhold: readonly string[],
  progress: Progress,
): Promise<WrittenBundle> {
  const { org, size, checkpoint, from, to } = download.declared
  const { files, always, sizes } = await download.notes()
  for (const [path, bytes] of files) await folder.write(path, bytes)
  const isAll = filters.size === 0 && from === 0 && to === size
  const chosen = isAll
    ? undefined
    : await download.chosen(filters, (found) => progress.show(0, undefined, `${formatCount(found)} found`))
  if (chosen?.length === 0)
    throw misused('No entry under the checkpoint is what the filter asks for: nothing is exported.')
  const { origin } = parseCheckpoint(parseNote(checkpoint).text)
  const request = { org, origin, size, chosen, always, sizes, withhold, madeAt: new Date().toISOString() }
  return writeBundle(download, request, folder, (done, total) =>
    progress.show(done, total, `${formatCount(done)} of ${formatCounted(total, 'file', 'files')}`),
  )
}

async function tell(
  { json }: ExportOptions,
  { id, size, index }: Declared,
  { path, bytes }: BundleFolder,
  { entries, files, disclosures }: WrittenBundle,
  seconds: number,
): Promise<void> {
  if (json)
    return print(
      jsonLine({
        object: 'exported',
        id,
        index,
        folder: path,
        entries,
        disclosures,
        size,
        files,
        bytes,
        seconds: Number(seconds.toFixed(3)),
      }),
    )
  if (index === null) say('The log is read-only: nothing in it says that it was exported.')
  const what = `${formatCounted(entries, 'entry', 'entries')} under the checkpoint of size ${formatCount(size)}`
  await print(`${what}, in ${formatCounted(files, 'file', 'files')} of ${path}, in ${formatSeconds(seconds)}.\n`)
  await print(
    `Check it: npx sealedlog verify ${path} --vkey KEY, with the key of the log that you know from elsewhere.\n`,
  )
}

async function exportEvent(options: ExportOptions, id: string): Promise<void> {
  if (options.from !== undefined || options.to !== undefined || queryOf(options, Date.now()).size > 0)
    throw misused('--event is one event: it takes no range and no filter.')
  const policy = options.policy === undefined ? undefined : await readPolicy(options.policy)
  const client = connect(options, { signal: untilInterrupted() })
  const sent = await LogDownload.evidence(client, id, options.withhold ?? [])
  const text = policy ? await withPolicy(sent, decodeUtf8(policy)) : sent
  if (options.out === undefined) return print(text)
  await writeFile(options.out, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? misused(`${options.out} is there already. Name another file by --out.`) : error
  })
}

/** Evidence under a checkpoint that too few witnesses have signed stays so: that is said while it can be asked for again. */
async function withPolicy(sent: string, policy: string): Promise<string> {
  const text = formatEvidence({ ...parseEvidence(sent), policy })
  const { findings } = await verifyEvidence(text)
  const unmet = findings.find(({ check }) => check === 'witnesses')
  if (unmet)
    say(
      `The policy is not met by the checkpoint in it (${unmet.found}). Ask again when the witnesses have seen the event.`,
    )
  return text
}

/** What POST /v1/exports is told. */
function bodyOf(options: ExportOptions, query: URLSearchParams): ExportBody {
  const filters: { [name: string]: string[] } = {}
  for (const [name, value] of query) if (name !== 'q') (filters[name] ??= []).push(value)
  const q = query.get('q')
  return {
    ...(options.from === undefined ? {} : { from: readIndex('--from', options.from) }),
    ...(options.to === undefined ? {} : { to: readIndex('--to', options.to) }),
    ...(q === null ? {} : { q }),
    ...(Object.keys(filters).length === 0 ? {} : { filters }),
    ...(options.withhold === undefined ? {} : { withhold: options.withhold }),
    ...(options.reason === undefined ? {} : { reason: options.reason }),
  }
}

function readIndex(option: string, text: string): number {
  if (/^(?:0|[1-9]\d{0,14})$/.test(text)) return Number(text)
  throw misused(`${option} is ${JSON.stringify(text.slice(0, 60))}; expected the index of an entry, from 0 on.`)
}

async function readPolicy(path: string): Promise<Uint8Array> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw misused(`--policy: ${path} cannot be read (${error.code ?? error.message}).`)
  })
}
