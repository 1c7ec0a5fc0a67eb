/** `sealedlog serve`: the server, until a signal drains it. */
import { relative } from 'node:path'
import type { Command } from 'commander'
import { AuditError } from '@sealedlog/sdk/base'
import { DEFAULT_HOST, DEFAULT_PORT } from '../places.js'
import type { RunningServer, ServerOptions } from '../server.js'
import { EXIT } from './exit.js'
import type { AddCommand } from './command.js'
import { marksPath } from './marks-path.js'
import { keepYoungGeneration } from './runtime.js'
import { type SinkOptionTexts, sinkOptions } from './sink-options.js'

interface ServeOptions extends SinkOptionTexts {
  readonly data: string
  readonly host: string
  readonly port: string
  readonly originBase?: string
  readonly logLevel?: string
  readonly signer?: string
  readonly marks?: string
  readonly scrubRate?: string
  readonly rateKey?: string
  readonly rateOrganization?: string
}

const SECONDS_MAX = 86_400
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'silent']

export const serveCommand: AddCommand = (program: Command, finish) => {
  program
    .command('serve')
    .description('Serve the log of a data folder. SIGTERM and Ctrl-C drain and close.')
    .option('--data <folder>', 'the data folder', './data')
    .option('--host <address>', 'the address to listen on', DEFAULT_HOST)
    .option('--port <number>', 'the port to listen on; 0 picks a free one', String(DEFAULT_PORT))
    .option('--origin-base <name>', 'the base of log origins, such as audit.example.com; settled at the first start')
    .option('--rate-key <number>', 'events a second that one key may send; 0 is no limit')
    .option('--rate-organization <number>', 'events a second that one organization may send; 0 is no limit')
    .option('--signer <module>', 'a JavaScript module that makes what signs, such as a KMS, in place of the seed')
    .option('--marks <file>', 'the high-water marks; beside the data folder unless it is said, better on another disk')
    .option('--scrub-rate <number>', 'entries a second that are hashed again in the background; 0 for none')
    .option('--policy <file>', 'a tlog-policy: its witnesses are asked to cosign every checkpoint')
    .option('--witness-interval <seconds>', 'how often witnesses are asked, where something changed; 10')
    .option('--anchor <folder>', 'a folder that checkpoints are added to, better on another machine')
    .option('--anchor-interval <seconds>', 'how often; 3600')
    .option('--log-level <level>', `${LOG_LEVELS.join(', ')}; info where nobody watches, else warn`)
    .action(async (options: ServeOptions) => {
      await serve(options)
      finish(EXIT.ok)
    })
}

async function serve(options: ServeOptions): Promise<void> {
  const stopped = nextSignal()
  // Loaded here alone: no other command needs a server, and loading one takes longer than most commands run.
  const { startServer } = await import('../server.js')
  const server = await startServer(toServerOptions(options))
  keepYoungGeneration()
  announce(server)
  await stopped
  process.stdout.write('Draining…\n')
  await server.close()
  process.stdout.write('Closed.\n')
}

function toServerOptions(options: ServeOptions): ServerOptions {
  const { rateKey, rateOrganization, scrubRate } = options
  const marks = marksPath(options.marks)
  const { SEALEDLOG_ROOT_KEY: rootKey, SEALEDLOG_SIGNING_SEED: signingSeed } = process.env
  return {
    data: options.data,
    host: options.host,
    port: wholeNumber('--port', options.port, 65_535),
    logger: { level: logLevel(options.logLevel), stream: process.stderr },
    rates: {
      ...(rateKey === undefined ? {} : { perKey: wholeNumber('--rate-key', rateKey, 1e9) }),
      ...(rateOrganization === undefined
        ? {}
        : { perOrganization: wholeNumber('--rate-organization', rateOrganization, 1e9) }),
    },
    ...(options.originBase === undefined ? {} : { originBase: options.originBase }),
    ...(options.signer === undefined ? {} : { signerModule: options.signer }),
    ...(marks === undefined ? {} : { marks }),
    sinks: sinkOptions(options, (option, text) => wholeNumber(option, text, SECONDS_MAX)),
    ...(scrubRate === undefined ? {} : { scrubRate: wholeNumber('--scrub-rate', scrubRate, 1e6) }),
    ...(rootKey === undefined ? {} : { rootKey }),
    ...(signingSeed === undefined ? {} : { signingSeed }),
  }
}

function wholeNumber(option: string, text: string, max: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (value <= max) return value
  throw new AuditError(
    'invalid_configuration',
    `${option} is ${JSON.stringify(text)}; expected a whole number from 0 to ${max}.`,
  )
}

function logLevel(level: string | undefined): string {
  if (level === undefined) return process.stderr.isTTY ? 'warn' : 'info'
  if (LOG_LEVELS.includes(level)) return level
  throw new AuditError(
    'invalid_configuration',
    `--log-level is ${JSON.stringify(level)}; expected ${LOG_LEVELS.join(', ')}.`,
  )
}

/** Resolves at the first SIGTERM or SIGINT. npm and a terminal both pass Ctrl-C on, so one press may arrive twice. */
function nextSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve())
  })
}

/** The last lines of a start: where it is, the key where it is new, and one command that works when pasted. */
function announce({ url, rootKey, rootKeyFile }: RunningServer): void {
  const file = relative(process.cwd(), rootKeyFile)
  const fromEnvironment = process.env.SEALEDLOG_ROOT_KEY !== undefined
  const key = rootKey.made ? rootKey.value : fromEnvironment ? '$SEALEDLOG_ROOT_KEY' : `$(cat ${quote(file)})`
  const lines = [
    '',
    `Sealedlog is at ${url}`,
    ...(rootKey.made ? [`Root key: ${rootKey.value} (also in ${file})`] : []),
    'Record a first event:',
    `curl -s ${url}/v1/events -H "Authorization: Bearer ${key}" -H 'Sealedlog-Organization: default' -H 'Content-Type: application/json' -d '${FIRST_EVENT}'`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

const FIRST_EVENT = JSON.stringify({
  type: 'api_key.created',
  actor: { type: 'user', id: 'user_1', name: 'Ada' },
  targets: [{ type: 'api_key', id: 'key_1' }],
})

const quote = (path: string): string => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`)
