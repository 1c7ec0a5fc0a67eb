/** How a command finds its server: the options that all of them share, and the checks before anything is sent. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, Option } from 'commander'
import { AuditError } from '@sealedlog/sdk/base'
import { orgShape } from '@sealedlog/sdk/event'
import { DEFAULT_HOST, DEFAULT_PORT, ROOT_KEY_FILE } from '../places.js'
import { Client, type ClientOptions } from './client.js'

export interface ConnectionOptions {
  readonly url: string
  readonly key?: string
  readonly org?: string
  readonly json?: true
}

/** Where `serve` leaves the root key unless it is told otherwise. */
const LOCAL_ROOT_KEY = join('data', ROOT_KEY_FILE)

export function addConnection(command: Command): Command {
  return command
    .addOption(
      new Option('--url <address>', 'where the server is')
        .env('SEALEDLOG_URL')
        .default(`http://${DEFAULT_HOST}:${DEFAULT_PORT}`),
    )
    .addOption(
      new Option(
        '--key <key>',
        `the key; without one, that of ./${LOCAL_ROOT_KEY} if it exists and the server is on this machine`,
      ).env('SEALEDLOG_KEY'),
    )
    .option('--org <id>', 'the organization, where the key is not bound to one')
    .option('--json', 'for programs: JSON in place of tables')
}

/** @throws AuditError `invalid_configuration` or `missing_key`: before anything is sent, and without the key in it */
export function connect(
  options: ConnectionOptions,
  more: Pick<ClientOptions, 'signal' | 'finishesCalls' | 'onRetry'> = {},
): Client {
  const url = readUrl(options.url)
  const key = options.key || localRootKey(url)
  if (key === undefined)
    throw new AuditError('missing_key', 'There is no key. Give one as SEALEDLOG_KEY in the environment, or by --key.')
  if (!/^[\x21-\x7e]{1,512}$/.test(key)) throw misused('The key has characters that no key has.')
  if (options.org !== undefined && !isOrganizationId(options.org))
    throw misused(
      `--org is ${JSON.stringify(options.org.slice(0, 60))}; expected an organization’s id: letters, digits and . _ : -`,
    )
  return new Client({ url, key, ...(options.org === undefined ? {} : { org: options.org }), ...more })
}

export const misused = (message: string): AuditError => new AuditError('invalid_configuration', message)

function readUrl(text: string): URL {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol))
    throw misused(
      `--url is ${JSON.stringify(text.slice(0, 60))}; expected an address such as https://audit.example.com`,
    )
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw misused('--url is more than an address. Leave out user, password, ? and #; the key goes into SEALEDLOG_KEY.')
  return url
}

/** The root key of this machine's data folder is for this machine's server, and is sent nowhere else. */
export function localRootKey(url: URL): string | undefined {
  const isLocal = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)
  return isLocal && existsSync(LOCAL_ROOT_KEY) ? readFileSync(LOCAL_ROOT_KEY, 'utf8').trim() : undefined
}

const isOrganizationId = (text: string): boolean => text.length <= 128 && orgShape.pattern?.test(text) === true

/** Aborted by Ctrl-C or SIGTERM; a second one ends the process at once. */
export function untilInterrupted(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort())
  return controller.signal
}
