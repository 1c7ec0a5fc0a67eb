/** The command line of the verifier: its options, its help, and what of it is wrong. */
import { parseArgs } from 'node:util'
import { AuditError, nearestName } from '../base/index.js'

export interface VerifyArguments {
  readonly target: string
  readonly org?: string
  readonly key?: string
  /** verifier keys, or files of them */
  readonly vkeys: readonly string[]
  /** files with checkpoints that were kept */
  readonly olds: readonly string[]
  /** verifier keys of witnesses that must have signed */
  readonly witnesses: readonly string[]
  /** a file with a witness policy */
  readonly policy?: string
  readonly json: boolean
  /** undefined: as many as there are cores */
  readonly threads?: number
  readonly remember: boolean
  readonly state?: string
}

export type Asked = VerifyArguments | 'help' | 'version'

const OPTIONS = {
  org: { type: 'string' },
  key: { type: 'string' },
  vkey: { type: 'string', multiple: true },
  old: { type: 'string', multiple: true },
  witness: { type: 'string', multiple: true },
  policy: { type: 'string' },
  json: { type: 'boolean' },
  threads: { type: 'string' },
  'no-remember': { type: 'boolean' },
  state: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
} as const

const THREADS_MAX = 256

export const helpOf = (program: string): string => `Usage: ${program} <target> [options]

Verifies a log without believing whoever holds it.

<target> is a server's address, a data folder, the folder of a bundle, or a file of evidence.

Options:
  --org <id>           the organization; without it, all that the target holds
  --key <key>          of a server: an API key (environment: SEALEDLOG_KEY)
  --vkey <vkey|file>   a verifier key of the log that you have from elsewhere; may be repeated
  --old <file>         a checkpoint that you kept: the log must have grown from it; may be repeated
  --witness <vkey>     a witness that must have signed; may be repeated
  --policy <file>      witnesses as a C2SP policy: it must hold
  --json               for programs: a report as JSON on a line
  --threads <number>   threads that check; 0 is none besides the main one (default: all cores)
  --no-remember        neither uses nor keeps what was verified before
  --state <folder>     where that is kept (default: ~/.local/state/sealedlog/checkpoints)
  -V, --version        the version
  -h, --help           this

Exit codes: 0 verified, 1 not verified, 2 could not be checked.
`

/**
 * Reads the arguments.
 *
 * @param defaultTarget what is meant where nothing is said
 * @throws AuditError `invalid_configuration` naming what is wrong
 * @example
 * readArguments(['./data', '--org', 'acme']) // { target: './data', org: 'acme', … }
 */
export function readArguments(argv: readonly string[], defaultTarget?: string): Asked {
  const { values, positionals } = parse(argv)
  if (values.help === true) return 'help'
  if (values.version === true) return 'version'
  const [target = defaultTarget, ...others] = positionals
  if (target === undefined)
    throw misused('There is no target. Name a folder, a file of evidence or a server’s address.')
  if (others.length > 0) throw misused(`One target at a time: ${others[0]} is a second one.`)
  const { org, key, policy, state } = values
  if (org !== undefined && !ORG.test(org)) throw misused('--org is no organization’s id: letters, digits and . _ : -')
  if (key !== undefined && !KEY.test(key)) throw misused('--key has characters that no key has.')
  return {
    target,
    ...(org === undefined ? {} : { org }),
    ...(key === undefined ? {} : { key }),
    ...(policy === undefined ? {} : { policy }),
    ...(state === undefined ? {} : { state }),
    ...(values.threads === undefined ? {} : { threads: readThreads(values.threads) }),
    vkeys: values.vkey ?? [],
    olds: values.old ?? [],
    witnesses: values.witness ?? [],
    json: values.json === true,
    remember: values['no-remember'] !== true,
  }
}

const ORG = /^[A-Za-z0-9._:-]{1,128}$/
export const KEY = /^[\x21-\x7e]{1,512}$/

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true, strict: true })
  } catch (error) {
    const why = (error instanceof Error ? error.message : String(error)).replaceAll('\n', ' ')
    const unknown = /^Unknown option '(-[^']*)'/.exec(why)?.[1]
    throw misused(unknown === undefined ? `${why}.`.replace(/\.\.$/, '.') : tellUnknown(unknown))
  }
}

function tellUnknown(option: string): string {
  const near = nearestName(option.replace(/^-+/, ''), Object.keys(OPTIONS))
  const hint = near === undefined ? '' : ` Did you mean --${near}?`
  return `There is no option ${option}.${hint} --help says which there are.`
}

function readThreads(text: string): number {
  const threads = /^\d{1,3}$/.test(text) ? Number(text) : NaN
  if (threads <= THREADS_MAX) return threads
  throw misused(`--threads is ${JSON.stringify(text.slice(0, 20))}; expected a number from 0 to ${THREADS_MAX}.`)
}

export const misused = (message: string): AuditError => new AuditError('invalid_configuration', message)
