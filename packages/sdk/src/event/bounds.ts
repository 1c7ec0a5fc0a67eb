/** Every limit of the product, by name. A refusal quotes the name; docs/reference/limits.md is printed from here. */

/** Characters are counted as UTF-16 code units, as JavaScript counts them. */
const TABLE = {
  EVENT_BYTES_MAX: [262_144, 'bytes of one event, counted over its disclosures (canonical JSON of each group)'],
  BATCH_EVENTS_MAX: [1_000, 'events in one batch'],
  BATCH_BYTES_MAX: [10_485_760, 'bytes of a batch’s body, after decompression'],
  BODY_BYTES_MAX: [1_048_576, 'bytes of a lone event’s body, after decompression: room for white space and escapes'],
  DEPTH_MAX: [32, 'arrays and objects inside one another, the event itself being the first'],
  MODEL_DEPTH_MAX: [64, 'the same in the JSON text that a client model reads, the text’s own object being the first'],
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
  PAGE_SCAN_MAX: [10_000, 'events that one page of a list or of the tail looks at, where the index does not decide'],
  PAGE_MS_MAX: [1_000, 'milliseconds of work after which such a page ends, and says where to go on'],
  PAGE_BYTES_MAX: [8_388_608, 'bytes of events, as they are stored, after which a page of a list or of the tail ends'],
  ANSWER_BYTES_MAX: [67_108_864, 'bytes of answers that wait for the readers of one key; then it is told to wait'],
  LIST_LIMIT_DEFAULT: [100, 'events on one page where nothing is said'],
  STATS_LIMIT_MAX: [1_000, 'values that one answer counts'],
  STATS_LIMIT_DEFAULT: [100, 'values that are counted where nothing is said'],
  STATS_TIMES_MAX: [8_784, 'hours or days that one answer counts: the hours of a leap year'],
  STATS_TIMES_DEFAULT: [1_000, 'hours or days that are counted where nothing is said'],
  STATS_SCAN_MAX: [10_000, 'events that counting looks at, where the index does not decide'],
  STATS_MS_MAX: [5_000, 'milliseconds of work that looking at them may take'],
  OPENAI_LIMIT_MAX: [100, 'events on one page of OpenAI’s list'],
  OPENAI_LIMIT_DEFAULT: [20, 'the same where nothing is said'],
  TAIL_WAIT_SECONDS_MAX: [30, 'seconds that a tail waits for an entry'],
  STREAMS_MAX: [4_000, 'event streams that one server holds open'],
  STREAMS_SHARE_MAX: [1_000, 'of these, for one key and for one organization'],
  STREAM_BUFFER_BYTES_MAX: [65_536, 'bytes that wait for the subscriber of a stream; then it is sent no more'],
  STREAM_HEARTBEAT_SECONDS: [15, 'seconds between two signs of life of a stream, and two looks at its key'],
  STREAM_STALL_SECONDS: [20, 'seconds in which a subscriber reads what waits; then its stream ends'],
  STREAM_LINGER_SECONDS: [10, 'seconds in which it reads the last event; then the connection is cut'],
  PARAMETER_VALUES_MAX: [250, 'values of one query parameter'],
  PARAMETERS_MAX: [1_000, 'values of all query parameters together'],
  EVENT_TYPES_MAX: [1_000, 'event types that one organization registers'],
  EVENT_TYPE_VERSIONS_MAX: [100, 'versions of an event type that can be read; older ones are forgotten'],
  EVENT_WARNINGS_MAX: [20, 'findings of its type’s schema that are named for one event'],
  CHECK_EXAMPLES_MAX: [20, 'failing events that a check against recorded ones names'],
  SCHEMA_BYTES_MAX: [65_536, 'bytes of one JSON Schema, without white space'],
  SCHEMA_DEPTH_MAX: [64, 'arrays and objects inside one another in a JSON Schema'],
  SCHEMA_POINTER_CHARS_MAX: [2_048, 'characters of the JSON pointer that leads to a schema inside a JSON Schema'],
  SCHEMA_PARTS_MAX: [4_096, 'schemas inside one JSON Schema, itself included'],
  SCHEMA_CHAIN_MAX: [64, 'schemas that apply to one and the same value by way of one another ($ref, allOf, …)'],
  SCHEMA_PATTERN_CHARS_MAX: [1_024, 'characters of a pattern'],
  SCHEMA_PATTERN_STATES_MAX: [4_000, 'states of a pattern, its repetitions written out'],
  SCHEMA_STATES_MAX: [20_000, 'states of all patterns of one JSON Schema together'],
  SCHEMA_STEPS_MAX: [300_000, 'steps that checking one event against its type may take'],
  SCHEMA_BATCH_STEPS_MAX: [5_000_000, 'the same for the events of one batch, or of one check, together'],
  QUERY_CHARS_MAX: [8_192, 'characters of a query'],
  QUERY_TERMS_MAX: [256, 'conditions in a query'],
  QUERY_DEPTH_MAX: [16, 'parentheses and negations inside one another in a query'],
  SAVED_QUERIES_MAX: [500, 'saved queries of an organization'],
  QUERY_VALUE_CHARS_MAX: [1_024, 'characters of one value in a query'],
  REDACTION_EVENTS_MAX: [10_000, 'events that one request names to be erased'],
  REDACTION_GROUPS_MAX: [110, 'groups of one event that such a request names: more than any event has'],
  REDACTION_IDENTIFIERS_MAX: [100, 'identifiers of a person by which one request erases'],
  REDACTION_ROWS_MAX: [1_000, 'entries that the answer lists: of what would go, and of what stands in clear'],
  RETENTION_DAYS_MAX: [36_500, 'days after which retention erases'],
  RETENTION_BUCKETS_MAX: [100, 'buckets that retention rules name'],
  RETENTION_PREVIEW_MAX: [100_000, 'entries that a preview of retention looks at'],
  RETENTION_RANGES_MAX: [1_000, 'ranges that such a preview lists'],
  IDENTIFIER_CHARS_MIN: [3, 'characters of such an identifier at least, one of them a letter or a digit'],
  IDENTIFIER_CHARS_MAX: [512, 'characters of such an identifier'],
  BASIS_CHARS_MAX: [1_024, 'characters of the basis on which something is erased'],
  REQUEST_ID_CHARS_MAX: [128, 'characters of the id of a request for erasing'],
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
