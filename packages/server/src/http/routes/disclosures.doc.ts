/** What /openapi.json says of the disclosures of a bundle. */
import { CALL_HEADERS, content, page, parameters, refusals } from '../openapi-parts.js'

export const disclosuresDoc = page({
  operationId: 'getDisclosures',
  tags: ['Proofs'],
  summary: 'Get the disclosures of a bundle',
  description:
    'What stands behind the commitments of 256 entries, as far as it was not erased: a line each, the index of the entry, a space, and the exact bytes that are committed to (docs/format.md). It is never cached: what is erased is gone from the next answer.',
  headers: CALL_HEADERS,
  params: parameters(
    {
      org: { type: 'string', description: 'The organization’s id.' },
      path: { type: 'string', description: 'The bundle’s number as its path has it: `000`, `x001/234`.' },
    },
    ['org', 'path'],
  ),
  response: {
    200: {
      ...content('text/plain', 'Its disclosures.', { type: 'string' }),
      headers: { 'Cache-Control': { type: 'string', description: '`no-store`.' } },
    },
    ...refusals(['key', 'organization', 'query'], ['tile_not_found']),
  },
})
