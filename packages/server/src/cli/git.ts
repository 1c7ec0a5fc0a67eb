/** Asking git: what it says, as it says it, without a shell in between. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { misused } from './connection.js'
import { visible } from './terminal.js'

type Git = ChildProcessByStdio<null, Readable, Readable>

const COMPLAINT_CHARS_MAX = 2_048
const ANSWER_CHARS_MAX = 1_048_576

/** Variables by which another program says which repository it is in: here the folder alone says so. */
const LOCAL_VARIABLES = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_COMMON_DIR', 'GIT_OBJECT_DIRECTORY']

/**
 * What git writes to its output, as it comes. Whoever stops reading stops git.
 *
 * @throws AuditError `invalid_configuration` where git is not installed, or says that it cannot
 */
export async function* gitOutput(folder: string, args: readonly string[]): AsyncGenerator<Uint8Array> {
  const git = start(folder, args)
  let complaint = ''
  git.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (complaint.length < COMPLAINT_CHARS_MAX) complaint += text
  })
  const ended = once(git, 'close').then(
    ([code]: unknown[]) => code as number | null,
    (error: NodeJS.ErrnoException) => error,
  )
  try {
    for await (const chunk of git.stdout) yield chunk as Uint8Array
    const result = await ended
    if (result !== 0) throw cannot(folder, result, complaint)
  } finally {
    git.kill()
  }
}

function start(folder: string, args: readonly string[]): Git {
  const env = { ...process.env }
  for (const name of LOCAL_VARIABLES) delete env[name]
  // Neither replaced objects nor fetched ones: the history as it stands here. Complaints in English, for the log.
  Object.assign(env, { GIT_NO_REPLACE_OBJECTS: '1', GIT_NO_LAZY_FETCH: '1', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' })
  return spawn('git', ['--no-pager', '-C', folder, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
}

function cannot(folder: string, result: number | null | NodeJS.ErrnoException, complaint: string): Error {
  if (result instanceof Error) {
    return misused(`git cannot be started (${result.code ?? result.message}). Install it, or put it on the PATH.`)
  }
  const [line = ''] = complaint.trim().split('\n')
  const said = line === '' ? `it ended with ${result}` : line
  return misused(
    `git cannot read ${visible(folder)} (${visible(said)}). Name the folder of a checkout: sealedlog demo FOLDER`,
  )
}

async function ask(folder: string, args: readonly string[]): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of gitOutput(folder, args)) {
    if (text.length < ANSWER_CHARS_MAX) text += decoder.decode(chunk, { stream: true })
  }
  return text.replace(/\n$/, '')
}

const askOr = (other: string, folder: string, args: readonly string[]): Promise<string> =>
  ask(folder, args).catch(() => other)

export interface Repository {
  readonly folder: string
  /** as its origin calls it, else as its folder is called */
  readonly name: string
  readonly commits: number
  /** commits whose parents a shallow clone left behind, so that nobody here knows what they changed */
  readonly cutOff: ReadonlySet<string>
}

/**
 * The repository that a folder is in.
 *
 * @param commitsMax how many commits will be read, newest first
 * @throws AuditError `invalid_configuration` where there is no git, no repository or no commit
 */
export async function openRepository(folder: string, commitsMax: number | undefined): Promise<Repository> {
  const gitFolder = await ask(folder, ['rev-parse', '--absolute-git-dir'])
  if ((await askOr('', folder, ['rev-parse', '--verify', '--quiet', 'HEAD'])) === '') {
    throw misused(`The repository of ${visible(folder)} has no commits yet. Make one, or name another folder.`)
  }
  const newest = commitsMax === undefined ? [] : [`--max-count=${commitsMax}`]
  return {
    folder,
    name: await nameOf(folder, gitFolder),
    commits: Number(await ask(folder, ['rev-list', '--count', ...newest, 'HEAD'])),
    cutOff: await readCutOff(folder),
  }
}

/** The last step of where it was cloned from: never the rest, which may hold a password. */
async function nameOf(folder: string, gitFolder: string): Promise<string> {
  const origin = await askOr('', folder, ['config', '--get', 'remote.origin.url'])
  const top = await askOr(gitFolder, folder, ['rev-parse', '--show-toplevel'])
  const steps = [origin.replace(/[?#].*$/s, ''), top].map((path) => basename(path.replace(/(?:\/?\.git)?\/*$/, '')))
  return steps.map((step) => step.slice(step.lastIndexOf(':') + 1)).find((step) => step !== '') ?? 'repository'
}

/** The parents that a commit itself names, where a shallow clone shows none. */
export async function parentsOf(folder: string, sha: string): Promise<readonly string[]> {
  const [head = ''] = (await ask(folder, ['cat-file', 'commit', sha])).split('\n\n', 1)
  return Array.from(head.matchAll(/^parent ([0-9a-f]+)$/gm), ([, parent = '']) => parent)
}

async function readCutOff(folder: string): Promise<ReadonlySet<string>> {
  const path = resolve(folder, await ask(folder, ['rev-parse', '--git-path', 'shallow']))
  const text = await readFile(path, 'utf8').catch(() => '')
  return new Set(text.split('\n').filter((line) => line !== ''))
}
