/** What stands behind the HTTP of a server that is not ours. */

/** An event as it was parsed: what the tables have columns for is named. */
export interface JsonBody {
  readonly id: string
  readonly org: string
  readonly type: string
  readonly occurred_at: string
  readonly outcome: string
  readonly actor: { readonly id: string; readonly email: string }
  readonly targets: readonly { readonly id: string }[]
  readonly [member: string]: unknown
}

export interface Recorder {
  /** Resolves with how many were recorded, once they are durable. */
  record(events: readonly JsonBody[]): Promise<number>
  close(): Promise<void>
}
