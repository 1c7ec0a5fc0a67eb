/** `sealedlog witness`: a witness for other people's logs, until a signal closes it. */
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { AuditError } from '@sealedlog/sdk/base'
import { DEFAULT_HOST, DEFAULT_WITNESS_PORT } from '../places.js'
import { type KnownLogs, parseLogs, type RunningWitness, startWitness } from '../witness/index.js'
import type { AddCommand } from './command.js'
import { EXIT } from './exit.js'

interface WitnessOptions {
  readonly data: string
  readonly host: string
  readonly port: string
  readonly name?: string
  readonly log: readonly string[]
  readonly logs?: string
  readonly json?: boolean
}

export const witnessCommand: AddCommand = (program: Command, finish) => {
  program
    .command('witness')
    .description('Cosign the checkpoints of other logs, where each has only grown (C2SP tlog-witness).')
    .option('--data <folder>', 'where the witness keeps its key and its memory', './witness')
    .option('--host <address>', 'the address to listen on', DEFAULT_HOST)
    .option('--port <number>', 'the port to listen on; 0 picks a free one', String(DEFAULT_WITNESS_PORT))
    .option(
      '--name <name>',
      'what the witness calls itself, such as witness.example.com/w1; settled at the first start',
    )
    .option('--log <vkey>', 'the verifier key of a log that it knows; once for each', collect, [])
    .option('--logs <file>', 'the same in a file, a key a line; SIGHUP reads it again')
    .option('--json', 'name, key and policy line as JSON')
    .action(async (options: WitnessOptions) => {
      await serve(options)
      finish(EXIT.ok)
    })
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value]

async function serve(options: WitnessOptions): Promise<void> {
  const stopped = nextSignal()
  const logs = readLogs(options)
  if (logs.size === 0 && options.logs === undefined)
    throw new AuditError('invalid_configuration', 'The witness knows no log. Say --log or --logs.')
  const witness = await startWitness({
    data: options.data,
    logs,
    host: options.host,
    port: portOf(options.port),
    onFailure: (error) => void process.stderr.write(`${messageOf(error)}\n`),
    ...(options.name === undefined ? {} : { name: options.name }),
  })
  const reread = (): void => readAgain(witness, options)
  process.on('SIGHUP', reread)
  announce(witness, logs.size, options.json === true)
  await stopped
  process.off('SIGHUP', reread)
  await witness.close()
}

const PORT_MAX = 65_535

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port <= PORT_MAX) return port
  throw new AuditError(
    'invalid_configuration',
    `--port is ${JSON.stringify(text)}; expected a number up to ${PORT_MAX}.`,
  )
}

/** One text of both, so that several keys of one log, said here and there, are known together. */
function readLogs({ log, logs }: WitnessOptions): KnownLogs {
  const said = parseLogs(log.join('\n'), '--log')
  if (logs === undefined) return said
  const read = parseLogs(readFile(logs), logs)
  const origins = new Set([...said.keys(), ...read.keys()])
  return new Map(Array.from(origins, (origin) => [origin, [...(said.get(origin) ?? []), ...(read.get(origin) ?? [])]]))
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new AuditError('invalid_configuration', `--logs ${path} cannot be read: ${messageOf(error)}.`, {
      cause: error,
    })
  }
}

/** A file that is wrong is said so, and the logs that were known stay known. */
function readAgain(witness: RunningWitness, options: WitnessOptions): void {
  try {
    const logs = readLogs(options)
    witness.setLogs(logs)
    process.stderr.write(`${logs.size} logs are known.\n`)
  } catch (error) {
    process.stderr.write(`${messageOf(error)} The logs that were known stay known.\n`)
  }
}

/** The line that goes into a policy: its first word for the witness is the key's own name. */
function announce({ url, name, vkey }: RunningWitness, logs: number, json: boolean): void {
  const policyLine = `witness ${name} ${vkey} ${url}`
  if (json) process.stdout.write(`${JSON.stringify({ object: 'witness', url, name, vkey, policy_line: policyLine })}\n`)
  else
    process.stdout.write(
      `The witness ${name} is at ${url} and knows ${logs} ${logs === 1 ? 'log' : 'logs'}.\nVerifier key: ${vkey}\nFor a policy (with the address that others reach it at):\n${policyLine}\n`,
    )
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Resolves at the first SIGTERM or SIGINT. npm and a terminal both pass Ctrl-C on, so one press may arrive twice. */
function nextSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve())
  })
}
