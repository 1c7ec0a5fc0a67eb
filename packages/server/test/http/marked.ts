/** Events that say a person in every place that an event has, and the bytes of files in which nothing of it may be left. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventShape, type Shape } from '@sealedlog/sdk/event'
import type { Body } from './support.js'

/** What the person is called by: one plain, one that JSON escapes, one that is not ASCII, one that is a number. */
export const IDENTIFIERS = ['Q7x9-Ada', 'O"q8z\\Brien', 'Zoë.q9w', '771203915'] as const

/** Each in the spellings in which the events say it: other cases, and decomposed. */
export const SPELLINGS = ['q7x9-ada', 'Q7X9-ADA', 'o"Q8Z\\brien', 'zoë.Q9W'.normalize('NFD'), 'ZOË.q9w']

/** A text that is met nowhere else, and says the person. */
export class Marker {
  #said = 0

  say(): string {
    this.#said++
    return `m${this.#said}:${SPELLINGS[this.#said % SPELLINGS.length]};`
  }

  get said(): number {
    return this.#said
  }
}

/** An event with a marker in every place that takes a text, also as the name of a member. */
export function markedEvent(id: string, marker: Marker): Body {
  const event = fill(eventShape, marker)
  return { ...event, id, type: 'user.updated', org: undefined, bucket: 'default', outcome: 'success' }
}

function fill(shape: Shape, marker: Marker): Body {
  if (shape.kind === 'object')
    return Object.fromEntries(Object.entries(shape.members).map(([member, inner]) => [member, fill(inner, marker)]))
  if (shape.kind === 'list') return [1, 2, 3].map(() => fill(shape.of, marker))
  if (shape.kind === 'text') {
    if (shape.format === 'ip') return '203.0.113.7'
    if (shape.format === 'date-time') return '2026-11-20T09:12:21.123Z'
    return shape.pattern || shape.oneOf ? 'user' : marker.say()
  }
  if (shape.kind === 'maps') return { openai: anything(marker) }
  return anything(marker)
}

const anything = (marker: Marker): Body => ({
  plain: marker.say(),
  list: [1, marker.say(), { deep: [[marker.say()]] }],
  [marker.say()]: { [marker.say()]: null },
  number: Number(IDENTIFIERS[3]),
})

/** What of a person a file may hold, in the encodings in which an engine could keep it. */
export function tracesOf(texts: readonly string[]): readonly (readonly [name: string, bytes: Buffer])[] {
  return texts.flatMap((text) =>
    [text, JSON.stringify(text).slice(1, -1), text.toLowerCase(), text.normalize('NFD')].flatMap((spelling) =>
      (['utf8', 'utf16le', 'base64'] as const).map((encoding): [string, Buffer] => [
        `${JSON.stringify(spelling)} in ${encoding}`,
        encoding === 'base64' ? Buffer.from(Buffer.from(spelling).toString('base64')) : Buffer.from(spelling, encoding),
      ]),
    ),
  )
}

/** Every trace that some file of a folder holds, as `file: trace`. */
export function tracesIn(folder: string, texts: readonly string[]): readonly string[] {
  const traces = tracesOf(texts)
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return files.flatMap((file) => {
    const bytes = bytesOf(join(file.parentPath, file.name))
    return traces.filter(([, trace]) => bytes.includes(trace)).map(([name]) => `${file.name}: ${name}`)
  })
}

/** What a running server has replaced or deleted meanwhile holds nothing. */
function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0)
    throw error
  }
}
