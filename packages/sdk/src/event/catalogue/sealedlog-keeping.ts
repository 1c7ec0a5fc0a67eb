/** Sealedlog's own event types about keeping: how long, under which hold, until which end, signed with which key. */
import type { EventTypeRow } from './row.js'
import { integer, open, record, text } from './schema.js'
import { sealedlogExample } from './sealedlog-example.js'

const admin = { type: 'key', id: 'key_7QmT2XcV', name: 'operations' } as const
const ORIGIN = 'log.example.com/7h3k9m2p5q8r4t6v1w0x3y5z2a'

export const KEEPING_ROWS = [
  {
    type: 'sealedlog.organization.closed',
    origin: 'sealedlog',
    sentence: '{actor} closed organization {target}',
    targets: [{ type: 'organization', at: 'id' }],
    details: record({
      id: text('The organization.'),
      name: text('Its name.'),
      origin: text('The origin of its log, which stays served.'),
      size: integer('How many entries its log has, for ever.'),
    }),
    since: '2026-11',
    example: sealedlogExample('sealedlog.organization.closed', '2026-11-19T16:00:00.000Z', {
      actor: admin,
      targets: [{ type: 'organization', id: 'org_example', name: 'Example Works' }],
      details: { id: 'org_example', name: 'Example Works', origin: ORIGIN, size: 48_214 },
    }),
    exampleIsOurs: true,
    note: 'Stands in the instance’s own log; its keys’ revocations stand beside it.',
  },
  {
    type: 'sealedlog.signing_key.rotated',
    origin: 'sealedlog',
    sentence: '{actor} rotated the signing key of organization {target}',
    targets: [{ type: 'organization', at: 'organization' }],
    details: record({
      organization: text('The organization whose log it signs.'),
      origin: text('The origin of the log.'),
      generation: integer('The new key’s generation; the first key’s is 1.'),
      vkey: text('The new verifier key, as C2SP writes it.'),
    }),
    since: '2026-11',
    example: sealedlogExample('sealedlog.signing_key.rotated', '2026-11-18T10:00:00.020Z', {
      actor: admin,
      targets: [{ type: 'organization', id: 'org_example' }],
      details: {
        organization: 'org_example',
        origin: ORIGIN,
        generation: 2,
        vkey: `${ORIGIN}+8d1c70aa+AbX1VQ7o2cJm0h1sT9p3KqYwLz4eRfGd6UvNiB8xMtSa`,
      },
    }),
    exampleIsOurs: true,
    note: 'Stands in the instance’s own log; the log itself says `log.key_rotated`, and that alone counts.',
  },
  {
    type: 'sealedlog.hold.placed',
    origin: 'sealedlog',
    sentence: '{actor} placed a legal hold',
    targets: [],
    details: record({ reason: text('Why nothing may be erased.') }),
    since: '2026-11',
    example: sealedlogExample('sealedlog.hold.placed', '2026-11-18T13:00:00.000Z', {
      actor: admin,
      details: { reason: 'Case 2026-0119' },
    }),
    exampleIsOurs: true,
  },
  {
    type: 'sealedlog.hold.lifted',
    origin: 'sealedlog',
    sentence: '{actor} lifted the legal hold',
    targets: [],
    details: record({
      reason: text('Why it was placed.'),
      placed_at: text('When it was placed.'),
    }),
    since: '2026-11',
    example: sealedlogExample('sealedlog.hold.lifted', '2026-11-19T13:00:00.000Z', {
      actor: admin,
      details: { reason: 'Case 2026-0119', placed_at: '2026-11-18T13:00:00.000Z' },
    }),
    exampleIsOurs: true,
  },
  {
    type: 'sealedlog.retention.changed',
    origin: 'sealedlog',
    sentence: '{actor} changed for how long entries are kept',
    targets: [],
    details: record({
      default_days: integer('Days after which entries are erased; absent for never.'),
      buckets: open('Days by bucket, where they differ; null for never.'),
    }),
    since: '2026-11',
    example: sealedlogExample('sealedlog.retention.changed', '2026-11-18T12:00:00.000Z', {
      actor: admin,
      details: { default_days: 365, buckets: { billing: 3650, legal: null } },
    }),
    exampleIsOurs: true,
    note: 'What is then erased by age is accounted for by `audit.redaction` entries with the basis `retention`.',
  },
] as const satisfies readonly EventTypeRow[]
