/** The command: verifies a target, prints a report for each of its logs, remembers what was verified. */
import { availableParallelism } from 'node:os'
import { AuditError, formatTime, isJsonObject, parseText } from '../base/index.js'
import { parseProof } from '../merkle/index.js'
import { type Verdict, verifyEvidence, type VerifyReport, withCheck } from '../verify/index.js'
import { type Asked, helpOf, KEY, misused, readArguments, type VerifyArguments } from './arguments.js'
import { defaultStateFolder, Memory } from './memory.js'
import { originOf } from './notes.js'
import { type LogTarget, type OpenedLog, type OpenedTarget, openTarget } from './open-target.js'
import { formatReport } from './print-report.js'
import { Bar, formatCounted, jsonLine, type Screen, visible } from './screen.js'
import { findTarget, type Target } from './targets.js'
import { readTrust, type Trust } from './trust.js'
import { type MakeOtherCheck, remember, verifyOpened } from './verify-target.js'

/** Where the command runs: what it is called, where it writes, what time it is. */
export interface VerifyIo extends Screen {
  readonly program: string
  readonly version: string
  /** what is verified where nothing is named */
  readonly defaultTarget?: string
  /** the key of a server, where none was said */
  readonly keyOf?: (url: string) => string | undefined
  /** a check that this package cannot make */
  readonly otherCheck?: MakeOtherCheck
  /** takes each report in place of stdout: whoever asked prints it, by `formatReport` or as JSON */
  readonly onReport?: (report: VerifyReport) => void
  readonly nowMs?: () => number
}

export const EXIT = { verified: 0, notVerified: 1, unchecked: 2 } as const

export type VerifyExit = (typeof EXIT)[keyof typeof EXIT]

/**
 * Runs the command. Never throws for what is wrong with a log or an argument: that is printed, and in the exit code.
 *
 * @param argv without the program: `['./data', '--org', 'acme']`
 * @example
 * process.exitCode = await runVerify(process.argv.slice(2), { ...process, program: 'sealedlog-verify', version: '1.0.0' })
 */
export async function runVerify(argv: readonly string[], io: VerifyIo): Promise<VerifyExit> {
  try {
    const asked: Asked = readArguments(argv, io.defaultTarget)
    if (asked === 'help') return say(io, helpOf(io.program))
    if (asked === 'version') return say(io, `${io.version}\n`)
    return await verify(asked, io)
  } catch (error) {
    if (!(error instanceof AuditError)) throw error
    io.stderr.write(`${io.program}: ${visible(error.message)} [${error.code}]\n`)
    return EXIT.unchecked
  }
}

function say(io: VerifyIo, text: string): VerifyExit {
  io.stdout.write(text)
  return EXIT.verified
}

async function verify(options: VerifyArguments, io: VerifyIo): Promise<VerifyExit> {
  const target = await findTarget(options.target)
  const trust = await readTrust(options, 'folder' in target ? target.folder : undefined)
  for (const note of trust.notes) io.stderr.write(`${visible(note)}\n`)
  const memory = options.remember ? new Memory(options.state ?? defaultStateFolder(io.env)) : undefined
  const print =
    io.onReport ??
    ((report: VerifyReport): void => void io.stdout.write(options.json ? jsonLine(report) : formatReport(report, io)))
  if (target.kind === 'evidence') {
    const report = await verifyFile(target, options.org, trust, memory)
    print(report)
    return exitOf([report.verdict])
  }
  return exitOf(await verifyLogs(target, { options, trust, memory, io, print }))
}

function exitOf(verdicts: readonly Verdict[]): VerifyExit {
  if (verdicts.includes('not_verified')) return EXIT.notVerified
  return verdicts.includes('unchecked') ? EXIT.unchecked : EXIT.verified
}

/** A file of evidence speaks of one entry: it is held to the key that is remembered, and adds nothing to the memory. */
async function verifyFile(
  { path, text }: Extract<Target, { readonly kind: 'evidence' }>,
  org: string | undefined,
  { vkeys, old, policy }: Trust,
  memory: Memory | undefined,
): Promise<VerifyReport> {
  const remembered = await memory?.ofOrigin(originIn(text))
  const known = vkeys.length > 0 ? vkeys : (remembered?.vkeys ?? [])
  const report = await verifyEvidence(text, {
    ...(known.length > 0 ? { vkeys: known } : {}),
    ...(old.length > 0 ? { old } : {}),
    ...(org === undefined ? {} : { org }),
    ...(policy === undefined ? {} : { policy }),
  })
  const signature = report.checks.find(({ name }) => name === 'signature')
  const named = { ...report, source: path }
  if (vkeys.length > 0 || remembered === undefined || signature?.state !== 'passed') return named
  const since = remembered.first_verified_at.slice(0, '2026-11-20'.length)
  return withCheck(named, {
    ...signature,
    state: 'warned',
    text: `${signature.text} The key is remembered from ${since}.`,
  })
}

function originIn(evidence: string): string {
  try {
    const value = parseText(evidence)
    const proof = isJsonObject(value) ? value['proof'] : undefined
    return typeof proof === 'string' ? originOf(parseProof(proof).checkpoint) : ''
  } catch {
    return ''
  }
}

interface Run {
  readonly options: VerifyArguments
  readonly trust: Trust
  readonly memory: Memory | undefined
  readonly io: VerifyIo
  readonly print: (report: VerifyReport) => void
}

/** A folder that somebody wrote to while it was read as one at rest is opened once more: what was torn is read again. */
async function verifyLogs(target: LogTarget, run: Run): Promise<readonly Verdict[]> {
  const verdicts = new Map<string, Verdict>()
  for (let tries = OPENED_MAX; ; tries--) {
    const opened = await open(target, run)
    try {
      if (opened.logs.length === 0) throw misused(`${run.options.target} holds no log at all.`)
      if (await verifyEach(opened, run, verdicts, tries === 1)) return [...verdicts.values()]
    } finally {
      opened.close()
    }
  }
}

const OPENED_MAX = 2

function open(target: LogTarget, { options, io }: Run): Promise<OpenedTarget> {
  const said = options.key ?? (io.env['SEALEDLOG_KEY'] || undefined)
  const key = said ?? (target.kind === 'server' ? io.keyOf?.(target.url) : undefined)
  if (key !== undefined && !KEY.test(key)) throw misused('SEALEDLOG_KEY has characters that no key has.')
  if (target.kind === 'server' && isReadable(target.url))
    io.stderr.write('The key travels over plain HTTP, readable on the way. Use https:// where there is one.\n')
  return openTarget(target, {
    ...(options.org === undefined ? {} : { org: options.org }),
    ...(key === undefined ? {} : { key }),
  })
}

/** Whether others on the way can read along. */
const isReadable = (url: string): boolean =>
  /^http:\/\/(?!(?:[^/:]+\.)?localhost(?:[:/]|$)|127\.\d+\.\d+\.\d+(?:[:/]|$)|\[::1\])/i.test(url)

/** Verifies what has no verdict yet. False as soon as what was read may be torn, unless it is the last try. */
async function verifyEach(
  opened: OpenedTarget,
  run: Run,
  verdicts: Map<string, Verdict>,
  isLast: boolean,
): Promise<boolean> {
  for (const log of opened.logs.filter(({ source }) => !verdicts.has(source.name))) {
    const report = await verifyOne(log, run)
    if (opened.isDisturbed() && !isLast) return false
    run.print(report)
    verdicts.set(log.source.name, report.verdict)
    await keep(log, report, run)
  }
  return true
}

async function verifyOne(log: OpenedLog, { options, trust, memory, io }: Run): Promise<VerifyReport> {
  const bar = new Bar(io, io.stderr.isTTY === true && !options.json)
  try {
    return await verifyOpened(log, {
      trust,
      memory,
      threads: options.threads ?? availableParallelism(),
      onProgress: (done, total) => bar.show(done, total, formatCounted(done, 'entry', 'entries')),
      ...(io.otherCheck ? { otherCheck: io.otherCheck } : {}),
    })
  } finally {
    bar.end()
  }
}

/** What cannot be kept is said: the verification stands. */
async function keep(log: OpenedLog, report: VerifyReport, { memory, trust, io }: Run): Promise<void> {
  if (memory === undefined) return
  try {
    await remember(memory, log, report, trust, formatTime((io.nowMs ?? Date.now)()))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    io.stderr.write(`${visible(`What was verified could not be remembered in ${memory.folder}: ${why}.`)}\n`)
  }
}
