/** `git log` as commits: read from its NUL-separated form, a commit at a time, however long a history or a commit is. */
import { BOUNDS } from '@sealedlog/sdk/event'
import { gitOutput, type Repository } from './git.js'

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
  /** what it changed; undefined for merges, and where a shallow clone cannot know */
  readonly changed?: Changed
  /** a shallow clone has nothing before it */
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
const LOG = [
  ...[...CONFIG, 'log', '--reverse', '-z', '--no-color', '--no-ext-diff', '--no-textconv', '--no-relative'],
  ...['--diff-algorithm=myers', '--find-renames', '-l1000', '--numstat', `--format=${FIELDS.join('%x00')}`],
]

/** The history of HEAD, oldest first. */
export async function* readCommits(repository: Repository, commitsMax?: number): AsyncGenerator<Commit> {
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
    const isCutOff = this.#cutOff.has(sha)
    const isMerge = parents.includes(' ')
    const commit: Commit = {
      sha,
      parents: parents === '' ? [] : parents.split(' '),
      author: { name: an, email: ae, atSeconds: secondsOf(at) },
      committer: { name: cn, email: ce, atSeconds: secondsOf(ct) },
      subject,
      body: body.trimEnd(),
      files: isCutOff ? [] : this.#files,
      ...(isCutOff || isMerge ? {} : { changed: this.#changed }),
      isCutOff,
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
