/**
 * What a verifier remembers of the logs that it verified: the last checkpoint and the keys of each, in files of its own.
 *
 * A log that once was verified is held to it: it may have grown since, and nothing else. Whoever deletes the files starts
 * over; they prove nothing to others.
 */
import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { AuditError, isJsonArray, isJsonObject, type Json, type JsonObject, parseText } from '../base/index.js'
import { NOTE_BYTES_MAX } from '../merkle/index.js'
import { readText } from './files.js'
import { sizeOf } from './notes.js'

/** A log as it was verified last. */
export interface Remembered {
  readonly origin: string
  /** trusted since they were first seen, or said */
  readonly vkeys: readonly string[]
  /** the signed note that was verified */
  readonly checkpoint: string
  /** RFC 3339 */
  readonly first_verified_at: string
  readonly verified_at: string
}

/** Where a log was found: the same place should go on showing the same log. */
export interface Place {
  /** a server's address, or the real path of a folder */
  readonly target: string
  readonly org: string
}

const VERSION = 1
const BYTES_MAX = 2 * NOTE_BYTES_MAX

/** `$XDG_STATE_HOME/sealedlog/checkpoints`, by default below ~/.local/state (XDG Base Directory Specification). */
export function defaultStateFolder(env: Readonly<Record<string, string | undefined>>): string {
  const { XDG_STATE_HOME: state } = env
  return join(state?.startsWith('/') ? state : join(homedir(), '.local', 'state'), 'sealedlog', 'checkpoints')
}

export class Memory {
  readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  /** @throws AuditError `invalid_configuration` when what is there cannot be read */
  async ofOrigin(origin: string): Promise<Remembered | undefined> {
    const value = await this.#read(`${nameOf('origin', origin)}.json`)
    if (value === undefined) return undefined
    const { vkeys, checkpoint, first_verified_at, verified_at } = value
    const isWhole =
      value['origin'] === origin &&
      isJsonArray(vkeys ?? null) &&
      typeof checkpoint === 'string' &&
      typeof first_verified_at === 'string' &&
      typeof verified_at === 'string'
    if (!isWhole) throw this.#unreadable(`${nameOf('origin', origin)}.json`)
    return { origin, vkeys: (vkeys as readonly Json[]).map(String), checkpoint, first_verified_at, verified_at }
  }

  /** The origin of the log that was at a place. */
  async originAt(place: Place): Promise<string | undefined> {
    const name = `${nameOf('place', place.target, place.org)}.json`
    const value = await this.#read(name)
    if (value === undefined) return undefined
    if (typeof value['origin'] !== 'string') throw this.#unreadable(name)
    return value['origin']
  }

  /**
   * Remembers a log that was verified; a checkpoint of more entries that is remembered already stays.
   *
   * @throws an error of the file system when it cannot be written
   */
  async keep(
    log: Omit<Remembered, 'first_verified_at' | 'verified_at'>,
    place: Place | undefined,
    at: string,
  ): Promise<void> {
    const before = await this.ofOrigin(log.origin)
    const isOlder = before !== undefined && sizeOf(before.checkpoint) > sizeOf(log.checkpoint)
    this.#write(`${nameOf('origin', log.origin)}.json`, {
      v: VERSION,
      origin: log.origin,
      vkeys: log.vkeys,
      checkpoint: isOlder ? before.checkpoint : log.checkpoint,
      first_verified_at: before?.first_verified_at ?? at,
      verified_at: isOlder ? before.verified_at : at,
    })
    if (place === undefined) return
    const { target, org } = place
    this.#write(`${nameOf('place', target, org)}.json`, { v: VERSION, target, org, origin: log.origin })
  }

  async #read(name: string): Promise<JsonObject | undefined> {
    const text = await readText(join(this.folder, name), BYTES_MAX)
    if (text === undefined) return undefined
    const value = parse(text)
    if (!isJsonObject(value) || value['v'] !== VERSION) throw this.#unreadable(name)
    return value
  }

  /** Written beside, then renamed: it is there whole or as it was. */
  #write(name: string, value: object): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 })
    const path = join(this.folder, name)
    const fresh = `${path}.${randomUUID()}`
    try {
      writeFileSync(fresh, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600, flush: true })
      renameSync(fresh, path)
    } catch (error) {
      rmSync(fresh, { force: true })
      throw error
    }
  }

  #unreadable(name: string): AuditError {
    return new AuditError(
      'invalid_configuration',
      `${join(this.folder, name)} is no memory of this version. Put it right, delete it to start over, or say --no-remember.`,
    )
  }
}

function parse(text: string): Json {
  try {
    return parseText(text)
  } catch {
    return null
  }
}

/** A name for a file that says nothing and clashes with nothing. */
const nameOf = (kind: string, ...values: readonly string[]): string =>
  `${kind}-${createHash('sha256').update(values.join('\n')).digest('hex').slice(0, 40)}`
