/** What /openapi.json says of the cosigned checkpoint. */
import { CALL_HEADERS, content, ORG, page, refusals } from '../openapi-parts.js'

export const cosignedDoc = page({
  operationId: 'getCosignedCheckpoint',
  tags: ['Proofs'],
  summary: 'Get the newest cosigned checkpoint',
  description:
    'The newest checkpoint with the cosignatures of the witnesses that the server’s policy asks for (C2SP tlog-cosignature); as long as there were never enough of them, the newest that any witness signed. It may be older than the checkpoint. For any key of the organization.',
  headers: CALL_HEADERS,
  params: ORG,
  response: {
    200: {
      ...content('text/plain', 'A signed note.', { type: 'string' }),
      headers: { 'Cache-Control': { type: 'string', description: '`no-store`.' } },
    },
    ...refusals(['key', 'organization', 'query'], ['cosignature_not_found', 'not_found']),
  },
})
