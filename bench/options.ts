/** What a run is asked to do. */
import { parseArgs } from 'node:util'
import type { TargetName } from './serve.ts'
import { SMALL_ORGANIZATIONS } from './vocabulary.ts'

export const TARGETS: readonly TargetName[] = ['parse', 'sealedlog', 'insert', 'sequence']
export const PHASES = ['rounds', 'fill', 'lists'] as const
export type Phase = (typeof PHASES)[number]

export interface Options {
  readonly quick: boolean
  readonly size: number
  readonly seed: number
  readonly targets: ReadonlySet<TargetName>
  readonly phases: ReadonlySet<Phase>
  readonly out: string
  readonly randomIds: boolean
  readonly profile: boolean
  /** of each case, and how long one takes */
  readonly rounds: number
  readonly roundMs: number
  readonly warmUpMs: number
  /** no further round is begun after so long: what is to be quick is quick on a busy machine too */
  readonly roundsMsMax: number
  /** of each question */
  readonly runs: number
  /** beside the big one */
  readonly organizations: number
}

export const USAGE = `npm run bench -- [options]

  --quick         two minutes: 60,000 events, short rounds
  --size N        events to fill up to (5,000,000)
  --only A,B      of the servers ${TARGETS.join(', ')} and the parts ${PHASES.join(', ')}
  --rounds N      of each case, back to back (3)
  --round-ms N    how long each takes (3,000; quick: 450)
  --runs N        how often each question is asked (200; quick: 25)
  --organizations N  small ones beside the big one (1,000)
  --random-ids    ids that say nothing of the time, to see what they cost
  --profile       where an event's microseconds go, and nothing else
  --seed N        of the events (1)
  --out DIR       where results.json and the plots go (bench/out)`

const PRESETS = {
  full: { size: 5_000_000, roundMs: 3_000, warmUpMs: 500, roundsMsMax: Number.POSITIVE_INFINITY, runs: 200 },
  quick: { size: 60_000, roundMs: 450, warmUpMs: 100, roundsMsMax: 35_000, runs: 25 },
}

/** @throws Error with the usage, where something is not understood */
export function readOptions(args: readonly string[]): Options {
  const { values } = parse(args)
  const quick = values.quick === true
  const preset = quick ? PRESETS.quick : PRESETS.full
  const only = values.only?.split(',') ?? []
  const names: readonly string[] = [...TARGETS, ...PHASES]
  const strange = only.find((name) => !names.includes(name))
  if (strange !== undefined) throw new Error(`--only ${strange}: expected some of ${names.join(', ')}.\n\n${USAGE}`)
  return {
    ...preset,
    quick,
    size: whole('size', values.size, preset.size),
    seed: whole('seed', values.seed, 1),
    rounds: whole('rounds', values.rounds, 3),
    roundMs: whole('round-ms', values['round-ms'], preset.roundMs),
    runs: whole('runs', values.runs, preset.runs),
    organizations: whole('organizations', values.organizations, SMALL_ORGANIZATIONS),
    targets: chosen(TARGETS, only),
    phases: chosen(PHASES, only),
    out: values.out ?? 'bench/out',
    randomIds: values['random-ids'] === true,
    profile: values.profile === true,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean' },
        size: { type: 'string' },
        seed: { type: 'string' },
        rounds: { type: 'string' },
        'round-ms': { type: 'string' },
        runs: { type: 'string' },
        organizations: { type: 'string' },
        only: { type: 'string' },
        out: { type: 'string' },
        'random-ids': { type: 'boolean' },
        profile: { type: 'boolean' },
      },
    })
  } catch (error) {
    throw new Error(`${(error as Error).message}\n\n${USAGE}`, { cause: error })
  }
}

/** Those that were named; all where none was. */
function chosen<T extends string>(all: readonly T[], only: readonly string[]): ReadonlySet<T> {
  const named = all.filter((name) => only.includes(name))
  return new Set(named.length === 0 ? all : named)
}

function whole(name: string, text: string | undefined, otherwise: number): number {
  const value = text === undefined ? otherwise : Number(text.replaceAll(/[_,]/g, ''))
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new Error(`--${name} ${text}: expected a whole number above 0.`)
}
