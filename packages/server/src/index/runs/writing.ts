/** What runs are made of: young entries, or runs that are merged. Generators: whoever calls decides how long they work at a time. */
import type { PartSource } from './source.js'
import { mergeParts } from './merge.js'
import type { Part } from './part-reader.js'
import type { NamedPlace } from './run-format.js'
import { RunWriter } from './run-file.js'
import type { ShelvedRun } from './shelved-run.js'

/** Writes young entries as a run. @returns its bytes */
export function* youngRun(
  fd: number,
  parts: readonly (readonly [org: string, source: PartSource])[],
): Generator<undefined, number> {
  const writer = new RunWriter(fd)
  for (const [org, source] of parts) {
    yield* mergeParts([source], writer.part(org, source))
    yield
  }
  return writer.finish()
}

/** Writes runs that follow one another as one. @returns its bytes @throws BrokenRun */
export function* mergedRun(fd: number, runs: readonly ShelvedRun[]): Generator<undefined, number> {
  const writer = new RunWriter(fd)
  for (const { org, sources } of byOrganization(runs)) {
    const [only] = sources
    if (sources.length === 1 && only) yield* writer.copy(org, only.run.paged, only.place)
    else yield* mergeParts(partsOf(org, sources), writer.part(org, coverOf(sources)))
    yield
  }
  return writer.finish()
}

interface Source {
  readonly run: ShelvedRun
  readonly place: NamedPlace
}

const partsOf = (org: string, sources: readonly Source[]): readonly Part[] =>
  sources.map(({ run }) => run.part(org) as Part)

const coverOf = (sources: readonly Source[]): { first: number; count: number } => ({
  first: sources[0]?.place.first ?? 0,
  count: sources.reduce((sum, { place }) => sum + place.count, 0),
})

interface Waiting {
  readonly source: Source
  readonly name: Buffer
  readonly rest: Iterator<NamedPlace>
}

/** Organizations in the order of their names, each with what holds any of it, in sequence: a merge of the directories. */
function* byOrganization(runs: readonly ShelvedRun[]): Generator<{ org: string; sources: readonly Source[] }> {
  let waiting = runs.flatMap((run) => nextOf(run, run.places()))
  while (waiting.length > 0) {
    const least = waiting.map(({ name }) => name).reduce((a, b) => (Buffer.compare(b, a) < 0 ? b : a))
    const chosen = waiting.filter(({ name }) => name.equals(least))
    yield { org: least.toString('utf8'), sources: chosen.map(({ source }) => source) }
    waiting = waiting.flatMap((each) => (chosen.includes(each) ? nextOf(each.source.run, each.rest) : [each]))
  }
}

function nextOf(run: ShelvedRun, rest: Iterator<NamedPlace>): Waiting[] {
  const step = rest.next()
  if (step.done) return []
  return [{ source: { run, place: step.value }, name: Buffer.from(step.value.org), rest }]
}
