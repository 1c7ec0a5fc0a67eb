/** `git log` as commits: read from its NUL-separated form, a commit at a time, however long a history or a commit is. */
import { BOUNDS } from '@sealedlog/sdk/event'
import { gitOutput, parentsOf, type Repository } from './git.js'

/** Author or committer, as the commit says it. */
export interface Person {
  readonly name: string
  readonly email: string
  /** Unix seconds; undefined where the commit says no time that git can read */
  readonly atSeconds: number | undefined
}

export interface ChangedFile {
  readonly path: string
  readonly renamedFrom?: string
}

export interface Commit {
  readonly sha: string
  readonly parents: readonly string[]
  readonly author: Person
  readonly committer: Person
  readonly subject: string
  readonly body: string
  /** the first `FILES_KEPT_MAX` of those it changed */
  readonly files: readonly ChangedFile[]
  /** what it changed; undefined for merges, and where it is cut off */
  readonly changed?: Changed
  /** a shallow clone has not what was before it, and so not what it changed */
  readonly isCutOff: boolean
}

export interface Changed {
  files: number
  insertions: number
  deletions: number
  binaries: number
}

/** The commit itself is the first target. */
export const FILES_KEPT_MAX = BOUNDS.TARGETS_MAX - 1

const FIELDS = ['%H', '%P', '%an', '%ae', '%at', '%cn', '%ce', '%ct', '%s', '%b'] as const
/** Whatever the machine is configured to, the same history gives the same events. */
const CONFIG = ['-c', 'log.showRoot=true', '-c', 'log.showSignature=false', '-c', 'i18n.logOutputEncoding=UTF-8']
const DIFF = ['--no-ext-diff', '--no-textconv', '--no-relative', '-O/dev/null', '--diff-algorithm=myers']
const RENAMES = ['--find-renames', '-l1000']
const FORM = ['--reverse', '-z', '--no-color', '--numstat', `--format=${FIELDS.join('%x00')}`]
const LOG = [...CONFIG, 'log', ...DIFF, ...RENAMES, ...FORM]

/** The history of HEAD, oldest first. */
export async function* readCommits(repository: Repository, commitsMax?: number): AsyncGenerator<Commit> {
  for await (const commit of readShown(repository, commitsMax)) {
    if (commit.isCutOff) yield cutOff(commit, await parentsOf(repository.folder, commit.sha))
    else yield commit
  }
}

/** What git shows as the change of a commit that is cut off is every file that there is. */
function cutOff({ changed: _changed, ...commit }: Commit, parents: readonly string[]): Commit {
  // Of a merge nothing is missing: it has no files of its own.
  return { ...commit, parents, files: [], isCutOff: parents.length < 2 }
}

async function* readShown(repository: Repository, commitsMax: number | undefined): AsyncGenerator<Commit> {
  const newest = commitsMax === undefined ? [] : [`--max-count=${commitsMax}`]
  const reader = new CommitReader(repository.cutOff)
  const cutter = new TokenCutter()
  for await (const chunk of gitOutput(repository.folder, [...LOG, ...newest, 'HEAD', '--'])) {
    for (const token of cutter.cut(chunk)) {
      const commit = reader.take(token)
      if (commit !== undefined) yield commit
    }
  }
  const last = reader.end()
  if (last !== undefined) yield last
}

/** More than an event has room for: what stands beyond it in a message or a path is not kept. */
const TOKEN_BYTES_MAX = 65_536

/** Cuts chunks at NULs. It holds one unfinished token at most, and of one that is too long its beginning. */
export class TokenCutter {
  #parts: Uint8Array[] = []
  #length = 0

  /** The tokens that a chunk finishes. */
  cut(chunk: Uint8Array): readonly Uint8Array[] {
    const tokens: Uint8Array[] = []
    for (let start = 0; start < chunk.length; ) {
      const nul = chunk.indexOf(0, start)
      this.#keep(chunk.subarray(start, nul === -1 ? chunk.length : nul))
      if (nul === -1) break
      tokens.push(Buffer.concat(this.#parts))
      this.#parts = []
      this.#length = 0
      start = nul + 1
    }
    return tokens
  }

  #keep(part: Uint8Array): void {
    const kept = part.subarray(0, TOKEN_BYTES_MAX - this.#length)
    if (kept.length === 0) return
    this.#parts.push(Uint8Array.from(kept))
    this.#length += kept.length
  }
}

/** `12⇥3⇥path`, `-⇥-⇥path` for a binary; without a path, where two tokens follow: from and to. */
const NUMSTAT = /^\n?(\d+|-)\t(\d+|-)\t/

/**
 * Makes commits of tokens: the fields of a commit, then a token for each file (three for one that was renamed).
 * A token that is neither is the next commit's first: a hash never looks like a file's line.
 */
class CommitReader {
  readonly #cutOff: ReadonlySet<string>
  #fields: Uint8Array[] = []
  #files: ChangedFile[] = []
  #changed: Changed = nothing()
  /** the two paths of a rename, as far as they came */
  #renamed: string[] | undefined

  constructor(cutOff: ReadonlySet<string>) {
    this.#cutOff = cutOff
  }

  /** The commit that a token shows to be complete, if it does. */
  take(token: Uint8Array): Commit | undefined {
    if (this.#fields.length < FIELDS.length) {
      this.#fields.push(token)
      return undefined
    }
    if (this.#renamed !== undefined) {
      this.#takeRenamed(token, this.#renamed)
      return undefined
    }
    // A path may hold any byte: as Latin-1 each is a character, and none is lost.
    const counts = NUMSTAT.exec(Buffer.from(token).toString('latin1'))
    if (counts === null) {
      const commit = this.end()
      this.#fields.push(token)
      return commit
    }
    this.#count(counts[1] ?? '', counts[2] ?? '')
    const path = token.subarray(counts[0].length)
    if (path.length === 0) this.#renamed = []
    else this.#keep({ path: pathOf(path) })
    return undefined
  }

  /** The commit that is complete when nothing follows. */
  end(): Commit | undefined {
    if (this.#fields.length < FIELDS.length) return undefined
    const [sha = '', parents = '', an = '', ae = '', at = '', cn = '', ce = '', ct = '', subject = '', body = ''] =
      this.#fields.map(textOf)
    const commit: Commit = {
      sha,
      parents: parents === '' ? [] : parents.split(' '),
      author: { name: an, email: ae, atSeconds: secondsOf(at) },
      committer: { name: cn, email: ce, atSeconds: secondsOf(ct) },
      subject,
      body: body.trimEnd(),
      files: this.#files,
      ...(parents.includes(' ') ? {} : { changed: this.#changed }),
      isCutOff: this.#cutOff.has(sha),
    }
    this.#fields = []
    this.#files = []
    this.#changed = nothing()
    return commit
  }

  #takeRenamed(token: Uint8Array, renamed: string[]): void {
    renamed.push(pathOf(token))
    const [renamedFrom, path] = renamed
    if (renamedFrom === undefined || path === undefined) return
    this.#keep({ path, renamedFrom })
    this.#renamed = undefined
  }

  #keep(file: ChangedFile): void {
    if (this.#files.length < FILES_KEPT_MAX) this.#files.push(file)
  }

  #count(insertions: string, deletions: string): void {
    this.#changed.files += 1
    if (insertions === '-') this.#changed.binaries += 1
    this.#changed.insertions += Number(insertions === '-' ? 0 : insertions)
    this.#changed.deletions += Number(deletions === '-' ? 0 : deletions)
  }
}

const nothing = (): Changed => ({ files: 0, insertions: 0, deletions: 0, binaries: 0 })

/** What is no UTF-8 shows as U+FFFD, as everywhere. */
const lenient = new TextDecoder('utf-8', { ignoreBOM: true })
const strict = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true })

const textOf = (token: Uint8Array): string => lenient.decode(token)

/** A path that is no UTF-8 is spelled as git spells it, in octal: two files that differ never look alike. */
function pathOf(token: Uint8Array): string {
  try {
    return strict.decode(token)
  } catch {
    return Array.from(token, (byte) =>
      byte < 128 ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`,
    ).join('')
  }
}

const secondsOf = (text: string): number | undefined => (/^\d{1,15}$/.test(text) ? Number(text) : undefined)
