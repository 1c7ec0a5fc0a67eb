/** Every limit of the product, by name. A refusal quotes the name; docs/reference/limits.md is printed from here. */

/** Characters are counted as UTF-16 code units, as JavaScript counts them. */
const TABLE = {
  EVENT_BYTES_MAX: [262_144, 'bytes of one event, counted over its disclosures (canonical JSON of each group)'],
  BATCH_EVENTS_MAX: [1_000, 'events in one batch'],
  BATCH_BYTES_MAX: [10_485_760, 'bytes of a batch’s body, after decompression'],
  BODY_BYTES_MAX: [1_048_576, 'bytes of a lone event’s body, after decompression: room for white space and escapes'],
  DEPTH_MAX: [32, 'arrays and objects inside one another, the event itself being the first'],
  ID_CHARS_MAX: [128, 'characters of an event’s or an organization’s id'],
  TYPE_CHARS_MAX: [128, 'characters of an event type'],
  KIND_CHARS_MAX: [64, 'characters of an actor or target type, or a bucket'],
  REFERENCE_CHARS_MAX: [512, 'characters of an actor’s, target’s, project’s, session’s or API key’s id'],
  NAME_CHARS_MAX: [1_024, 'characters of a name'],
  EMAIL_CHARS_MAX: [320, 'characters of an e-mail address'],
  DESCRIPTION_CHARS_MAX: [16_384, 'characters of a description'],
  IP_CHARS_MAX: [45, 'characters of an IP address'],
  USER_AGENT_CHARS_MAX: [4_096, 'characters of a user agent'],
  CONTEXT_ID_CHARS_MAX: [256, 'characters of a request, correlation or trace id'],
  PATH_CHARS_MAX: [1_024, 'characters of the path of a change'],
  TARGETS_MAX: [100, 'targets of one event'],
  CHANGES_MAX: [500, 'changes of one event'],
  AHEAD_MS_MAX: [86_400_000, 'how far ahead of the server’s clock an event may say it occurred'],
  CLOCK_RAISE_MS_MAX: [60_000, 'how far `recorded_at` may be raised so that it never runs backwards'],
  LEAF_BYTES_MAX: [65_535, 'bytes of a leaf (C2SP tlog-tiles)'],
  REFUSALS_MAX: [100, 'refused fields or events that one answer names'],
  LIST_LIMIT_MAX: [1_000, 'events on one page of a list'],
  LIST_LIMIT_DEFAULT: [100, 'events on one page where nothing is said'],
  OPENAI_LIMIT_MAX: [100, 'events on one page of OpenAI’s list'],
  OPENAI_LIMIT_DEFAULT: [20, 'the same where nothing is said'],
  TAIL_WAIT_SECONDS_MAX: [30, 'seconds that a tail waits for an entry'],
  PARAMETER_VALUES_MAX: [250, 'values of one query parameter'],
  PARAMETERS_MAX: [1_000, 'values of all query parameters together'],
} as const satisfies { readonly [name: string]: readonly [value: number, about: string] }

export type BoundName = keyof typeof TABLE

/** The value of each limit. */
export const BOUNDS = Object.fromEntries(Object.entries(TABLE).map(([name, [value]]) => [name, value])) as {
  readonly [name in BoundName]: number
}

/** The page of all limits. */
export function formatLimits(): string {
  const rows = Object.entries(TABLE).map(
    ([name, [value, about]]) => `| \`${name}\` | ${value.toLocaleString('en')} | ${about} |`,
  )
  return `# Limits

Each limit has a name, which the error that meets it quotes. Characters are counted as UTF-16 code units.

| name | value | what it bounds |
|---|---|---|
${rows.join('\n')}
`
}
