/** OpenAI: API keys, external keys and certificates. */
import { ada, deployBot, grace, graceKey, openaiExample } from './openai-example.js'
import type { EventTypeRow } from './row.js'
import { list, open, record, text, texts } from './schema.js'

const keyId = text('The API key’s tracking id.')
const scopes = texts('What the key may be used for, such as `api.model.request`.')
const externalKeyId = text('The external key configuration.')
const certificateId = text('The certificate.')
const certificateName = text('The certificate’s name.')
const certificates = list(
  record({ id: certificateId, name: certificateName }),
  'The certificates that were switched, one or more.',
)

/** The actor of OpenAI's own published examples. */
const publishedUser = { id: 'user-xxx', email: 'user@example.com' } as const
const publishedSession = {
  user: publishedUser,
  ip_address: '127.0.0.1',
  user_agent:
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/91.0.4472.124 Safari/537.36',
} as const

export const OPENAI_KEY_ROWS = [
  {
    type: 'api_key.created',
    origin: 'openai',
    sentence: '{actor} created API key {target}',
    targets: [{ type: 'api_key', at: 'id' }],
    details: record({ id: keyId, data: record({ scopes }, 'What the key was created with.') }),
    since: '2024-08-06',
    example: {
      id: 'req_xxx_20240101',
      type: 'api_key.created',
      effective_at: 1720804090,
      actor: { type: 'session', session: publishedSession },
      'api_key.created': { id: 'key_xxxx', data: { scopes: ['resource.operation'] } },
    },
  },
  {
    type: 'api_key.updated',
    origin: 'openai',
    sentence: '{actor} updated API key {target}',
    targets: [{ type: 'api_key', at: 'id' }],
    details: record({ id: keyId, changes_requested: record({ scopes }, 'What was asked to change.') }),
    since: '2024-08-06',
    example: {
      id: 'audit_log-yyy__20240101',
      type: 'api_key.updated',
      effective_at: 1720804190,
      actor: {
        type: 'session',
        session: {
          ...publishedSession,
          ja3: 'a497151ce4338a12c4418c44d375173e',
          ja4: 'q13d0313h3_55b375c5d22e_c7319ce65786',
          ip_address_details: {
            country: 'US',
            city: 'San Francisco',
            region: 'California',
            region_code: 'CA',
            asn: '1234',
            latitude: '37.77490',
            longitude: '-122.41940',
          },
        },
      },
      'api_key.updated': { id: 'key_xxxx', data: { scopes: ['resource_2.operation_2'] } },
    },
    note: 'OpenAI’s own example says `data` where its schema says `changes_requested`; both are read.',
  },
  {
    type: 'api_key.deleted',
    origin: 'openai',
    sentence: '{actor} deleted API key {target}',
    targets: [{ type: 'api_key', at: 'id' }],
    details: record({ id: keyId }),
    since: '2024-08-06',
    example: openaiExample('api_key.deleted', graceKey, { id: 'key_qW9eR8tY7uI6' }),
    exampleIsOurs: true,
  },
  {
    type: 'external_key.registered',
    origin: 'openai',
    sentence: '{actor} registered external key {target}',
    targets: [{ type: 'external_key', at: 'id' }],
    details: record({ id: externalKeyId, data: open('The key’s configuration.') }),
    since: 'by 2026-04-29',
    example: openaiExample('external_key.registered', ada, {
      id: 'extkey_5rT8yU2iO9pL',
      data: { provider: 'aws_kms', key_arn: 'arn:aws:kms:eu-central-1:000000000000:key/example' },
    }),
    exampleIsOurs: true,
  },
  {
    type: 'external_key.removed',
    origin: 'openai',
    sentence: '{actor} removed external key {target}',
    targets: [{ type: 'external_key', at: 'id' }],
    details: record({ id: externalKeyId }),
    since: 'by 2026-04-29',
    example: openaiExample('external_key.removed', ada, { id: 'extkey_5rT8yU2iO9pL' }),
    exampleIsOurs: true,
  },
  {
    type: 'certificate.created',
    origin: 'openai',
    sentence: '{actor} created certificate {target}',
    targets: [{ type: 'certificate', at: 'id' }],
    details: record({ id: certificateId, name: certificateName }),
    since: '2025-04-29',
    example: openaiExample('certificate.created', grace, { id: 'cert_7hJ4kL1zX8cV', name: 'mTLS 2026' }),
    exampleIsOurs: true,
  },
  {
    type: 'certificate.updated',
    origin: 'openai',
    sentence: '{actor} updated certificate {target}',
    targets: [{ type: 'certificate', at: 'id' }],
    details: record({ id: certificateId, name: certificateName }),
    since: '2025-04-29',
    example: openaiExample('certificate.updated', grace, { id: 'cert_7hJ4kL1zX8cV', name: 'mTLS 2026, Frankfurt' }),
    exampleIsOurs: true,
  },
  {
    type: 'certificate.deleted',
    origin: 'openai',
    sentence: '{actor} deleted certificate {target}',
    targets: [{ type: 'certificate', at: 'id' }],
    details: record({
      id: certificateId,
      name: certificateName,
      certificate: text('The certificate itself, in PEM.'),
    }),
    since: '2025-04-29',
    example: openaiExample('certificate.deleted', ada, {
      id: 'cert_2wE5rT8yU1iO',
      name: 'mTLS 2025',
      certificate: '-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----\n',
    }),
    exampleIsOurs: true,
  },
  {
    type: 'certificates.activated',
    origin: 'openai',
    sentence: '{actor} activated certificate {target}',
    targets: [{ type: 'certificate', at: 'certificates[].id' }],
    details: record({ certificates }),
    since: '2025-04-29',
    example: openaiExample('certificates.activated', deployBot, {
      certificates: [
        { id: 'cert_7hJ4kL1zX8cV', name: 'mTLS 2026, Frankfurt' },
        { id: 'cert_9pO6iU3yT0rE', name: 'mTLS 2026, Dublin' },
      ],
    }),
    exampleIsOurs: true,
  },
  {
    type: 'certificates.deactivated',
    origin: 'openai',
    sentence: '{actor} deactivated certificate {target}',
    targets: [{ type: 'certificate', at: 'certificates[].id' }],
    details: record({ certificates }),
    since: '2025-04-29',
    example: openaiExample('certificates.deactivated', deployBot, {
      certificates: [{ id: 'cert_2wE5rT8yU1iO', name: 'mTLS 2025' }],
    }),
    exampleIsOurs: true,
  },
] as const satisfies readonly EventTypeRow[]
