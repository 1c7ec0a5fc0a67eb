/** Sending a window of lines: batches of one organization each, without the events that the server refuses. */
import type { Issue } from '@sealedlog/sdk/base'
import type { DialectName } from '@sealedlog/sdk/dialect'
import { CallFailed, type Client } from './client.js'
import { type PreparedEvent, type ReadLine, type Refusal, refusalsOf } from './record-line.js'

/** What became of the lines so far. */
export interface Tally {
  recorded: number
  duplicates: number
  refused: number
  /** lines without an id, which were given one */
  minted: number
}

type Batch = readonly PreparedEvent[]

interface BatchAnswer {
  readonly data: readonly { readonly status: 'recorded' | 'duplicate' }[]
}

export interface SenderOptions {
  readonly client: Client
  readonly dialect: DialectName
  /** how often a batch is sent before giving up */
  readonly tries: number
  readonly onRefused: (refusals: readonly Refusal[]) => void
}

export class Sender {
  readonly tally: Tally = { recorded: 0, duplicates: 0, refused: 0, minted: 0 }
  /** the first line that was recorded under an id made here */
  firstMintedLine: number | undefined
  readonly #options: SenderOptions
  /** lines of the window of which nobody knows yet what becomes */
  #open = new Set<number>()
  #refusals: Refusal[] = []

  constructor(options: SenderOptions) {
    this.#options = options
  }

  /** The first line that was neither recorded nor refused, where a call failed. */
  get firstOpenLine(): number | undefined {
    return this.#open.size === 0 ? undefined : Math.min(...this.#open)
  }

  /**
   * Records what can be recorded of a window, and tells of the rest.
   *
   * @throws CallFailed when the server could not be reached, or takes nothing from this key; Interrupted
   */
  async send(window: readonly ReadLine[]): Promise<void> {
    this.#open = new Set(window.map(({ line }) => line))
    for (const { refusals } of window) this.#refuse(refusals)
    const events = window.map(({ event }) => event).filter((event) => event !== undefined)
    try {
      for (const batch of Map.groupBy(events, ({ org }) => org).values()) await this.#sendBatch(batch)
    } finally {
      this.#options.onRefused(this.#refusals.toSorted((a, b) => a.line - b.line))
      this.#refusals = []
    }
  }

  /** A batch is refused whole, with at most a hundred reasons: it is sent without those events until it passes. */
  async #sendBatch(whole: Batch): Promise<void> {
    for (let batch = whole; batch.length > 0; ) {
      const error = await this.#try(batch)
      if (error === undefined) return
      const blamed = this.#blame(error, batch)
      if (blamed.size === 0) return this.#sendHalves(batch)
      for (const [i, issues] of blamed) {
        const { line } = batch[i] as PreparedEvent
        this.#refuse(refusalsOf(line, { code: error.code, message: error.message, issues }, this.#options.dialect))
      }
      batch = batch.filter((_, i) => !blamed.has(i))
    }
  }

  /** Something in it is refused, and the answer does not say what: the halves find out. */
  async #sendHalves(batch: Batch): Promise<void> {
    const middle = Math.ceil(batch.length / 2)
    await this.#sendBatch(batch.slice(0, middle))
    await this.#sendBatch(batch.slice(middle))
  }

  /** Sends a batch. Resolves with an error that is about its events. @throws every other */
  async #try(batch: Batch): Promise<CallFailed | undefined> {
    const { client, tries } = this.#options
    const body = batch.map(({ text }) => `${text}\n`).join('')
    try {
      const call = { method: 'POST', path: '/v1/events/batch', contentType: 'application/x-ndjson' } as const
      const { data } = await client.call<BatchAnswer>({ ...call, body, tries })
      this.#count(batch, data)
      return undefined
    } catch (error) {
      if (error instanceof CallFailed && isAboutEvents(error, batch)) return error
      throw error
    }
  }

  #count(batch: Batch, data: BatchAnswer['data']): void {
    const duplicates = data.filter(({ status }) => status === 'duplicate').length
    this.tally.duplicates += duplicates
    this.tally.recorded += batch.length - duplicates
    for (const { line, isMinted } of batch) {
      if (isMinted) this.#countMinted(line)
      this.#open.delete(line)
    }
  }

  #countMinted(line: number): void {
    this.tally.minted += 1
    this.firstMintedLine ??= line
  }

  #refuse(refusals: readonly Refusal[]): void {
    for (const { line } of refusals) if (this.#open.delete(line)) this.tally.refused += 1
    this.#refusals.push(...refusals)
  }

  /** Which events of a batch an error is about, with the reasons for each. */
  #blame(error: CallFailed, batch: Batch): ReadonlyMap<number, readonly Issue[]> {
    if (batch.length === 1) return new Map([[0, error.issues.map((issue) => inside(issue, 0))]])
    if (isAboutOrganization(error)) return new Map(batch.map((_, i) => [i, []]))
    const blamed = new Map<number, Issue[]>()
    for (const issue of error.issues) {
      const i = Number(/^\/(\d{1,4})(?=\/|$)/.exec(issue.pointer)?.[1] ?? Number.NaN)
      if (batch[i] === undefined) continue
      blamed.set(i, [...(blamed.get(i) ?? []), { ...inside(issue, i), message: inLines(issue.message, batch) }])
    }
    return blamed
  }
}

/** 422 and 413 speak of the body; so does whatever points into it. */
const isAboutEvents = (error: CallFailed, batch: Batch): boolean =>
  error.issues.length > 0 ||
  error.status === 413 ||
  error.status === 422 ||
  (isAboutOrganization(error) && batch[0]?.org !== undefined)

/** The organization that the events themselves name is not there, or not this key's. */
const isAboutOrganization = ({ code }: CallFailed): boolean =>
  code === 'organization_mismatch' || code === 'organization_not_found'

/** A pointer into a batch as one into its event. */
const inside = (issue: Issue, i: number): Issue =>
  issue.pointer === `/${i}` || issue.pointer.startsWith(`/${i}/`)
    ? { ...issue, pointer: issue.pointer.slice(`/${i}`.length) }
    : issue

/** The server counts the events of a batch; whoever sent a file counts its lines. */
const inLines = (message: string, batch: Batch): string =>
  message.replace(/ at \/(\d{1,4}) of the same batch/, (whole, i: string) => {
    const other = batch[Number(i)]
    return other === undefined ? whole : ` at line ${other.line} too,`
  })
