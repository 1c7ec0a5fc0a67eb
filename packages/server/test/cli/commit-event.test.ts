/** From `git log` to events: whatever git lets a history hold, each of its commits is an event that the server takes. */
import { randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import { encodeUtf8, parseJson } from '@sealedlog/sdk/base'
import { BOUNDS, type EventInput, fillEvent, parseEvent, sealEvent } from '@sealedlog/sdk/event'
import { describe, expect, test } from 'vitest'
import { cut, eventOfCommit, instantOf, isToCome } from '../../dist/cli/commit-event.js'
import { openRepository } from '../../dist/cli/git.js'
import { type Commit, FILES_KEPT_MAX, readCommits, TokenCutter } from '../../dist/cli/git-log.js'
import { type HostileCommit, hostileRepository, TestRepository } from './repositories.js'

const NOW_MS = Date.UTC(2026, 10, 20)

async function commitsOf({ folder }: TestRepository): Promise<readonly Commit[]> {
  const repository = await openRepository(folder, undefined)
  const commits: Commit[] = []
  for await (const commit of readCommits(repository)) commits.push(commit)
  expect(commits).toHaveLength(repository.commits)
  return commits
}

/** What the server does with an event before it is recorded. */
function accept(event: EventInput): EventInput {
  const parsed = parseEvent(parseJson(encodeUtf8(JSON.stringify(event)), { depthMax: BOUNDS.DEPTH_MAX }), NOW_MS)
  sealEvent(fillEvent(parsed, NOW_MS, randomBytes), 'demo', randomBytes)
  return parsed
}

describe('cutting', () => {
  test('keeps to the limit, halves no character, and changes nothing that fits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), fc.integer({ min: 1, max: 30 }), (text, charsMax) => {
        const kept = cut(text, charsMax)
        expect(kept.length).toBeLessThanOrEqual(charsMax)
        expect(kept.isWellFormed()).toBe(true)
        if (text.length <= charsMax) expect(kept).toBe(text)
        else expect(text.startsWith(kept.slice(0, -1)) && kept.endsWith('…')).toBe(true)
      }),
    )
  })

  test('at NULs gives the same tokens however the bytes come', () => {
    const bytes = fc.uint8Array({ maxLength: 60 }).map((all) => all.map((byte) => (byte < 60 ? 0 : byte)))
    fc.assert(
      fc.property(fc.array(bytes), (chunks) => {
        const cutter = new TokenCutter()
        const tokens = chunks
          .flatMap((chunk) => cutter.cut(chunk))
          .map((token) => Buffer.from(token).toString('latin1'))
        expect(tokens).toEqual(Buffer.concat(chunks).toString('latin1').split('\0').slice(0, -1))
      }),
    )
  })

  test('keeps only the beginning of a token that is longer than an event has room for', () => {
    const cutter = new TokenCutter()
    for (let i = 0; i < 64; i++) expect(cutter.cut(Buffer.alloc(65_536, i + 65))).toEqual([])
    const [token] = cutter.cut(Buffer.from('\0'))
    expect(token?.length).toBe(65_536)
    expect(token?.every((byte) => byte === 65)).toBe(true)
  })
})

/** Any bytes but those that a commit cannot have in this place. */
const bytesWithout = (forbidden: string, maxLength: number): fc.Arbitrary<Uint8Array> =>
  fc
    .oneof(
      fc.uint8Array({ maxLength }),
      fc.string({ unit: 'binary', maxLength }).map((text) => Buffer.from(text)),
    )
    .map((bytes) => bytes.filter((byte) => byte !== 0 && !forbidden.includes(String.fromCharCode(byte))))

/** A short thing and how often it is said: long texts at no cost. */
const repeated = (bytes: fc.Arbitrary<Uint8Array>, timesMax: number): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(bytes, fc.oneof(fc.constant(1), fc.integer({ min: 1, max: timesMax })))
    .map(([part, times]) => Buffer.concat(Array.from({ length: times }, () => part)))

const step = bytesWithout('/', 12)
  .map((bytes) => Buffer.concat([bytes, Buffer.from('a')]))
  .chain((bytes) => repeated(fc.constant(bytes), 15))
const path = fc
  .tuple(step, fc.array(step, { maxLength: 3 }))
  .map(([first, rest]) => Buffer.concat([first, ...rest.flatMap((each) => [Buffer.from('/'), each])]))

const hostileCommit: fc.Arbitrary<HostileCommit> = fc.record({
  author: repeated(bytesWithout('<>\n', 20), 200),
  email: repeated(bytesWithout('<>\n', 20), 100),
  message: repeated(bytesWithout('', 60), 1_000),
  atSeconds: fc.oneof(fc.integer({ min: 0, max: 1_700_000_000 }), fc.integer({ min: 0, max: 2 ** 40 })),
  paths: fc.array(path, { maxLength: 6 }),
})

describe('a hostile history', () => {
  test('is read whole, and each commit is an event that is taken, or has a time that is yet to come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostileCommit, { minLength: 1, maxLength: 12 }), async (said) => {
        const commits = await commitsOf(hostileRepository(said))
        expect(commits).toHaveLength(said.length)
        for (const [i, commit] of commits.entries()) {
          expect(commit.committer.atSeconds).toBe(said[i]?.atSeconds)
          if (isToCome(instantOf(commit) ?? 0, NOW_MS)) continue
          const event = accept(eventOfCommit(commit, 'hostile'))
          expect(event.id).toBe(`git.${commit.sha}`)
          expect(event.occurred_at).toBe(new Date((said[i]?.atSeconds ?? 0) * 1_000).toISOString())
        }
      }),
      { numRuns: 25 },
    )
  })

  test('with a subject and a body of a hundred thousand characters keeps the beginning of both', async () => {
    const message = Buffer.from(`${'😀'.repeat(50_000)}\n\n${'body '.repeat(20_000)}`)
    const said = { author: Buffer.from('A'), email: Buffer.from('a'), message, atSeconds: 1, paths: [] }
    const [commit] = await commitsOf(hostileRepository([said]))
    const { description = '', details } = accept(eventOfCommit(commit as Commit, 'hostile'))
    expect(description).toMatch(/^(?:😀)+…$/u)
    expect(description.length).toBeGreaterThan(BOUNDS.DESCRIPTION_CHARS_MAX - 2)
    expect(details?.body).toMatch(/^(?:body )+b?o?d?y?…$/)
  })

  test('with two hundred files whose paths JSON triples loses files before it is refused, and says how many', async () => {
    const paths = Array.from({ length: 200 }, (_, i) => Buffer.from(`${'\u0001'.repeat(900)}/${i}`))
    const said = {
      author: Buffer.from('A'),
      email: Buffer.from('a'),
      message: Buffer.from('many\n\nbody'),
      atSeconds: 1,
    }
    const [commit] = await commitsOf(hostileRepository([{ ...said, paths }]))
    if (commit === undefined) throw new Error('nothing was read')
    const { targets = [], details = {} } = accept(eventOfCommit(commit, 'hostile'))
    expect(targets.length).toBeGreaterThan(10)
    expect(targets.length).toBeLessThan(FILES_KEPT_MAX)
    expect(details).toMatchObject({ files: 200, files_left_out: 200 - (targets.length - 1) })
    expect(details).not.toHaveProperty('body')
  })

  test('with as many parents and files as git takes keeps what an event has room for', async () => {
    const said = { author: Buffer.from('A'), email: Buffer.from('a'), message: Buffer.from('x'), paths: [] }
    const repository = hostileRepository(Array.from({ length: 120 }, (_, i) => ({ ...said, atSeconds: i })))
    const tree = repository.git(['write-tree'])
    const parents = repository.git(['rev-list', 'HEAD']).replaceAll(/^/gm, 'parent ').concat('\n')
    repository.commitBytes(
      Buffer.from(`tree ${tree}\n${parents}author A <a> 200 +0000\ncommitter A <a> 200 +0000\n\nx`),
    )
    const octopus = (await commitsOf(repository)).at(-1) as Commit
    const { details, type } = accept(eventOfCommit(octopus, 'engine'))
    expect(type).toBe('commit.merged')
    expect(details).toMatchObject({ parents: { length: 100 }, parents_left_out: 20 })
  })

  test.each<readonly [string, string, object]>([
    ['before 1970', 'author A <a> -5 +0000\ncommitter A <a> -5 +0000\n', { undated: true }],
    ['at no time', 'author A\ncommitter A <a> soon\n', { undated: true }],
    ['by nobody', 'author  <> 7 +0000\ncommitter  <> 7 +0000\n', {}],
    ['that was written but not committed at a time', 'author A <a> 7 +0000\ncommitter A <a>\n', {}],
  ])('holds a commit %s', async (_name, people, details) => {
    const repository = new TestRepository()
    const tree = repository.git(['write-tree'])
    repository.commitBytes(Buffer.from(`tree ${tree}\n${people}\nsubject\0behind a NUL`))
    const [commit] = await commitsOf(repository)
    const event = accept(eventOfCommit(commit as Commit, 'engine'))
    expect(event.details).toMatchObject(details)
    expect(event.occurred_at).toBe('undated' in details ? '1970-01-01T00:00:00.000Z' : '1970-01-01T00:00:07.000Z')
  })
})

test('paths that are no UTF-8 are spelled as git spells them, and never look alike', async () => {
  const paths = [Buffer.from([0x63, 0xe9]), Buffer.from([0x63, 0xe8]), Buffer.from('cé'), Buffer.from('\ufeffc')]
  const said = { author: Buffer.from('A'), email: Buffer.from('a'), message: Buffer.from('x'), atSeconds: 1 }
  const [commit] = await commitsOf(hostileRepository([{ ...said, paths }]))
  expect(commit?.files.map(({ path: read }) => read).toSorted()).toEqual(
    ['c\\350', 'c\\351', 'cé', '\ufeffc'].toSorted(),
  )
})
