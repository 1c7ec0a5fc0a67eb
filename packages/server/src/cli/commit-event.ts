/** A commit as an event: whatever git lets a commit hold, within what an event may hold. */
import { formatTime, type Json, TIME_MS_MAX } from '@sealedlog/sdk/base'
import { type Actor, BOUNDS, type Change, type EventInput, type Target } from '@sealedlog/sdk/event'
import type { ChangedFile, Commit, Person } from './git-log.js'

export const CREATED = 'commit.created'
export const MERGED = 'commit.merged'

const PARENTS_MAX = 100
const BODY_CHARS_MAX = BOUNDS.DESCRIPTION_CHARS_MAX
/** Leaves room for what the server adds to each disclosure: a salt and a group's name. */
const EVENT_BYTES_MAX = BOUNDS.EVENT_BYTES_MAX * 0.9
const SHORT_SHA_CHARS = 7
const ONE_LINE_CHARS_MAX = 60

/**
 * The event that records a commit. The same commit always gives the same event, so that saying it again is a no-op.
 *
 * @example
 * eventOfCommit(commit, 'sealedlog') // { id: 'git.1d7c4a4…', type: 'commit.created', … }
 */
export function eventOfCommit(commit: Commit, repository: string): EventInput {
  const { files, body } = commit
  const whole = eventWith(commit, repository, files, body)
  if (fits(whole)) return whole
  // Long paths of characters that JSON escapes: the body goes, then half of the files, until it fits.
  for (let kept = files.length; kept > 0; kept >>= 1) {
    const event = eventWith(commit, repository, files.slice(0, kept), '')
    if (fits(event)) return event
  }
  return eventWith(commit, repository, [], '')
}

const fits = (event: EventInput): boolean => Buffer.byteLength(JSON.stringify(event)) <= EVENT_BYTES_MAX

function eventWith(commit: Commit, repository: string, files: readonly ChangedFile[], body: string): EventInput {
  const { sha, author, subject, parents } = commit
  const name = cut(repository, BOUNDS.REFERENCE_CHARS_MAX)
  const renames = files.filter(({ renamedFrom }) => renamedFrom !== undefined).map(changeOf)
  return {
    id: `git.${sha}`,
    type: parents.length > 1 ? MERGED : CREATED,
    occurred_at: formatTime(instantOf(commit) ?? 0),
    actor: { type: 'user', ...named(author) },
    targets: [{ type: 'commit', id: sha, display_name: oneLine(commit) }, ...files.map(targetOf)],
    project: { id: name, name },
    ...(subject === '' ? {} : { description: cut(subject, BOUNDS.DESCRIPTION_CHARS_MAX) }),
    details: detailsOf(commit, files, body),
    ...(renames.length === 0 ? {} : { changes: renames }),
    metadata: { source: 'git' },
  }
}

/** As `git log --oneline` shows it. */
const oneLine = ({ sha, subject }: Commit): string =>
  cut(`${sha.slice(0, SHORT_SHA_CHARS)} ${subject}`.trimEnd(), ONE_LINE_CHARS_MAX)

/** When it was committed in Unix milliseconds, else when it was written; undefined where it says neither. */
export function instantOf({ committer, author }: Commit): number | undefined {
  const seconds = committer.atSeconds ?? author.atSeconds
  return seconds === undefined ? undefined : seconds * 1_000
}

/** Whether the server would refuse an instant as one that has not come yet: an hour is left for clocks that differ. */
export const isToCome = (ms: number, nowMs: number): boolean =>
  ms > TIME_MS_MAX || ms > nowMs + BOUNDS.AHEAD_MS_MAX - 3_600_000

function detailsOf(commit: Commit, files: readonly ChangedFile[], body: string): { readonly [name: string]: Json } {
  const { sha, parents, author, committer, changed, isCutOff } = commit
  const filesLeftOut = (changed?.files ?? 0) - files.length
  const isOther = author.name !== committer.name || author.email !== committer.email
  return {
    commit: sha,
    parents: parents.slice(0, PARENTS_MAX),
    ...(isCutOff ? { shallow: true } : {}),
    ...(parents.length > PARENTS_MAX ? { parents_left_out: parents.length - PARENTS_MAX } : {}),
    ...(changed === undefined ? {} : formatChanged(changed)),
    ...(filesLeftOut > 0 ? { files_left_out: filesLeftOut } : {}),
    ...(body === '' ? {} : { body: cut(body, BODY_CHARS_MAX) }),
    ...(isOther ? { committer: named(committer) } : {}),
    ...authoredAt(commit),
    ...(instantOf(commit) === undefined ? { undated: true } : {}),
  }
}

function formatChanged({ files, insertions, deletions, binaries }: NonNullable<Commit['changed']>): {
  readonly [name: string]: number
} {
  return { files, insertions, deletions, ...(binaries === 0 ? {} : { binary_files: binaries }) }
}

/** A change that was written earlier than it was committed: rebased, or sent by mail. */
function authoredAt({ author, committer }: Commit): { readonly authored_at?: string } {
  const ms = author.atSeconds === undefined ? Number.NaN : author.atSeconds * 1_000
  return author.atSeconds !== committer.atSeconds && ms <= TIME_MS_MAX ? { authored_at: formatTime(ms) } : {}
}

function named({ name, email }: Person): Pick<Actor, 'name' | 'email'> {
  return {
    ...(name === '' ? {} : { name: cut(name, BOUNDS.NAME_CHARS_MAX) }),
    ...(email === '' ? {} : { email: cut(email, BOUNDS.EMAIL_CHARS_MAX) }),
  }
}

/** A path that is no id any more stands in the name. */
function targetOf({ path }: ChangedFile): Target {
  const id = cut(path, BOUNDS.REFERENCE_CHARS_MAX)
  return { type: 'file', id, ...(id === path ? {} : { name: cut(path, BOUNDS.NAME_CHARS_MAX) }) }
}

const changeOf = ({ path, renamedFrom = '' }: ChangedFile): Change => ({
  path: 'path',
  before: cut(renamedFrom, BOUNDS.NAME_CHARS_MAX),
  after: cut(path, BOUNDS.NAME_CHARS_MAX),
})

/** A text of so many UTF-16 code units at most, whose last is … where something is missing. No character is halved. */
export function cut(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text
  const kept = text.slice(0, charsMax - 1)
  return `${/[\ud800-\udbff]$/.test(kept) ? kept.slice(0, -1) : kept}…`
}
