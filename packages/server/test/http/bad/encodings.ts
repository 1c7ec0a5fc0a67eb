/** Content types and encodings that are wrong, or not what they say. */
import { deflateSync, brotliCompressSync, gzipSync } from 'node:zlib'
import { BOUNDS } from '@sealedlog/sdk/event'
import { eventRow, type Row, type World } from './row.js'

const EVENT = '{"type":"a.b"}'
const zip = (text: string | Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(gzipSync(text))
const GZIP = { 'content-encoding': 'gzip' }

const WRONG_TYPES: readonly string[] = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/xml',
  'application/jsonp',
  'application/problem+json',
  'application/x-ndjson',
  'application/json; charset=iso-8859-1',
  'application/json; charset=utf-16',
  'application/json;charset="latin1"',
  'constructor/prototype',
  '*/*',
]

const contentTypes = (world: World): readonly Row[] => [
  ...WRONG_TYPES.map((type) =>
    eventRow(
      world,
      `content type ${type}`,
      EVENT,
      { status: 415, code: 'unsupported_media_type' },
      {
        'content-type': type,
      },
    ),
  ),
  ...['nonsense', 'application', 'application/', '/json', ','].map((type) =>
    eventRow(
      world,
      `a content type that is none: ${type}`,
      EVENT,
      { status: 415, code: 'unsupported_media_type' },
      {
        'content-type': type,
      },
    ),
  ),
  {
    name: 'a batch in CSV',
    send: { path: '/v1/events/batch', key: world.key, body: 'a.b', headers: { 'content-type': 'text/csv' } },
    status: 415,
    code: 'unsupported_media_type',
    says: 'application/x-ndjson',
  },
  {
    name: 'no body and no content type',
    send: { method: 'POST', path: '/v1/events', key: world.key },
    status: 415,
    code: 'unsupported_media_type',
  },
]

const encodings = (world: World): readonly Row[] => {
  const unsupported = { status: 415, code: 'unsupported_encoding' } as const
  const row = (encoding: string, body: string | Uint8Array): Row =>
    eventRow(world, `content encoding ${encoding}`, body, unsupported, { 'content-encoding': encoding })
  return [
    row('br', new Uint8Array(brotliCompressSync(EVENT))),
    row('deflate', new Uint8Array(deflateSync(EVENT))),
    row('gzip, gzip', zip(zip(EVENT))),
    row('zstd', EVENT),
    row('gzip;q=1', zip(EVENT)),
    row('constructor', EVENT),
  ]
}

const broken = (world: World): readonly Row[] => {
  const invalid = { status: 400, code: 'invalid_encoding' } as const
  const whole = zip(EVENT)
  const flipped = whole.map((byte, i) => (i === whole.length - 6 ? byte ^ 1 : byte))
  return [
    eventRow(world, 'gzip cut before its end', whole.subarray(0, -1), invalid, GZIP),
    eventRow(world, 'gzip cut in its data', whole.subarray(0, 14), invalid, GZIP),
    eventRow(world, 'gzip cut in its header', whole.subarray(0, 5), invalid, GZIP),
    eventRow(world, 'gzip of which one bit of the checksum is wrong', flipped, invalid, GZIP),
    eventRow(world, 'JSON that says it is gzip', EVENT, invalid, GZIP),
    eventRow(
      world,
      'a gzip header and garbage',
      new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 255, 255, 255]),
      invalid,
      GZIP,
    ),
    eventRow(world, 'nothing that says it is gzip', '', invalid, GZIP),
    eventRow(world, 'gzip of nothing', zip(''), { status: 400, code: 'invalid_json' }, GZIP),
    eventRow(world, 'gzip that does not say so', whole, { status: 400, code: 'invalid_utf8' }),
    eventRow(
      world,
      'gzip of what is not UTF-8',
      zip(new Uint8Array([0x22, 0xff, 0x22])),
      { status: 400, code: 'invalid_utf8' },
      GZIP,
    ),
  ]
}

const ZEROS_BYTES = 10 * BOUNDS.BATCH_BYTES_MAX

/** Small bodies that would be large: ten kilobytes that say a hundred megabytes, and the like. */
export function bombs(world: World): readonly Row[] {
  const large = { status: 413, code: 'body_too_large' } as const
  const zeros = zip(new Uint8Array(ZEROS_BYTES))
  const spaces = zip(' '.repeat(BOUNDS.BODY_BYTES_MAX + 1))
  const brackets = zip('['.repeat(BOUNDS.BATCH_BYTES_MAX))
  const batch = { path: '/v1/events/batch', key: world.key, headers: GZIP }
  return [
    eventRow(world, 'a bomb of zeros', zeros, { ...large, limit: 'BODY_BYTES_MAX' }, GZIP),
    eventRow(world, 'a bomb of spaces, one byte past the limit', spaces, { ...large, limit: 'BODY_BYTES_MAX' }, GZIP),
    { name: 'a bomb of zeros as a batch', send: { ...batch, body: zeros }, ...large, limit: 'BATCH_BYTES_MAX' },
    {
      name: 'a bomb of zeros as NDJSON',
      send: { ...batch, body: zeros, headers: { ...GZIP, 'content-type': 'application/x-ndjson' } },
      ...large,
      limit: 'BATCH_BYTES_MAX',
    },
    {
      name: 'a bomb of brackets that just fits',
      send: { ...batch, body: brackets },
      status: 400,
      code: 'invalid_json',
      limit: 'DEPTH_MAX',
    },
    eventRow(world, 'a bomb within a bomb', zip(zeros), { status: 400, code: 'invalid_utf8' }, GZIP),
  ]
}

export const encodingRows = (world: World): readonly Row[] =>
  [contentTypes, encodings, broken, bombs].flatMap((rows) => rows(world))
