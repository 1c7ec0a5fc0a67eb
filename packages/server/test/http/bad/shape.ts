/** Rows that follow from the event's shape: every member with every wrong type, each name misspelt, each bound passed. */
import { BOUNDS, eventShape, type Shape } from '@sealedlog/sdk/event'
import { manyOf } from '../support.js'
import { eventRow, type Row, type World } from './row.js'

/** A place in the event: its pointer, its shape, and an event that has a value there and is right elsewhere. */
export interface Place {
  readonly pointer: string
  readonly shape: Shape
  readonly eventWith: (value: unknown) => object
}

/** Every place that the shape names. */
export const PLACES: readonly Place[] = placesIn({
  pointer: '',
  shape: eventShape,
  eventWith: (value) => value as object,
})

function placesIn(place: Place): readonly Place[] {
  const { pointer, shape, eventWith } = place
  if (shape.kind === 'list') {
    const item = { pointer: `${pointer}/0`, shape: shape.of, eventWith: (value: unknown) => eventWith([value]) }
    return [place, ...placesIn(item)]
  }
  if (shape.kind !== 'object') return [place]
  const required = Object.fromEntries(shape.required.map((name) => [name, 'x']))
  return [
    place,
    ...Object.entries(shape.members).flatMap(([name, member]) =>
      placesIn({
        pointer: `${pointer}/${name}`,
        shape: member,
        eventWith: (value) => eventWith({ ...required, [name]: value }),
      }),
    ),
  ]
}

const VALUES = { null: null, 'a number': 7, 'a boolean': true, 'a string': 'x', 'an array': [], 'an object': {} }
const RIGHT: { readonly [kind in Shape['kind']]: readonly string[] } = {
  text: ['a string'],
  object: ['an object'],
  map: ['an object'],
  maps: ['an object'],
  list: ['an array'],
  any: Object.keys(VALUES),
}

const wrongTypes = (world: World): readonly Row[] =>
  PLACES.flatMap(({ pointer, shape, eventWith }) =>
    Object.entries(VALUES)
      .filter(([name]) => !RIGHT[shape.kind].includes(name))
      .map(([name, value]) =>
        eventRow(world, `${name} at ${pointer || 'the top'}`, JSON.stringify(eventWith(value)), {
          status: 422,
          code: 'invalid_event',
          pointer,
          issue: 'wrong_type',
        }),
      ),
  )

const misspelt = (world: World): readonly Row[] =>
  PLACES.flatMap(({ pointer, shape, eventWith }) => {
    const [first] = shape.kind === 'object' ? Object.keys(shape.members) : []
    if (shape.kind !== 'object' || first === undefined) return []
    const required = Object.fromEntries(shape.required.map((name) => [name, 'x']))
    const name = `${first}_`
    return [
      eventRow(world, `${name} at ${pointer || 'the top'}`, eventWith({ ...required, [name]: 'x' }), {
        status: 422,
        code: 'invalid_event',
        pointer: `${pointer}/${name}`,
        issue: 'unknown_member',
        says: `Did you mean "${first}"`,
      }),
    ]
  })

const missing = (world: World): readonly Row[] =>
  PLACES.flatMap(({ pointer, shape, eventWith }) =>
    shape.kind === 'object' && shape.required.length > 0
      ? shape.required.map((name) =>
          eventRow(world, `no ${name} at ${pointer || 'the top'}`, eventWith({}), {
            status: 422,
            code: 'invalid_event',
            pointer: `${pointer}/${name}`,
            issue: 'required',
          }),
        )
      : [],
  )

const tooLong = (world: World): readonly Row[] =>
  PLACES.flatMap(({ pointer, shape, eventWith }) =>
    shape.kind === 'text'
      ? [
          eventRow(
            world,
            `${BOUNDS[shape.max] + 1} characters at ${pointer}`,
            eventWith('x'.repeat(BOUNDS[shape.max] + 1)),
            {
              status: 422,
              code: 'invalid_event',
              pointer,
              issue: 'too_long',
              limit: shape.max,
            },
          ),
        ]
      : [],
  )

const tooMany = (world: World): readonly Row[] =>
  PLACES.flatMap(({ pointer, shape, eventWith }) => {
    if (shape.kind !== 'list') return []
    const item = shape.of.kind === 'object' ? Object.fromEntries(shape.of.required.map((name) => [name, 'x'])) : {}
    return [
      eventRow(world, `${BOUNDS[shape.max] + 1} items at ${pointer}`, eventWith(manyOf(BOUNDS[shape.max] + 1, item)), {
        status: 422,
        code: 'invalid_event',
        pointer,
        issue: 'too_many',
        limit: shape.max,
      }),
    ]
  })

/** Texts that must look like something, and look like nothing. */
const badFormats = (world: World): readonly Row[] =>
  PLACES.flatMap(({ pointer, shape, eventWith }) =>
    shape.kind === 'text' && (shape.pattern || shape.accepts || shape.oneOf)
      ? ['', 'a b', 'ä', 'a\u0000', 'a\r\nb'].map((text) =>
          eventRow(world, `${JSON.stringify(text)} at ${pointer}`, eventWith(text), {
            status: 422,
            code: 'invalid_event',
            pointer,
          }),
        )
      : [],
  )

export const shapeRows = (world: World): readonly Row[] =>
  [wrongTypes, misspelt, missing, tooLong, tooMany, badFormats].flatMap((rows) => rows(world))
