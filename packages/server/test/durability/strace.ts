/**
 * Reads what strace wrote, and proves from it that every 201 stood on a synced commit.
 *
 * The argument. `strace -f -o FILE` is one observer: a thread that makes a traced call stops at its start and at its
 * end until strace has taken note. So if an end leads to a start (the writer's sync returns, its answer wakes the
 * main thread, that one writes to the socket), the end stands before the start in the file, whatever the threads.
 * Lines are therefore compared by their number, never by their time.
 *
 * A 201 names its commit: its checkpoint's root is 256 bits that no earlier commit can have held. So
 *   1. the first WAL frame that holds that root, and those that hold the ids of its events, are found by their bytes;
 *   2. the commit of that frame ends with the next frame that says how large the database is afterwards (bytes 4 to 8
 *      of its header, sqlite.org/walformat.html): until that frame is on disk, a recovery throws the commit away;
 *   3. after that frame's write has ended, a sync of this WAL must begin, and end with 0;
 *   4. before the first byte of the 201 begins to be written.
 * Other groups' writes may stand anywhere between: they have roots of their own.
 */

/** One system call. */
export interface Call {
  readonly name: string
  /** the file behind its first argument, as `-y` prints it */
  readonly file: string
  /** the text between the parentheses */
  readonly text: string
  readonly result: number
  /** the lines on which it began and ended */
  readonly from: number
  readonly to: number
}

const LINE = /^(\d+) +[\d:.]+ (.*)$/
const WHOLE = /^(\w+)\((.*)\) += (-?\d+|\?)/s
const BEGUN = /^(\w+)\((.*) <unfinished \.\.\.>$/s
const RESUMED = /^<\.\.\. (\w+) resumed>(.*)\) += (-?\d+|\?)/s

/** The calls of a trace, in the order in which they ended. @throws Error where a line is not understood */
export function parseTrace(lines: readonly string[]): Call[] {
  const begun = new Map<string, { readonly name: string; readonly text: string; readonly from: number }>()
  const calls: Call[] = []
  const end = (name: string, text: string, result: string, from: number, to: number) =>
    calls.push({ name, file: fileOf(text), text, result: result === '?' ? -1 : Number(result), from, to })
  lines.forEach((line, number) => {
    const [, thread = '', said = ''] = LINE.exec(line) ?? []
    const [, wholeName, wholeText, wholeResult] = WHOLE.exec(said) ?? []
    const [, begunName, begunText] = BEGUN.exec(said) ?? []
    const [, name, rest, result] = RESUMED.exec(said) ?? []
    if (begunName !== undefined) begun.set(thread, { name: begunName, text: begunText ?? '', from: number })
    else if (name !== undefined) {
      const start = begun.get(thread)
      begun.delete(thread)
      if (start?.name !== name) throw new Error(`line ${number + 1} resumes ${name}, which did not begin`)
      end(name, start.text + rest, result ?? '?', start.from, number)
    } else if (wholeName !== undefined) end(wholeName, wholeText ?? '', wholeResult ?? '?', number, number)
    else if (line !== '' && !/^(\+\+\+|---|<\.\.\. )/.test(said))
      throw new Error(`line ${number + 1}: ${line.slice(0, 200)}`)
  })
  return calls
}

const fileOf = (text: string): string => /^-?\w+<(.*?)>(?=[,\s)]|$)/.exec(text)?.[1] ?? ''

/** The bytes that a call wrote: every string of its arguments, joined. @throws Error where strace cut one short */
export function bytesOf(call: Call): Buffer {
  const parts: Buffer[] = []
  for (const [, text = '', cut] of call.text.matchAll(/"((?:[^"\\]|\\.)*)"(\.\.\.)?/gs)) {
    if (cut !== undefined) throw new Error(`strace cut a ${call.name} short: raise -s`)
    parts.push(unescape(text))
  }
  return Buffer.concat(parts)
}

const ESCAPES: { readonly [letter: string]: number } = { n: 10, t: 9, r: 13, v: 11, f: 12 }

function unescape(text: string): Buffer {
  const bytes = Buffer.alloc(text.length)
  let length = 0
  for (const [, octal, letter, plain] of text.matchAll(/\\([0-7]{1,3})|\\(.)|([^\\])/gs)) {
    const byte =
      octal === undefined ? (ESCAPES[letter ?? ''] ?? (letter ?? plain ?? '').charCodeAt(0)) : parseInt(octal, 8)
    bytes[length++] = byte
  }
  return bytes.subarray(0, length)
}

const WRITES = ['write', 'writev', 'pwrite64', 'pwritev', 'pwritev2', 'sendto', 'sendmsg']
const SYNCS = ['fsync', 'fdatasync']
/**
 * What is traced. A write that went another way (libuv's io_uring does epoll_ctl alone, unless it is told otherwise)
 * could not pass: a commit that is not seen is a fault, and the caller compares the number of 201s with its own.
 */
export const TRACED = [...WRITES, ...SYNCS]

/** One commit in the WAL: the bytes of its pages, and the line on which the write of its last frame ended. */
interface Commit {
  readonly pages: Buffer
  readonly to: number
}

const FRAME_HEADER_BYTES = 24

/** The commits of a WAL, from its frames: a header of 24 bytes and a page, each a write of its own. */
function commitsOf(calls: readonly Call[], wal: string): Commit[] {
  const commits: Commit[] = []
  let pages: Buffer[] = []
  let last = false
  for (const call of calls) {
    if (call.file !== wal || !WRITES.includes(call.name)) continue
    const bytes = bytesOf(call)
    if (call.name !== 'pwrite64' || call.result !== bytes.length) throw new Error(`not a whole pwrite64: ${call.name}`)
    if (bytes.length === FRAME_HEADER_BYTES) last = bytes.readUInt32BE(4) > 0
    else pages.push(bytes)
    if (bytes.length === FRAME_HEADER_BYTES || !last) continue
    commits.push({ pages: Buffer.concat(pages), to: call.to })
    pages = []
    last = false
  }
  return commits
}

/** What an answer says that binds it to its commit. */
interface Answer {
  readonly from: number
  readonly root: string
  readonly ids: readonly string[]
}

interface Body {
  readonly id?: string
  readonly data?: readonly { readonly id: string }[]
  readonly checkpoint: string
}

/** Every 201 that carries receipts, with the line on which its first byte began to be written. */
function answersOf(calls: readonly Call[]): Answer[] {
  const answers: Answer[] = []
  for (const call of calls) {
    if (!call.file.startsWith('socket:') || !WRITES.includes(call.name)) continue
    const text = bytesOf(call).toString()
    if (!text.startsWith('HTTP/1.1 201 ')) continue
    const body = text.slice(text.indexOf('\r\n\r\n') + 4)
    const { id, data, checkpoint } = JSON.parse(body) as Body
    if (checkpoint === undefined) continue
    answers.push({
      from: call.from,
      root: checkpoint.split('\n')[2] ?? '',
      ids: data?.map((one) => one.id) ?? [id ?? ''],
    })
  }
  return answers
}

/** What a trace proves. */
export interface Verdict {
  /** the 201s that were looked at: where each begins, and the syncs that it stands on */
  readonly answers: readonly { readonly from: number; readonly syncs: readonly Call[] }[]
  /** how many commits they stood on */
  readonly commits: number
  /** the 201s that came too early, or whose commit was not found */
  readonly faults: readonly string[]
}

/** Checks every 201 of a trace against the WAL of this path. */
export function checkTrace(lines: readonly string[], wal: string): Verdict {
  const calls = parseTrace(lines)
  const commits = commitsOf(calls, wal)
  const syncs = calls.filter(({ name, file, result }) => SYNCS.includes(name) && file === wal && result === 0)
  const faults: string[] = []
  const stoodOn = new Set<Commit>()
  const answers = answersOf(calls).map(({ from, root, ids }) => {
    const refuse = (why: string) => faults.push(`the 201 of ${ids[0]} on line ${from + 1}: ${why}`)
    const at = commits.findIndex(({ pages }) => pages.includes(root))
    const commit = commits[at]
    if (commit === undefined) {
      refuse('no commit holds its checkpoint')
      return { from, syncs: [] }
    }
    stoodOn.add(commit)
    const missing = ids.find((id) => !commits.slice(0, at + 1).some(({ pages }) => pages.includes(`"id":"${id}"`)))
    if (missing !== undefined) refuse(`${missing} was not written by its commit`)
    if (commit.to >= from) refuse('its commit was written after it')
    const covering = syncs.filter((sync) => sync.from > commit.to && sync.to < from)
    if (covering.length === 0) refuse(`no sync between its commit (line ${commit.to + 1}) and it`)
    return { from, syncs: covering }
  })
  return { answers, commits: stoodOn.size, faults }
}
