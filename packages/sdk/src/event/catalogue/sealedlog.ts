/** Sealedlog's own event types: what the server says of itself, into the log that it keeps. */
import type { EventTypeRow } from './row.js'
import { integer, open, record, text, texts } from './schema.js'
import { sealedlogExample } from './sealedlog-example.js'
import { KEEPING_ROWS } from './sealedlog-keeping.js'

const ada = { type: 'user', id: 'user_ada', name: 'Ada', email: 'ada@example.com' } as const
const operator = { type: 'service_account', id: 'svc_operations', api_key: { id: 'key_7QmT2XcV' } } as const
const auditorKey = { type: 'key', id: 'key_4NbR9KzP', name: 'auditor' } as const

export const SEALEDLOG_ROWS = [
  {
    type: 'audit.redaction',
    origin: 'sealedlog',
    sentence: '{actor} erased parts of earlier entries',
    targets: [],
    details: record({
      basis: text('Why the law or the contract asks for it.'),
      request_id: text('The request that was granted.'),
      events: integer('How many events lost something.'),
      groups: integer('How many of their groups went.'),
    }),
    since: '2026-11',
    example: sealedlogExample('audit.redaction', '2026-11-18T09:12:21.123Z', {
      actor: ada,
      details: { basis: 'GDPR Art. 17(1)(b)', request_id: 'dsr-2026-0114', events: 12, groups: 31 },
    }),
    exampleIsOurs: true,
    note: 'Which groups of which entries stands in the leaf’s `log` member, which nobody can erase.',
  },
  {
    type: 'log.key_rotated',
    origin: 'sealedlog',
    sentence: '{actor} rotated the log’s signing key',
    targets: [],
    details: record({
      generation: integer('The new key’s generation; the first key’s is 1.'),
      vkey: text('The new verifier key, as C2SP writes it.'),
    }),
    since: '2026-11',
    example: sealedlogExample('log.key_rotated', '2026-11-18T10:00:00.000Z', {
      actor: operator,
      details: {
        generation: 2,
        vkey: 'log.example.com/7h3k9m2p5q8r4t6v1w0x3y5z2a+8d1c70aa+AbX1VQ7o2cJm0h1sT9p3KqYwLz4eRfGd6UvNiB8xMtSa',
      },
    }),
    exampleIsOurs: true,
  },
  {
    type: 'log.continues',
    origin: 'sealedlog',
    sentence: '{actor} continued an earlier log after a loss',
    targets: [],
    details: record({
      origin: text('The earlier log’s origin.'),
      size: integer('How many of its entries this log kept: its own first ones.'),
    }),
    since: '2026-11',
    example: sealedlogExample('log.continues', '2026-11-19T06:30:00.000Z', {
      actor: operator,
      details: { origin: 'log.example.com/7h3k9m2p5q8r4t6v1w0x3y5z2a', size: 48_213 },
    }),
    exampleIsOurs: true,
  },
  {
    type: 'sealedlog.organization.created',
    origin: 'sealedlog',
    sentence: '{actor} created organization {target}',
    targets: [{ type: 'organization', at: 'id' }],
    details: record({
      id: text('The organization.'),
      name: text('Its name.'),
      origin: text('The origin of its log.'),
    }),
    since: '2026-11',
    example: sealedlogExample('sealedlog.organization.created', '2026-11-18T08:00:00.000Z', {
      actor: operator,
      targets: [{ type: 'organization', id: 'org_example', name: 'Example Works' }],
      details: {
        id: 'org_example',
        name: 'Example Works',
        origin: 'log.example.com/7h3k9m2p5q8r4t6v1w0x3y5z2a',
      },
    }),
    exampleIsOurs: true,
  },
  {
    type: 'sealedlog.key.created',
    origin: 'sealedlog',
    sentence: '{actor} created Sealedlog key {target}',
    targets: [{ type: 'key', at: 'id' }],
    details: record({
      id: text('The key’s id; the key itself is never kept.'),
      name: text('The key’s name.'),
      organization: text('The organization it is bound to; `*` for none.'),
      scopes: texts('`write`, `read`, `admin`.'),
      expires_at: text('When it ends, if it does.'),
    }),
    since: '2026-11',
    example: sealedlogExample('sealedlog.key.created', '2026-11-18T08:01:12.400Z', {
      actor: operator,
      targets: [{ type: 'key', id: 'key_4NbR9KzP', name: 'auditor' }],
      details: {
        id: 'key_4NbR9KzP',
        name: 'auditor',
        organization: 'org_example',
        scopes: ['read'],
        expires_at: '2027-02-20T00:00:00.000Z',
      },
    }),
    exampleIsOurs: true,
  },
  {
    type: 'sealedlog.key.revoked',
    origin: 'sealedlog',
    sentence: '{actor} revoked Sealedlog key {target}',
    targets: [{ type: 'key', at: 'id' }],
    details: record({ id: text('The key’s id.'), organization: text('The organization it was bound to.') }),
    since: '2026-11',
    example: sealedlogExample('sealedlog.key.revoked', '2026-11-18T17:45:03.050Z', {
      actor: ada,
      targets: [{ type: 'key', id: 'key_4NbR9KzP', name: 'auditor' }],
      details: { id: 'key_4NbR9KzP', organization: 'org_example' },
    }),
    exampleIsOurs: true,
  },
  {
    type: 'sealedlog.export.created',
    origin: 'sealedlog',
    sentence: '{actor} exported events as {target}',
    targets: [{ type: 'export', at: 'id' }],
    details: record({
      id: text('The export.'),
      format: text('The form of the file; `bundle` is a folder that is verified offline.'),
      entries: integer('How many entries it holds, where that is known beforehand.'),
      filter: open('What chose them: `from` and `to` are indexes, all else is as the list takes it.'),
      withhold: texts('Groups that were left out.'),
      reason: text('What it is for.'),
    }),
    since: '2026-11',
    example: sealedlogExample('sealedlog.export.created', '2026-11-18T11:20:44.010Z', {
      actor: ada,
      targets: [{ type: 'export', id: 'exp_6HjK2LmN' }],
      details: {
        id: 'exp_6HjK2LmN',
        format: 'csv',
        entries: 1_204,
        filter: { type: 'api_key.*', since: '2026-11-01' },
      },
    }),
    exampleIsOurs: true,
  },
  {
    type: 'sealedlog.viewer_session.created',
    origin: 'sealedlog',
    sentence: '{actor} opened viewer session {target}',
    targets: [{ type: 'viewer_session', at: 'id' }],
    details: record({
      id: text('The session.'),
      permissions: texts('What may be done in it: `read`, `export`.'),
      expires_at: text('When it ends.'),
    }),
    since: '2026-11',
    example: sealedlogExample('sealedlog.viewer_session.created', '2026-11-18T11:18:30.700Z', {
      actor: ada,
      targets: [{ type: 'viewer_session', id: 'vs_8QwE4RtY' }],
      details: { id: 'vs_8QwE4RtY', permissions: ['read', 'export'], expires_at: '2026-11-18T12:18:30.700Z' },
    }),
    exampleIsOurs: true,
  },
  {
    type: 'sealedlog.reads.summed',
    origin: 'sealedlog',
    sentence: '{actor} read the log',
    targets: [],
    details: record({
      day: text('The day, in UTC.'),
      requests: integer('How many requests read something.'),
      entries: integer('How many entries they were shown, all together.'),
      by_kind: open('The same two numbers by kind of request: list, search, get, tail, stream, tile, disclosures, …'),
    }),
    since: '2026-11',
    example: sealedlogExample('sealedlog.reads.summed', '2026-11-19T00:00:04.000Z', {
      actor: auditorKey,
      details: {
        day: '2026-11-18',
        requests: 37,
        entries: 3_120,
        by_kind: { list: { requests: 32, entries: 3_120 }, tile: { requests: 5, entries: 0 } },
      },
    }),
    exampleIsOurs: true,
    note: 'One entry for a key and a day; reading never causes another.',
  },
  ...KEEPING_ROWS,
] as const satisfies readonly EventTypeRow[]
