/** What a person trusts: keys, old checkpoints and witnesses, read from where the options say. */
import { existsSync, realpathSync } from 'node:fs'
import { sep } from 'node:path'
import { AuditError } from '../base/index.js'
import { NOTE_BYTES_MAX, parsePolicy, parseVerifierKey, POLICY_BYTES_MAX, QUORUM_NONE } from '../merkle/index.js'
import { misused, type VerifyArguments } from './arguments.js'
import { readText } from './files.js'
import { sizeOf } from './notes.js'

export interface Trust {
  /** verifier keys, from elsewhere than the log itself */
  readonly vkeys: readonly string[]
  /** signed notes */
  readonly old: readonly string[]
  readonly policy?: string
  /** what is to be said beside: keys that are worth nothing */
  readonly notes: readonly string[]
}

/**
 * Reads what the options name.
 *
 * @param folder of a target that is one: a key from inside of it vouches for nothing
 * @throws AuditError `invalid_configuration` naming the option
 */
export async function readTrust(options: VerifyArguments, folder: string | undefined): Promise<Trust> {
  const notes: string[] = []
  const vkeys: string[] = []
  for (const said of options.vkeys) {
    if (folder !== undefined && isInside(said, folder))
      notes.push(`${said} comes from the place that is verified: it proves nothing by itself.`)
    else vkeys.push(...(await readVkeys(said)))
  }
  const old = await Promise.all(options.olds.map(readCheckpoint))
  const policy = await readPolicy(options)
  return { vkeys, old, notes, ...(policy === undefined ? {} : { policy }) }
}

const isVkey = (text: string): boolean => {
  try {
    parseVerifierKey(text)
    return true
  } catch {
    return false
  }
}

function isInside(said: string, folder: string): boolean {
  if (isVkey(said) || !existsSync(said)) return false
  return (realpathSync(said) + sep).startsWith(realpathSync(folder) + sep)
}

async function readVkeys(said: string): Promise<readonly string[]> {
  if (isVkey(said)) return [said]
  const text = await readText(said, NOTE_BYTES_MAX)
  const lines = (text ?? '').split('\n').map((line) => line.trim())
  const vkeys = lines.filter((line) => line !== '' && !line.startsWith('#'))
  if (vkeys.length > 0 && vkeys.every(isVkey)) return vkeys
  throw misused(`--vkey ${short(said)} is neither a verifier key (name+id+key) nor a file of such lines.`)
}

async function readCheckpoint(path: string): Promise<string> {
  const text = await readText(path, NOTE_BYTES_MAX)
  if (text === undefined) throw misused(`--old ${short(path)}: there is no such file. Name one with a checkpoint.`)
  try {
    sizeOf(text)
    return text
  } catch (error) {
    throw misused(`--old ${short(path)} holds no checkpoint. ${error instanceof AuditError ? error.message : ''}`)
  }
}

const short = (said: string): string => JSON.stringify(said.slice(0, 100))

/** The policy of a file, or one that demands each of the witnesses that are named. */
async function readPolicy({ policy: path, witnesses }: VerifyArguments): Promise<string | undefined> {
  if (path === undefined) return witnesses.length === 0 ? undefined : demandAll(witnesses)
  if (witnesses.length > 0) throw misused('--witness and --policy are one too many. Name the witnesses in the policy.')
  const text = await readText(path, POLICY_BYTES_MAX)
  if (text === undefined) throw misused(`--policy ${short(path)}: there is no such file.`)
  parsePolicy(text)
  return text
}

/** The group of those that the option names. */
const GROUP = '--witness'

/** @throws AuditError `invalid_configuration` when a key is no witness's */
function demandAll(vkeys: readonly string[]): string {
  const bad = vkeys.find((vkey) => !isVkey(vkey))
  if (bad !== undefined) throw misused(`--witness ${short(bad)} is no verifier key (name+id+key).`)
  const unique = [...new Set(vkeys)]
  const names = unique.map((vkey) => parseVerifierKey(vkey).name)
  // What a policy calls a witness is told further: its own name, where no two things would be called the same.
  const isClear = new Set([...names, GROUP, QUORUM_NONE]).size === names.length + 2
  const called = unique.map((vkey, i) => [isClear ? (names[i] ?? '') : `w${i + 1}`, vkey] as const)
  const text = [
    ...called.map(([name, vkey]) => `witness ${name} ${vkey}`),
    `group ${GROUP} all ${called.map(([name]) => name).join(' ')}`,
    `quorum ${GROUP}`,
    '',
  ].join('\n')
  parsePolicy(text)
  return text
}
