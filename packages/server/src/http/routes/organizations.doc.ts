/** What /openapi.json says of these routes. */
import { BOUNDS, orgShape, shapeToJsonSchema } from '@sealedlog/sdk/event'
import { CALL_HEADERS, json, LIMIT, ORG, page, parameters, refusals } from '../openapi-parts.js'

const NAME = {
  type: 'string',
  description: 'Its name; the id where it is left out.',
  minLength: 1,
  maxLength: BOUNDS.NAME_CHARS_MAX,
}
const made = {
  201: json('It is created.', 'Organization'),
  200: json('It exists already, as this.', 'Organization'),
}

export const createOrganizationDoc = page({
  operationId: 'createOrganization',
  tags: ['Organizations'],
  summary: 'Create an organization',
  description: 'Starts the log of an organization. One that exists is left as it is. For unbound admin keys.',
  headers: CALL_HEADERS,
  body: {
    content: {
      'application/json': {
        schema: {
          type: 'object',
          properties: { id: shapeToJsonSchema(orgShape), name: NAME },
          required: ['id'],
          additionalProperties: false,
          examples: [{ id: 'acme', name: 'Acme Inc.' }],
        },
      },
    },
  },
  response: { ...made, ...refusals(['key', 'query', 'body'], ['invalid_organization']) },
})

export const putOrganizationDoc = page({
  operationId: 'putOrganization',
  tags: ['Organizations'],
  summary: 'Make sure that an organization exists',
  description: 'The same as creating it, by path: saying it twice is saying it once. The body may be left out.',
  headers: CALL_HEADERS,
  params: ORG,
  body: {
    content: {
      'application/json': {
        schema: {
          type: 'object',
          properties: { name: NAME },
          additionalProperties: false,
          examples: [{ name: 'Acme' }],
        },
      },
    },
  },
  response: { ...made, ...refusals(['key', 'query', 'body'], ['invalid_organization', 'not_found']) },
})

export const closeOrganizationDoc = page({
  operationId: 'closeOrganization',
  tags: ['Organizations'],
  summary: 'Close an organization',
  description:
    'For ever: its keys are revoked, all that its entries disclose is erased (accounted for by `audit.redaction` entries with the basis `organization closed`), what it set up is forgotten, and nothing more is recorded for it. Its leaves, tiles, checkpoint and proofs stay served. Saying it twice is saying it once. For unbound admin keys; a legal hold refuses it.',
  headers: CALL_HEADERS,
  params: ORG,
  response: {
    200: json('It is closed.', 'Organization'),
    ...refusals(['key', 'organization', 'query'], ['not_found', 'legal_hold', 'invalid_organization', 'log_read_only']),
  },
})

export const listOrganizationsDoc = page({
  operationId: 'listOrganizations',
  tags: ['Organizations'],
  summary: 'List organizations',
  description: 'By id, ascending. A key that is bound sees its own organization alone.',
  headers: CALL_HEADERS,
  querystring: parameters({
    ...LIMIT,
    after: { type: 'string', description: 'The id after which to go on.' },
  }),
  response: {
    200: json('A page.', 'OrganizationList'),
    ...refusals(['key', 'query'], ['organization_mismatch']),
  },
})

export const organizationDoc = page({
  operationId: 'getOrganization',
  tags: ['Organizations'],
  summary: 'Get an organization',
  description: 'Its name, and the origin, verifier key and size of its log. For any of its keys.',
  headers: CALL_HEADERS,
  params: ORG,
  response: {
    200: json('The organization.', 'Organization'),
    ...refusals(['key', 'organization', 'query'], ['not_found']),
  },
})
