/** Pushing event types: all are judged before the first is written, and each only over what was read. */
import type { JsonObject } from '@sealedlog/sdk/base'
import { AuditError } from '@sealedlog/sdk/base'
import { CallFailed, type Client } from './client.js'
import type { ConnectionOptions } from './connection.js'
import { EXIT, type ExitCode } from './exit.js'
import { jsonLine, print, say, styled, visible } from './terminal.js'
import { type Change, changeOf, type EventType, modeOf, readTypesFile } from './types-file.js'

export interface PushOptions extends ConnectionOptions {
  readonly dryRun?: true
  readonly check?: true
  readonly force?: true
  readonly prune?: true
}

/** One type and what becomes of it. */
interface Step {
  readonly type: string
  readonly change: Change
  readonly said?: JsonObject
  readonly before?: EventType
}

/** What recorded events say to a step. */
interface Checked {
  readonly checked: number
  readonly failing: number
  readonly examples: readonly { readonly id: string; readonly issues: readonly { readonly message: string }[] }[]
}

interface CheckAnswer extends Checked {
  readonly has_more: boolean
  readonly next_cursor: string | null
}

const TRIES_MAX = 3
const EXAMPLES_SHOWN = 3

export async function pushTypes(
  client: Client,
  file: string,
  registered: readonly EventType[],
  options: PushOptions,
): Promise<ExitCode> {
  const steps = planOf(file, registered, options)
  const changes = steps.filter(({ change }) => change !== 'unchanged')
  const checks = await judgeAll(client, file, changes, options)
  const broken = changes.filter(
    ({ type, said }) => said && modeOf(said) === 'enforce' && (checks.get(type)?.failing ?? 0) > 0,
  )
  const isRefused = broken.length > 0 && !options.force
  const isDone = !isRefused && !options.dryRun
  const pushed = new Map<string, number>()
  if (isDone) for (const step of changes) pushed.set(step.type, await carryOut(client, step))
  if (options.json) await print(jsonLine(summaryOf(file, steps, checks, pushed, isDone)))
  else await tell(steps, checks, options, isRefused)
  return isRefused ? EXIT.refused : EXIT.ok
}

function planOf(file: string, registered: readonly EventType[], { prune }: PushOptions): readonly Step[] {
  const said = readTypesFile(file)
  const known = new Map(registered.map((row) => [row.type, row]))
  const steps = [...said].map(([type, each]): Step => {
    const before = known.get(type)
    return { type, said: each, change: changeOf(before, each), ...(before && { before }) }
  })
  const gone = prune ? registered.filter(({ type }) => !said.has(type)) : []
  return [...steps, ...gone.map((before): Step => ({ type: before.type, change: 'deleted', before }))]
}

/** The server reads every registration before any is written: a file with a fault in it changes nothing. */
async function judgeAll(
  client: Client,
  file: string,
  steps: readonly Step[],
  { check }: PushOptions,
): Promise<ReadonlyMap<string, Checked>> {
  const checks = new Map<string, Checked>()
  const faults: string[] = []
  for (const { type, said } of steps) {
    if (said === undefined) continue
    try {
      const found = await judge(client, type, said, check === true)
      if (check) checks.set(type, found)
    } catch (error) {
      if (!(error instanceof CallFailed) || error.issues.length === 0) throw error
      for (const { message } of error.issues) faults.push(`${file}: ${type}: ${message}`)
    }
  }
  if (faults.length === 0) return checks
  for (const fault of faults) say(visible(fault))
  throw new AuditError(
    'invalid_event_type',
    `Nothing was pushed: ${file} has ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}.`,
  )
}

/** Judges recorded events by what a file says: all of them, or one to see that it can be read. */
async function judge(client: Client, type: string, said: JsonObject, all: boolean): Promise<Checked> {
  const total = { checked: 0, failing: 0, examples: [] as Checked['examples'] }
  const path = `/v1/event-types/${encodeURIComponent(type)}/check`
  for (let cursor: string | null = null; ; ) {
    const query = new URLSearchParams(all ? {} : { limit: '1' })
    if (cursor !== null) query.set('cursor', cursor)
    const answer: CheckAnswer = await client.call({
      method: 'POST',
      path,
      query,
      body: JSON.stringify(said),
      tries: TRIES_MAX,
    })
    total.checked += answer.checked
    total.failing += answer.failing
    if (total.examples.length === 0) total.examples = answer.examples
    if (!all || !answer.has_more) return total
    cursor = answer.next_cursor
  }
}

/** Writes over what was read, and over nothing else. Returns the version. */
async function carryOut(client: Client, { type, said, before }: Step): Promise<number> {
  const path = `/v1/event-types/${encodeURIComponent(type)}`
  // What the plan was made from must still stand there, its mode too; what is new must still be.
  const condition = before?.revision === undefined ? {} : { ifMatch: before.revision }
  if (said === undefined) {
    await client.call({ method: 'DELETE', path, ...condition })
    return 0
  }
  const body = JSON.stringify(before === undefined ? { ...said, expected_version: 0 } : said)
  return (await client.call<{ version: number }>({ method: 'PUT', path, body, ...condition })).version
}

function summaryOf(
  file: string,
  steps: readonly Step[],
  checks: ReadonlyMap<string, Checked>,
  pushed: ReadonlyMap<string, number>,
  isDone: boolean,
): object {
  const types = steps.map(({ type, change, said, before }) => ({
    type,
    change,
    ...(said && { mode: modeOf(said), version: pushed.get(type) ?? before?.version ?? null }),
    ...checks.get(type),
  }))
  return { object: 'event_types_push', file, pushed: isDone, types }
}

const WORDS: { readonly [change in Change]: string } = {
  created: 'new',
  new_version: 'new version',
  mode_changed: 'new mode',
  unchanged: 'unchanged',
  deleted: 'deleted',
}

async function tell(
  steps: readonly Step[],
  checks: ReadonlyMap<string, Checked>,
  { dryRun }: PushOptions,
  isRefused: boolean,
): Promise<void> {
  for (const step of steps) {
    if (step.change === 'unchanged') continue
    await print(`${WORDS[step.change].padEnd(WORDS.new_version.length)}  ${visible(step.type)}${modeWords(step)}\n`)
    const check = checks.get(step.type)
    if (check) await print(checkWords(check))
  }
  const changed = steps.filter(({ change }) => change !== 'unchanged').length
  const rest = `${steps.length - changed} unchanged`
  if (isRefused)
    say(
      'Nothing was pushed: recorded events break a type that is to be enforced. Push it with "mode": "warn", or with --force.',
    )
  else say(dryRun ? `${changed} would change, ${rest}.` : `${changed} changed, ${rest}.`)
}

function modeWords({ said, before }: Step): string {
  if (said === undefined) return ''
  const mode = modeOf(said)
  return before && before.mode !== mode ? `  ${before.mode} → ${mode}` : `  ${visible(mode)}`
}

function checkWords({ checked, failing, examples }: Checked): string {
  const events = checked === 1 ? 'event' : 'events'
  const count = `${checked.toLocaleString('en')} recorded ${events}, ${failing.toLocaleString('en')} would not fit`
  const lines = examples
    .slice(0, EXAMPLES_SHOWN)
    .map(({ id, issues }) => `    ${visible(`${id}: ${issues[0]?.message ?? ''}`)}\n`)
  return `    ${failing > 0 ? styled('red', count) : count}\n${lines.join('')}`
}
