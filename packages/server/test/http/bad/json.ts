/** Bodies that are not JSON, not JSON that every reader understands alike, or not UTF-8. */
import { BOUNDS } from '@sealedlog/sdk/event'
import { eventRow, type Row, type World } from './row.js'

/** An event whose metadata is this text. */
const withMetadata = (text: string): string => `{"type":"a.b","metadata":${text}}`
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)

const NOT_JSON: { readonly [name: string]: string } = {
  'an empty body': '',
  'white space alone': ' \n',
  NaN: withMetadata('{"n":NaN}'),
  Infinity: withMetadata('{"n":Infinity}'),
  '-Infinity': withMetadata('{"n":-Infinity}'),
  undefined: withMetadata('{"n":undefined}'),
  'a line comment': '{"type":"a.b"} // done',
  'a block comment': '{/* what */"type":"a.b"}',
  'a trailing comma in an object': '{"type":"a.b",}',
  'a trailing comma in an array': withMetadata('{"n":[1,]}'),
  'single quotes': "{'type':'a.b'}",
  'a name without quotes': '{type:"a.b"}',
  'truncated in an object': '{"type":"a.b"',
  'truncated in a string': '{"type":"a.',
  'truncated in an escape': '{"type":"a.\\u00',
  'two documents': '{"type":"a.b"}{"type":"a.b"}',
  'a byte order mark': '\uFEFF{"type":"a.b"}',
  'a leading zero': withMetadata('{"n":01}'),
  'a leading plus': withMetadata('{"n":+1}'),
  'a number that ends in a dot': withMetadata('{"n":1.}'),
  hexadecimal: withMetadata('{"n":0x10}'),
  'a raw line feed in a string': '{"type":"a.b","description":"a\nb"}',
  'a raw NUL in a string': '{"type":"a.b","description":"a\u0000b"}',
  'an unknown escape': '{"type":"a.b","description":"\\x41"}',
  'words for true': withMetadata('{"n":True}'),
}

const notJson = (world: World): readonly Row[] =>
  Object.entries(NOT_JSON).map(([name, body]) => eventRow(world, name, body, { status: 400, code: 'invalid_json' }))

/** What JSON.parse would take and somebody else would read differently: [text, pointer, why]. */
const NOT_ALIKE: { readonly [name: string]: readonly [string, string, NonNullable<Row['issue']>] } = {
  'a lone high surrogate in a value': ['{"type":"a.b","description":"\\ud800"}', '/description', 'lone_surrogate'],
  'a lone low surrogate in a value': ['{"type":"a.b","description":"\\udc00x"}', '/description', 'lone_surrogate'],
  'surrogates in the wrong order': ['{"type":"a.b","description":"\\udc00\\ud800"}', '/description', 'lone_surrogate'],
  'a lone surrogate in a name': [withMetadata('{"\\ud800":1}'), '/metadata/\uFFFD', 'lone_surrogate'],
  'a lone surrogate deep within': [withMetadata('{"a":[{"b":"\\ud83d"}]}'), '/metadata/a/0/b', 'lone_surrogate'],
  'a duplicate member': ['{"type":"a.b","type":"c.d"}', '/type', 'duplicate_member'],
  'a duplicate member with equal values': ['{"type":"a.b","type":"a.b"}', '/type', 'duplicate_member'],
  'a nested duplicate member': [withMetadata('{"a":{"b":1,"b":2}}'), '/metadata/a/b', 'duplicate_member'],
  'a duplicate member in an array': [withMetadata('{"a":[{"b":1,"b":2}]}'), '/metadata/a/0/b', 'duplicate_member'],
  'a duplicate member in an escaped spelling': ['{"type":"a.b","ty\\u0070e":"c.d"}', '/type', 'duplicate_member'],
  'a duplicate empty name': [withMetadata('{"":1,"":2}'), '/metadata/', 'duplicate_member'],
  '__proto__ at the top': ['{"type":"a.b","__proto__":{"admin":true}}', '/__proto__', 'forbidden_member'],
  '__proto__ in metadata': [withMetadata('{"__proto__":{"admin":true}}'), '/metadata/__proto__', 'forbidden_member'],
  '__proto__ in an escaped spelling': [
    withMetadata('{"__pr\\u006fto__":1}'),
    '/metadata/__proto__',
    'forbidden_member',
  ],
  '2^53 + 1': [withMetadata('{"n":9007199254740993}'), '/metadata/n', 'number_not_exact'],
  '2^53': [withMetadata('{"n":9007199254740992}'), '/metadata/n', 'number_not_exact'],
  '-2^53 - 1': [withMetadata('{"n":-9007199254740993}'), '/metadata/n', 'number_not_exact'],
  'an integer of thirty digits': [withMetadata(`{"n":${'9'.repeat(30)}}`), '/metadata/n', 'number_not_exact'],
  'an integer past 2^53 in an array': [
    withMetadata('{"n":[1,12345678901234567890]}'),
    '/metadata/n/1',
    'number_not_exact',
  ],
  '1e400': [withMetadata('{"n":1e400}'), '/metadata/n', 'number_too_large'],
  '-1e400': [withMetadata('{"n":-1e400}'), '/metadata/n', 'number_too_large'],
}

const notAlike = (world: World): readonly Row[] =>
  Object.entries(NOT_ALIKE).map(([name, [body, pointer, issue]]) =>
    eventRow(world, name, body, { status: 400, code: 'invalid_json', pointer, issue }),
  )

const tooDeep = (world: World): readonly Row[] => {
  const expected = { status: 400, code: 'invalid_json', issue: 'too_deep', limit: 'DEPTH_MAX' } as const
  const room = BOUNDS.DEPTH_MAX - 2
  return [
    eventRow(world, 'one level too deep', withMetadata(`{"a":${nested(room + 1)}}`), {
      ...expected,
      pointer: `/metadata/a${'/0'.repeat(room)}`,
    }),
    eventRow(world, 'a hundred thousand levels', withMetadata(`{"a":${nested(100_000)}}`), expected),
    eventRow(world, 'a hundred thousand levels that nobody closes', '['.repeat(100_000), expected),
    eventRow(
      world,
      'objects one level too deep',
      withMetadata(`${'{"a":'.repeat(room + 1)}{}${'}'.repeat(room + 1)}`),
      expected,
    ),
    {
      name: 'one level too deep in a batch',
      send: {
        path: '/v1/events/batch',
        key: world.key,
        body: `[{"type":"a.b"},${withMetadata(`{"a":${nested(room + 1)}}`)}]`,
      },
      ...expected,
      pointer: `/1/metadata/a${'/0'.repeat(room)}`,
    },
  ]
}

const NOT_UTF8: { readonly [name: string]: readonly number[] } = {
  'a byte that never occurs': [0xff],
  'an overlong slash': [0xc0, 0xaf],
  'a surrogate in UTF-8': [0xed, 0xa0, 0x80],
  'a truncated sequence': [0xe2, 0x82],
  'past U+10FFFF': [0xf4, 0x90, 0x80, 0x80],
  'Latin-1': [0xe4],
}

const notUtf8 = (world: World): readonly Row[] => [
  ...Object.entries(NOT_UTF8).map(([name, bytes]) =>
    eventRow(world, `${name}, in a string`, concat('{"type":"a.b","description":"', bytes, '"}'), {
      status: 400,
      code: 'invalid_utf8',
    }),
  ),
  eventRow(world, 'UTF-16', new Uint8Array(Buffer.from('\uFEFF{"type":"a.b"}', 'utf16le')), {
    status: 400,
    code: 'invalid_utf8',
  }),
]

const concat = (before: string, bytes: readonly number[], after: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]))

export const jsonRows = (world: World): readonly Row[] =>
  [notJson, notAlike, tooDeep, notUtf8].flatMap((rows) => rows(world))
