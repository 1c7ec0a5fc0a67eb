/** What `list` and `tail` share: the options that narrow them, and how their events are printed. */
import { type Command, Option } from 'commander'
import { DIALECTS } from '@sealedlog/sdk/dialect'
import { FIELDS, OUTCOMES, type Field, type RecordedEvent, targetIdsIn } from '@sealedlog/sdk/event'
import { misused } from './connection.js'
import { readQueryText } from './query-text.js'
import { type Column, Table } from './table.js'
import { jsonLine, print, terminalWidth } from './terminal.js'
import { readInstant } from './times.js'

/** The list's plain parameters: each an option that may be repeated. */
const PARAMETERS = (Object.keys(FIELDS) as Field[]).filter((field) => field !== 'tenant')

export const DIALECT_NAMES: readonly string[] = Object.keys(DIALECTS)

export interface EventOptions {
  readonly since?: string
  readonly until?: string
  readonly query?: string
  readonly saved?: string
  readonly dialect?: string
  readonly json?: true
  readonly [parameter: string]: unknown
}

const flagOf = (field: Field): string => `--${field.replaceAll('_', '-')}`
const memberOf = (field: Field): string => field.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

/** The filters, for the command's help too: repeated they mean "or", different ones "and". */
export function addFilters(command: Command): Command {
  return addNarrowing(command).addOption(
    new Option('--dialect <name>', 'with --json: the form of the events').choices(DIALECT_NAMES),
  )
}

/** The same without the form of events, where none are printed. */
export function addNarrowing(command: Command): Command {
  for (const field of PARAMETERS) {
    const option = new Option(`${flagOf(field)} <value>`, FIELDS[field]).argParser(collect)
    command.addOption(field === 'outcome' ? option.argParser(collectOutcome) : option)
  }
  return command
    .option('-q, --query <text>', 'a query in words: \'type:api_key.* -outcome:success "free text"\'')
    .option('--saved <name>', 'a saved query, which must hold as well (sealedlog queries)')
    .option('--since <time>', 'occurred then or later: RFC 3339, a day, or a span back from now such as 7d, 24h, 30m')
    .option('--until <time>', 'occurred before then')
}

function collectOutcome(value: string, before?: readonly string[]): readonly string[] {
  if (OUTCOMES.some((outcome) => outcome === value)) return collect(value, before)
  throw misused(`--outcome is ${JSON.stringify(value.slice(0, 60))}; expected ${OUTCOMES.join(', ')}.`)
}

/** The query that the options say. @throws AuditError `invalid_configuration` */
export function queryOf(options: EventOptions, nowMs: number): URLSearchParams {
  const { since, until, dialect, saved, query: text } = options
  if (dialect !== undefined && !options.json)
    throw misused('--dialect is for --json: the table shows what every event has, in whatever form it came.')
  const query = new URLSearchParams()
  for (const field of PARAMETERS) {
    for (const value of (options[memberOf(field)] as readonly string[] | undefined) ?? []) query.append(field, value)
  }
  if (since !== undefined) query.set('since', readInstant('--since', since, nowMs, -1))
  if (until !== undefined) query.set('until', readInstant('--until', until, nowMs, -1))
  if (text !== undefined) query.set('q', readQueryText(text))
  if (saved !== undefined) query.set('saved', saved)
  if (dialect !== undefined) query.set('dialect', dialect)
  return query
}

const COLUMNS: readonly Column[] = [
  { title: 'Time', whole: true },
  { title: 'Actor' },
  { title: 'Event' },
  { title: 'Target' },
  { title: 'Outcome', whole: true, style: (text) => (text === 'failure' || text === 'denied' ? 'red' : undefined) },
  { title: 'Index', whole: true },
]

/** Prints events as they come: lines of JSON for programs, a table for people. */
export class EventPrinter {
  readonly #asJson: boolean
  readonly #table = new Table(COLUMNS, terminalWidth())

  constructor({ json }: Pick<EventOptions, 'json'>) {
    this.#asJson = json === true
  }

  async print(events: readonly object[]): Promise<void> {
    if (events.length === 0) return
    if (this.#asJson) return print(events.map(jsonLine).join(''))
    await print(this.#table.format((events as readonly RecordedEvent[]).map(cellsOf)))
  }
}

const cellsOf = (event: RecordedEvent): readonly string[] => [
  formatInstant(event.occurred_at),
  actorCell(event),
  event.type,
  targetCell(event),
  event.outcome,
  String(event.index),
]

/** `2026-11-20 09:12:21Z`: to the second, in UTC. */
export const formatInstant = (time: string): string => `${time.slice(0, 19).replace('T', ' ')}Z`

const actorCell = ({ actor }: RecordedEvent): string =>
  actor === undefined ? '' : actor.name || actor.email || actor.id || actor.type

function targetCell({ type, targets = [], details }: RecordedEvent): string {
  const [first, ...rest] = targets.length > 0 ? targets.map(nameOf) : targetIdsIn(type, details)
  return rest.length > 0 ? `${first} (+${rest.length})` : (first ?? '')
}

const nameOf = (target: NonNullable<RecordedEvent['targets']>[number]): string =>
  target.display_name || target.name || target.id || target.type
