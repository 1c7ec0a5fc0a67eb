/** The head of /openapi.json; the routes say the rest themselves. */
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { COMPONENTS } from './openapi-components.js'

/** One tag for each chapter, in the order of the document. */
const TAGS = {
  Events: 'Record what happened, list it, follow it.',
  Queries: 'Queries that an organization keeps by name.',
  'OpenAI-compatible': 'The same log, served to clients of OpenAI’s audit log API.',
  'Event types': 'What an organization says of its event types, and demands of events.',
  Organizations: 'Each organization has a log of its own.',
  Retention: 'How long entries are kept, and when nothing may be erased.',
  Keys: 'Who may write, read and administer.',
  Erasing: 'What the law asks to be erased, so that every proof stays valid.',
  Proofs: 'Each log as C2SP tlog-tiles: anyone who holds a checkpoint can check it.',
  Operations: 'Whether the server lives, and what it measured.',
} as const

export type Tag = keyof typeof TAGS

export const OPENAPI_OPTIONS: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Sealedlog',
      description: 'The audit log of who did what, when, that anyone can check.',
      version: '0.1.0',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } as { name: string },
    },
    servers: [{ url: '/', description: 'The server that sent this document' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    security: [{ key: [] }],
    components: {
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description:
            'A key: `Authorization: Bearer slk_…`. It has scopes, and is bound to one organization or to none.',
        },
      },
    },
  },
  refResolver: { buildLocalReference: (json) => json.$id as string },
  // OpenAPI has no wildcards: what stands in for one is named.
  transform: ({ schema, url }) => ({ schema, url: url.replace(/\*$/, ':path') }),
}

/** Makes the shared schemas known, to which routes refer as `Event#`. */
export function addComponents(app: FastifyInstance): void {
  for (const [$id, schema] of Object.entries(COMPONENTS)) app.addSchema({ $id, ...schema })
}
