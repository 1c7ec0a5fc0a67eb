/** A log over `fetch`: what is asked for, what counts as nothing, and what is said where somebody else answers. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import { fetchOrganizations, fetchSource, verifyEvidence, verifyLog } from '../../dist/verify/index.js'
import { eventfulWorld, evidenceOf } from './eventful.js'

const world = eventfulWorld()
const FILES = world.files().bytes
const options = { vkeys: [world.vkeyAt()] }
const KEY = 'slk_a_key_that_nobody_is_told'

interface Asked {
  readonly url: string
  readonly init: RequestInit
}

/** Who answers under an address: with files, else with a refusal. */
function web(prefix: string, refuse: () => Response, more: Readonly<Record<string, () => Response>> = {}) {
  const asked: Asked[] = []
  const fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = input as string
    asked.push({ url, init })
    const other = more[url.slice(prefix.length)]
    if (other) return other()
    const bytes = url.startsWith(prefix) ? FILES.get(url.slice(prefix.length)) : undefined
    return bytes ? new Response(Uint8Array.from(bytes)) : refuse()
  }
  return { asked, fetch, sleep: async () => undefined }
}

const problem = (status: number, code: string) => () => Response.json({ code, detail: 'Said so.' }, { status })
const notFound = () => new Response('<h1>Not here</h1>', { status: 404 })

describe('a bundle that is served as files', () => {
  test('is verified, whatever its server says of files that are not there', async () => {
    for (const refuse of [notFound, problem(404, 'not_found')]) {
      const { fetch, asked } = web('/bundles/1/', refuse)
      const report = await verifyLog(fetchSource({ url: '/bundles/1/', fetch }), options)
      expect([report.findings, report.verdict, report.source]).toEqual([[], 'verified', '/bundles/1'])
      expect(asked.every(({ init }) => !new Headers(init.headers).has('authorization'))).toBe(true)
    }
  })

  test('without tiles is not verified, and without a checkpoint not checked: it says what else it might be', async () => {
    const note = FILES.get('checkpoint') ?? new Uint8Array(0)
    const lone = async (input: unknown) => (input === '/checkpoint' ? new Response(Uint8Array.from(note)) : notFound())
    expect(await verifyLog(fetchSource({ url: '', fetch: lone }), options)).toMatchObject({ verdict: 'not_verified' })
    const { verdict, reason } = await verifyLog(fetchSource({ url: '/x', fetch: web('/y/', notFound).fetch }), options)
    expect([verdict, reason]).toEqual(['unchecked', expect.stringContaining('Of a server, name the organization.')])
  })
})

describe('a server', () => {
  const TLOG = 'https://audit.example.com/v1/organizations/a%20b/tlog/'
  const source = (refuse: () => Response, more?: Readonly<Record<string, () => Response>>) => {
    const { fetch, asked, sleep } = web(TLOG, refuse, { keys: () => Response.json(world.keys()), ...more })
    const said = { url: 'https://audit.example.com/', organization: 'a b', key: KEY, fetch, sleep }
    return { asked, source: fetchSource(said) }
  }

  test('is asked with the key, for what is there now, and sent nowhere else', async () => {
    const { asked, source: log } = source(problem(404, 'tile_not_found'))
    expect(await verifyLog(log, options)).toMatchObject({ verdict: 'verified', findings: [] })
    for (const { url, init } of asked) {
      expect([url.startsWith(TLOG), init.redirect, init.cache]).toEqual([true, 'manual', 'no-store'])
      expect(new Headers(init.headers).get('authorization')).toBe(`Bearer ${KEY}`)
    }
  })

  test('that has no such organization, or is none of ours, is no log without tiles', async () => {
    for (const refuse of [problem(404, 'organization_not_found'), problem(404, 'not_found'), notFound]) {
      const { verdict } = await verifyLog(source(refuse, { checkpoint: refuse }).source, options)
      expect(verdict).toBe('unchecked')
    }
  })

  test('that redirects is not followed, in whichever way the platform tells of it', async () => {
    const seen = { type: 'opaqueredirect', ok: false, status: 0, headers: new Headers(), body: null }
    const opaque = (): Response => seen as unknown as Response
    for (const redirect of [() => new Response(null, { status: 302, headers: { location: '/x' } }), opaque]) {
      const { reason } = await verifyLog(source(notFound, { checkpoint: redirect, cosigned: redirect }).source, options)
      expect(reason).toContain('Redirects are not followed. Name the address that it leads to.')
    }
  })

  test('that repeats the key in what it says gives it away to nobody', async () => {
    const leak = () => Response.json({ code: 'forbidden', detail: `No: ${KEY}` }, { status: 403 })
    const { reason } = await verifyLog(source(leak, { cosigned: leak }).source, options)
    expect(reason).toMatch(/answered 403: No: \[key\]$/)
  })

  test('that is busy for ever is given up', async () => {
    const { asked, source: log } = source(problem(503, 'unavailable'), { cosigned: problem(503, 'unavailable') })
    expect(await verifyLog(log, options)).toMatchObject({ verdict: 'unchecked' })
    expect(asked).toHaveLength(8)
  })

  test('tells of its organizations, page after page', async () => {
    const pages = [
      { data: [{ id: 'a' }, { id: 'b' }], has_more: true },
      { data: [{ id: 'c' }], has_more: false },
    ]
    const asked: string[] = []
    const fetch = async (input: string | URL | Request): Promise<Response> => {
      asked.push(input as string)
      return Response.json(pages[asked.length - 1])
    }
    expect(await fetchOrganizations({ url: '', fetch })).toEqual(['a', 'b', 'c'])
    expect(asked).toEqual(['/v1/organizations?limit=1000', '/v1/organizations?limit=1000&after=b'])
  })
})

describe('where a browser has no WebCrypto, as on a page that came over http://', () => {
  afterEach(() => void vi.unstubAllGlobals())

  test('nothing is verified, and no signature is called bad', async () => {
    const getRandomValues = crypto.getRandomValues.bind(crypto)
    vi.stubGlobal('crypto', { getRandomValues })
    const { fetch } = web('/bundle/', notFound)
    for (const report of [
      await verifyLog(fetchSource({ url: '/bundle', fetch }), options),
      await verifyEvidence(evidenceOf(world, 10), options),
    ])
      expect(report).toMatchObject({ verdict: 'unchecked', findings: [], reason: expect.stringContaining('https://') })
  })
})
