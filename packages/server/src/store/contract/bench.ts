/** What the laws share: a store under test, its clock, chance from a seed, and a model of what its logs must hold. */
import assert from 'node:assert/strict'
import type { AuditError } from '@sealedlog/sdk/base'
import {
  type FilledEvent,
  type LogAct,
  parseDisclosure,
  type SealedEvent,
  sealEvent,
  splitDisclosures,
  stampLeaf,
  toRanges,
} from '@sealedlog/sdk/event'
import { hashLeaf } from '@sealedlog/sdk/merkle'
import { checkLog } from '../check-log.js'
import type { Erasure, LogHead, Placed, Store, StoredEntry, Unit, UnitAct, UnitOutcome } from '../port.js'
import { Chance } from './chance.js'

/** Hands a law to the runner. */
export type HandLaw = (name: string, body: (bench: Bench) => Promise<void>) => void

type Recorded = Extract<UnitOutcome, { placed: unknown }>

interface ModelEntry extends StoredEntry {
  readonly id: string
  readonly recordedAtMs: number
  /** groups that were erased of it */
  readonly erased: readonly string[]
}

export class Bench {
  readonly store: Store
  readonly clock: { nowMs: number }
  readonly chance: Chance
  /** what each log must hold, by organization */
  readonly #logs = new Map<string, ModelEntry[]>()
  /** every checkpoint seen, by organization and size */
  readonly #checkpoints = new Map<string, string>()

  constructor(store: Store, clock: { nowMs: number }, seed: number) {
    this.store = store
    this.clock = clock
    this.chance = new Chance(seed)
  }

  async createLogs(...orgs: readonly string[]): Promise<void> {
    for (const org of orgs) {
      await this.store.createLog(org, `The ${org} company`)
      this.#logs.set(org, [])
    }
  }

  /** Seals events for an organization, with fresh salts each time. */
  unit(org: string, ...events: readonly FilledEvent[]): Unit {
    return { org, events: events.map((event) => sealEvent(event, org, this.chance.bytes)) }
  }

  /** A unit with an act: its event, what its leaf says the act is, and what is to be done. */
  actUnit(org: string, event: FilledEvent, said: LogAct, act: UnitAct): Unit {
    return { org, events: [sealEvent(event, org, this.chance.bytes, said)], act }
  }

  /** A unit that erases, and accounts for just that. */
  erasingUnit(org: string, event: FilledEvent, erases: readonly Erasure[]): Unit {
    const ascending = [...erases].sort((a, b) => a.index - b.index)
    const redacts = ascending.map(({ index, groups }) => ({ groups, ranges: toRanges([index]) }))
    return this.actUnit(org, event, { redacts }, { erases })
  }

  /** Appends a group, compares every outcome with the model, then checks every log from first byte to signature. */
  async append(...units: readonly Unit[]): Promise<readonly UnitOutcome[]> {
    const outcomes = await this.appendUnchecked(...units)
    await this.checkLogs()
    return outcomes
  }

  /** The same without checking the logs, for laws that append very much. */
  async appendUnchecked(...units: readonly Unit[]): Promise<readonly UnitOutcome[]> {
    const said = units.map((unit) => ({ ...unit, events: unit.events.map(copyOf) }))
    const outcomes = await this.store.append(units)
    assert.equal(outcomes.length, units.length, 'an outcome for each unit')
    said.forEach((unit, i) => {
      const outcome = outcomes[i]
      if (outcome && !('refused' in outcome)) this.#take(unit, outcome)
    })
    for (const [i, outcome] of outcomes.entries()) {
      if (!('refused' in outcome)) await this.#compareHead(units[i]?.org ?? '', outcome)
    }
    return outcomes
  }

  /** Appends one unit that must be recorded. */
  async record(org: string, ...events: readonly FilledEvent[]): Promise<readonly Placed[]> {
    return placedOf((await this.append(this.unit(org, ...events)))[0])
  }

  async checkLogs(): Promise<void> {
    for (const [org, model] of this.#logs) {
      const checked = await checkLog(this.store, org)
      assert.deepEqual(checked.ids, model.map(idOf), `the ids of ${org} in order`)
      const erased = model.reduce((sum, entry) => sum + entry.erased.length, 0)
      assert.equal(checked.redactedGroups, erased, `${org} has every disclosure that was not erased`)
      await this.#compareEntries(org, model)
    }
  }

  async head(org: string): Promise<LogHead> {
    const head = await this.store.head(org)
    assert.ok(head, `${org} has a head`)
    return head
  }

  /** What the log of an organization must hold. */
  model(org: string): readonly ModelEntry[] {
    return this.#logs.get(org) ?? []
  }

  #take(unit: Unit, outcome: Recorded): void {
    const model = this.#logs.get(unit.org)
    assert.ok(model, `the log of ${unit.org} was created`)
    assert.equal(outcome.placed.length, unit.events.length, 'a place for each event')
    unit.events.forEach((event, i) => {
      const placed = outcome.placed[i]
      assert.ok(placed)
      if (placed.status === 'recorded') model.push(this.#expected(event, placed, model))
      const entry = model[placed.index]
      assert.ok(entry, `index ${placed.index} is no gap`)
      assert.equal(entry.id, event.id, `index ${placed.index} holds the event that was said`)
      assert.equal(placed.recordedAtMs, entry.recordedAtMs)
      assert.deepEqual(bytes(placed.leafHash), bytes(hashLeaf(entry.leaf)))
    })
    if (unit.act && 'erases' in unit.act && outcome.placed[0]?.status === 'recorded') eraseIn(model, unit.act.erases)
  }

  #expected(event: SealedEvent, placed: Placed, model: readonly ModelEntry[]): ModelEntry {
    assert.equal(placed.index, model.length, 'indexes are gap-free, in the order of units and events')
    stampLeaf(event.leaf, event.recordedAtOffset, event.occurredAtOffset, placed.recordedAtMs)
    return { ...placed, id: event.id, leaf: event.leaf, disclosures: event.disclosures, erased: [] }
  }

  async #compareHead(org: string, { checkpoint, size }: Recorded): Promise<void> {
    const head = await this.head(org)
    assert.equal(size, this.model(org).length, 'the size covers every entry of the group')
    assert.deepEqual([head.size, head.checkpoint], [size, checkpoint], 'the head is what append handed out')
    const place = `${org} ${size}`
    assert.equal(this.#checkpoints.get(place) ?? checkpoint, checkpoint, 'no two checkpoints of one size differ')
    this.#checkpoints.set(place, checkpoint)
  }

  async #compareEntries(org: string, model: readonly ModelEntry[]): Promise<void> {
    const entries = await this.store.readRange(org, 0, model.length)
    for (const [i, { leaf, disclosures }] of entries.entries()) {
      assert.deepEqual(bytes(leaf), bytes(model[i]?.leaf), `leaf ${i} of ${org}, byte for byte`)
      assert.deepEqual(bytes(disclosures), bytes(model[i]?.disclosures), `disclosures ${i} of ${org}, byte for byte`)
    }
  }
}

/** The definition of erasing: the lines of the groups go, the others stay as they are. */
function eraseIn(model: ModelEntry[], erases: readonly Erasure[]): void {
  for (const { index, groups } of erases) {
    const entry = model[index]
    assert.ok(entry, `index ${index} exists`)
    const lines = splitDisclosures(entry.disclosures).map((line) => ({ line, group: parseDisclosure(line).group }))
    const kept = lines.filter(({ group }) => !groups.includes(group)).map(({ line }) => Buffer.from(line).toString())
    const erased = lines.map(({ group }) => group).filter((group) => groups.includes(group))
    model[index] = { ...entry, disclosures: Buffer.from(kept.join('\n')), erased: [...entry.erased, ...erased] }
  }
}

export function placedOf(outcome: UnitOutcome | undefined): readonly Placed[] {
  assert.ok(outcome && 'placed' in outcome, `recorded, not refused: ${refusalText(outcome)}`)
  return outcome.placed
}

export function refusalOf(outcome: UnitOutcome | undefined): AuditError {
  assert.ok(outcome && 'refused' in outcome, 'refused, not recorded')
  return outcome.refused
}

const refusalText = (outcome: UnitOutcome | undefined): string =>
  outcome && 'refused' in outcome ? outcome.refused.message : 'no outcome'

/** An engine may stamp the leaf that it is given, or a copy of its own. */
const copyOf = (event: SealedEvent): SealedEvent => ({
  ...event,
  leaf: event.leaf.slice(),
  disclosures: event.disclosures.slice(),
})

const idOf = (entry: ModelEntry): string => entry.id

/** Bytes as plain bytes: engines may hand out any kind of Uint8Array. */
const bytes = (value: Uint8Array | undefined): string => Buffer.from(value ?? []).toString('latin1')
