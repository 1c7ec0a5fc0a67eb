/** What /openapi.json says of these routes. */
import { CALL_HEADERS, content, ORG, page, parameters, refusals } from '../openapi-parts.js'

const text = (description: string) => content('text/plain', description, { type: 'string' })
const CACHE = { 'Cache-Control': { type: 'string', description: 'How long it may be kept, by its reader alone.' } }

export const checkpointDoc = page({
  operationId: 'getCheckpoint',
  tags: ['Proofs'],
  summary: 'Get the checkpoint',
  description:
    'Size and root of the log, signed (C2SP tlog-checkpoint), with the cosignatures of witnesses where they signed this very one already. For any key of the organization.',
  headers: CALL_HEADERS,
  params: ORG,
  response: {
    200: { ...text('A signed note.'), headers: CACHE },
    ...refusals(['key', 'organization', 'query'], ['not_found']),
  },
})

export const tileDoc = page({
  operationId: 'getTile',
  tags: ['Proofs'],
  summary: 'Get a tile or an entry bundle',
  description:
    'The log as C2SP tlog-tiles lays it out: `tile/<level>/<index>`, `tile/entries/<index>`, and with `.p/<width>` what of them is there so far. Full ones never change.',
  headers: CALL_HEADERS,
  params: parameters(
    {
      org: { type: 'string', description: 'The organization’s id.' },
      path: { type: 'string', description: 'The rest of the tile’s path, slashes and all, such as `0/x001/234`.' },
    },
    ['org', 'path'],
  ),
  response: {
    200: {
      ...content('application/octet-stream', 'Its bytes.', { type: 'string', format: 'binary' }),
      headers: CACHE,
    },
    ...refusals(['key', 'organization', 'query'], ['tile_not_found']),
  },
})

export const consistencyDoc = page({
  operationId: 'getConsistency',
  tags: ['Proofs'],
  summary: 'Get the proof that the log only grew',
  description:
    'That the log under the newest checkpoint is one that grew from an earlier size: `old` and the size, the hashes of RFC 6962 §2.1.2, an empty line, the checkpoint (C2SP tlog-witness, add-checkpoint). For any key of the organization.',
  headers: CALL_HEADERS,
  params: ORG,
  querystring: parameters(
    { from: { type: 'integer', minimum: 0, description: 'The size of the checkpoint that you hold.' } },
    ['from'],
  ),
  response: {
    200: { ...text('The proof.'), headers: CACHE },
    ...refusals(['key', 'organization', 'query'], ['not_found', 'size_beyond_end']),
  },
})

export const proofDoc = page({
  operationId: 'getProof',
  tags: ['Proofs'],
  summary: 'Get the proof of an event',
  description:
    'That the event stands in the log under the newest checkpoint, as a file that is checked offline (C2SP tlog-proof). For any key of the organization.',
  headers: CALL_HEADERS,
  params: parameters({ id: { type: 'string', description: 'The event’s id.' } }, ['id']),
  response: {
    200: { ...text('The proof.'), headers: CACHE },
    ...refusals(['key', 'organization', 'query'], ['event_not_found', 'not_found']),
  },
})
