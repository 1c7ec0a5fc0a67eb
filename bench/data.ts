/**
 * The bodies of the bench, as bytes. An event costs its caller about two microseconds: one template for each kind of
 * event, copied, and its holes filled in place. Events made as objects would take a quarter of the machine that is measured.
 */
import {
  type Draw,
  draw,
  drawOrganization,
  eventOf,
  HOLES,
  type Kind,
  kindOf,
  START_MS,
  type Timeline,
} from './event.ts'
import { NAMES, OUTCOMES } from './vocabulary.ts'
import { type Random, seeded } from './random.ts'

interface Hole {
  readonly offset: number
  readonly say: (draw: Draw) => string
}

interface Template {
  readonly bytes: Buffer
  readonly holes: readonly Hole[]
}

/** Any event, for the lengths of its holes. */
const SAMPLE: Draw = draw(seeded(0), 0, 'org_0000', { startMs: START_MS, stepMs: 0, randomIds: false })

/** A template is the event with marks in its holes; a hole that is said twice is filled twice. */
function makeTemplate(kind: Kind): Template {
  const marks = Object.entries(HOLES).map(([name, say], i) => {
    const mark = String.fromCodePoint(0x41 + i).repeat(say(SAMPLE).length)
    return [name, mark, say] as const
  })
  const text = JSON.stringify(eventOf(kind, Object.fromEntries(marks)))
  const bytes = Buffer.from(text)
  const holes = marks.flatMap(([, mark, say]) => offsetsOf(bytes, mark).map((offset) => ({ offset, say })))
  return { bytes, holes }
}

function offsetsOf(bytes: Buffer, mark: string): readonly number[] {
  const found: number[] = []
  for (let at = bytes.indexOf(mark); at !== -1; at = bytes.indexOf(mark, at + mark.length)) found.push(at)
  return found
}

const templates: (Template | undefined)[] = []

function templateOf(kind: Kind): Template {
  const at = (kind.type * OUTCOMES.length + kind.outcome) * NAMES.length + kind.name
  return (templates[at] ??= makeTemplate(kind))
}

/** The bytes of one event. */
export function formatEvent(drawn: Draw): Buffer {
  const { bytes, holes } = templateOf(kindOf(drawn))
  const event = Buffer.allocUnsafe(bytes.length)
  bytes.copy(event)
  for (const { offset, say } of holes) write(event, say(drawn), offset)
  return event
}

/** Plain characters, one by one: for so few, that is faster than a call into the platform. */
function write(bytes: Buffer, text: string, offset: number): void {
  for (let i = 0; i < text.length; i++) bytes[offset + i] = text.charCodeAt(i)
}

/** A body and what it holds. */
export interface Body {
  readonly bytes: Buffer
  readonly events: number
}

export interface BodyOptions extends Timeline {
  readonly seed: number
  /** tells apart the bodies of two rounds */
  readonly stream: number
  /** events before these: time goes on where they ended */
  readonly from: number
  /** small organizations, beside the big one */
  readonly organizations: number
}

/**
 * Bodies, one after the other, no two alike: a lone event for `POST /v1/events`, or an array for its batch. All events of
 * a batch are of one organization, as one request is.
 *
 * @example
 * const next = bodies({ seed: 1, stream: 0, from: 0, organizations: 1_000, startMs: START_MS, stepMs: 1_000, randomIds: false })
 * next(100).bytes // 75 kB of JSON
 */
export function bodies(options: BodyOptions): (batch: number) => Body {
  const random: Random = seeded(options.seed, options.stream)
  let sequence = options.from
  return (batch) => {
    const org = drawOrganization(random, options.organizations)
    const events = Array.from({ length: batch }, () => formatEvent(draw(random, sequence++, org, options)))
    return { bytes: batch === 1 ? (events[0] as Buffer) : joinArray(events), events: batch }
  }
}

const [OPEN, COMMA, CLOSE] = ['[', ',', ']'].map((text) => text.charCodeAt(0)) as [number, number, number]

function joinArray(events: readonly Buffer[]): Buffer {
  const bytes = Buffer.allocUnsafe(events.reduce((sum, event) => sum + event.length + 1, 1))
  let at = 0
  for (const event of events) {
    bytes[at] = at === 0 ? OPEN : COMMA
    event.copy(bytes, at + 1)
    at += event.length + 1
  }
  bytes[at] = CLOSE
  return bytes
}
