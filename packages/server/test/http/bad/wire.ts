/** What is sent over a bare socket: requests that no client would make. */
import type { Row, World } from './row.js'

const EVENT = '{"type":"a.b"}'
const CLOSE = 'Connection: close\r\n'

/** The head of a request to record, without the blank line that ends it. */
const head = ({ key }: World, more = ''): string =>
  `POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\n${more}`

const malformed = { status: 400, code: 'malformed_request' } as const

const notHttp = (): readonly Row[] =>
  [
    'GET /healthz\r\n\r\n',
    'GET\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'.repeat(4),
    'HELO example.com\r\n\r\n',
    '\0\0\0\0\r\n\r\n',
    'GET /healthz HTTP/3.7\r\nHost: x\r\n\r\n',
    'GET /heal thz HTTP/1.1\r\nHost: x\r\n\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'GET /healthz HTTP/1.1\r\n\r\n',
    'GET /healthz HTTP/1.1\r\nHost: x\r\nNo colon here\r\n\r\n',
    'GET /healthz HTTP/1.1\r\nHost: x\r\n Folded: y\r\n\r\n',
    'GET /healthz HTTP/1.1\r\nHost: x\r\nSpace : y\r\n\r\n',
    'GET /healthz HTTP/1.1\r\nHost: x\r\nNul: a\0b\r\n\r\n',
  ].map((text) => ({ name: `socket: ${JSON.stringify(text.slice(0, 50))}`, send: { parts: [text] }, ...malformed }))

const lengths = (world: World): readonly Row[] => {
  const row = (name: string, headers: string, body: string, more: Partial<Row> = {}): Row => ({
    name: `socket: ${name}`,
    send: { parts: [`${head(world, headers)}\r\n${body}`] },
    ...malformed,
    ...more,
  })
  return [
    row('a length that is no number', 'Content-Length: many\r\n', EVENT),
    row('a length below zero', 'Content-Length: -1\r\n', EVENT),
    row('a length past any number', `Content-Length: ${'9'.repeat(30)}\r\n`, EVENT),
    row('two lengths', 'Content-Length: 14\r\nContent-Length: 15\r\n', EVENT),
    row('a length and chunks', 'Content-Length: 14\r\nTransfer-Encoding: chunked\r\n', `e\r\n${EVENT}\r\n0\r\n\r\n`),
    row('a length too short', `Content-Length: 10\r\n${CLOSE}`, EVENT),
    row('a length past the limit', `Content-Length: 99999999\r\n${CLOSE}`, EVENT, {
      status: 413,
      code: 'body_too_large',
    }),
    row('a chunk of no length', `Transfer-Encoding: chunked\r\n${CLOSE}`, `zz\r\n${EVENT}\r\n0\r\n\r\n`),
    row('a chunk longer than it says', `Transfer-Encoding: chunked\r\n${CLOSE}`, `5\r\n${EVENT}\r\n0\r\n\r\n`),
    row('a chunk of endless length', `Transfer-Encoding: chunked\r\n${CLOSE}`, `${'f'.repeat(20)}\r\n${EVENT}`),
    row('an encoding of transfers that nobody knows', 'Transfer-Encoding: gzip\r\n', EVENT),
    row(
      'chunks past the limit',
      `Transfer-Encoding: chunked\r\n${CLOSE}`,
      `200000\r\n${' '.repeat(0x200000)}\r\n0\r\n\r\n`,
      {
        status: 413,
        code: 'body_too_large',
      },
    ),
  ]
}

const large = (world: World): readonly Row[] => [
  {
    name: 'socket: headers that are too large',
    send: { parts: [`${head(world)}X-Filler: ${'x'.repeat(20_000)}\r\n\r\n`] },
    status: 431,
    code: 'headers_too_large',
  },
  {
    name: 'socket: a path that is too large',
    send: { parts: [`GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`] },
    status: 431,
    code: 'headers_too_large',
  },
  {
    name: 'socket: a thousand small headers',
    send: { parts: [`${head(world)}${Array.from({ length: 1_500 }, (_, i) => `X-${i}: ${i}\r\n`).join('')}\r\n`] },
    status: 431,
    code: 'headers_too_large',
  },
]

/** Header lines that would become other lines of an answer or of the log, were they believed. */
const injections = (world: World): readonly Row[] => [
  {
    name: 'socket: a bare CR in x-request-id',
    send: { parts: [`${head(world, 'X-Request-Id: a\rSet-Cookie: b=c\r\n')}\r\n`] },
    ...malformed,
  },
  {
    name: 'socket: a bare LF in x-request-id',
    send: { parts: [`${head(world, `X-Request-Id: a\nX-Injected: b\r\nContent-Length: 2\r\n${CLOSE}`)}\r\n{}`] },
    ...malformed,
  },
  {
    name: 'socket: CR LF in x-request-id is the end of it',
    send: { parts: [`${head(world, `X-Request-Id: a\r\nX-Injected: b\r\nContent-Length: 2\r\n${CLOSE}`)}\r\n{}`] },
    status: 422,
    code: 'invalid_event',
    header: 'x-request-id: a',
  },
  {
    name: 'socket: a bare CR in Sealedlog-Organization',
    send: { parts: [`${head(world, 'Sealedlog-Organization: acme\rX: y\r\n')}\r\n`] },
    ...malformed,
  },
  {
    name: 'socket: Sealedlog-Organization twice',
    send: {
      parts: [
        `${head(world, `Sealedlog-Organization: acme\r\nSealedlog-Organization: beta\r\nContent-Length: 14\r\n${CLOSE}`)}\r\n${EVENT}`,
      ],
    },
    status: 400,
    code: 'invalid_parameter',
    param: 'sealedlog-organization',
  },
  {
    name: 'socket: a percent-encoded CR LF in the path',
    send: {
      parts: [
        `GET /v1/events/a%0d%0aSet-Cookie:%20b=c HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${world.key}\r\n${CLOSE}\r\n`,
      ],
    },
    status: 404,
    code: 'event_not_found',
  },
]

/** A request that never ends: what arrives late is refused in time, however lively it drips. */
const slow = (world: World): readonly Row[] => {
  const late = { status: 408, code: 'request_timeout', slow: true } as const
  const drips = (text: string) => Array.from({ length: 100 }, () => text)
  return [
    {
      name: 'socket: nothing after the headers',
      send: { parts: [`${head(world, 'Content-Length: 14\r\n')}\r\n`] },
      ...late,
    },
    {
      name: 'socket: half a body',
      send: { parts: [`${head(world, 'Content-Length: 14\r\n')}\r\n{"type"`] },
      ...late,
    },
    {
      name: 'socket: a body that drips',
      send: { parts: [`${head(world, 'Content-Length: 5000\r\n')}\r\n`, ...drips(' ')], everyMs: 100 },
      ...late,
    },
    {
      name: 'socket: chunks that drip',
      send: { parts: [`${head(world, 'Transfer-Encoding: chunked\r\n')}\r\n`, ...drips('1\r\n \r\n')], everyMs: 100 },
      ...late,
    },
    { name: 'socket: half a header', send: { parts: ['GET /healthz HTTP/1.1\r\nHost: x\r\nX-Sl'] }, ...late },
    {
      name: 'socket: headers that drip',
      send: { parts: ['GET /healthz HTTP/1.1\r\nHost: x\r\n', ...drips('X-Slow: x\r\n')], everyMs: 100 },
      ...late,
    },
    { name: 'socket: nothing at all but a first letter', send: { parts: ['G'] }, ...late },
  ]
}

export const wireRows = (world: World): readonly Row[] =>
  [notHttp, lengths, large, injections, slow].flatMap((rows) => rows(world))
