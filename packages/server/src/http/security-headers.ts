/** The headers that tell browsers to be careful. They are helmet's, and the same for every answer: so it is asked once. */
import helmet from '@fastify/helmet'
import fastify from 'fastify'

export interface SecurityHeaders {
  readonly [name: string]: string
}

/** Headers that any answer has, helmet or not. */
const OF_ANY_ANSWER: ReadonlySet<string> = new Set([
  'content-type',
  'content-length',
  'date',
  'connection',
  'keep-alive',
])

/** Asks helmet, on an application that answers nothing else. For each request, it would compose them all anew. */
export async function readSecurityHeaders(): Promise<SecurityHeaders> {
  const app = fastify()
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  })
  app.get('/', async () => '')
  const { headers } = await app.inject('/')
  await app.close()
  const set = Object.entries(headers).filter(([name]) => !OF_ANY_ANSWER.has(name))
  return Object.fromEntries(set.map(([name, value]) => [name, String(value)]))
}
