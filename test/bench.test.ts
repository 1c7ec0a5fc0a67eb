/** The bench, as far as it can be tested without measuring: its events, its figures, its tables, its plots, and one tiny run. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseEvent } from '../packages/sdk/dist/event/index.js'
import { parseQuery } from '../packages/sdk/dist/query/index.js'
import { readAnswer } from '../bench/caller.ts'
import { bodies, formatEvent } from '../bench/data.ts'
import { draw, drawOrganization, eventAt, START_MS } from '../bench/event.ts'
import { goalsOf, verdictOf } from '../bench/goals.ts'
import { readOptions } from '../bench/options.ts'
import { fillPage, partsOf } from '../bench/page.ts'
import { plotBars, plotLines, scaleOf } from '../bench/plot.ts'
import { cpuOf } from '../bench/proc.ts'
import { QUESTIONS } from '../bench/questions.ts'
import { seeded } from '../bench/random.ts'
import { formatReport, table } from '../bench/report.ts'
import type { Results, RoundRow } from '../bench/results.ts'
import { shareOf } from '../bench/times.ts'
import { summarize } from '../bench/summarize.ts'
import { LINES_MAX } from './house.js'

const HOUSE = join(import.meta.dirname, '..')
const TIMELINE = { startMs: START_MS, stepMs: 1_000, randomIds: false }
const body = (seed: number, batch: number) =>
  bodies({ seed, stream: 0, from: 0, organizations: 1_000, ...TIMELINE })(batch).bytes.toString()

describe('its events', () => {
  test('are the same for the same seed, and others for another', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (seed) => {
        expect(body(seed, 3)).toBe(body(seed, 3))
        expect(body(seed, 3)).not.toBe(body(seed + 1, 3))
      }),
      { numRuns: 20 },
    )
  })

  test('written into a template are what they are as objects', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.nat(5_000_000), fc.boolean(), (seed, sequence, randomIds) => {
        const random = seeded(seed)
        const drawn = draw(random, sequence, drawOrganization(random, 1_000), { ...TIMELINE, randomIds })
        expect(JSON.parse(formatEvent(drawn).toString())).toEqual(eventAt(drawn))
      }),
      { numRuns: 200 },
    )
  })

  test('are events that the server takes, no two with one id', () => {
    const events = JSON.parse(body(1, 500)) as readonly { readonly id: string }[]
    for (const event of events) expect(() => parseEvent(event as never, Date.now())).not.toThrow()
    expect(new Set(events.map(({ id }) => id)).size).toBe(500)
  })

  test('lie as it is said: four of five in one organization, about 2 % late, about 770 bytes', () => {
    const random = seeded(7)
    const drawn = Array.from({ length: 5_000 }, (_, i) => draw(random, i, drawOrganization(random, 1_000), TIMELINE))
    const share = (holds: (event: (typeof drawn)[number]) => boolean) => drawn.filter(holds).length / drawn.length
    expect(share(({ org }) => org === 'org_0000')).toBeCloseTo(0.8, 1)
    expect(share(({ atMs, sequence }) => atMs < START_MS + sequence * 1_000)).toBeCloseTo(0.02, 2)
    const bytes = drawn.reduce((sum, event) => sum + formatEvent(event).length, 0) / drawn.length
    expect(bytes).toBeGreaterThan(700)
    expect(bytes).toBeLessThan(840)
  })

  test('are asked for by questions that can be asked', () => {
    const random = seeded(3)
    for (const { ask } of QUESTIONS) expect(() => parseQuery(ask(random, 1_000).q)).not.toThrow()
  })
})

describe('its figures', () => {
  test('a percentile is one of the values, and at most so many are above it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1_000), { minLength: 1 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (all, share) => {
          const sorted = all.toSorted((a, b) => a - b)
          const value = shareOf(sorted, share)
          expect(sorted).toContain(value)
          expect(sorted.filter((other) => other > value).length).toBeLessThanOrEqual(all.length * (1 - share) + 1e-9)
        },
      ),
    )
  })

  test('an answer counts when all of it is there', () => {
    const whole = Buffer.from('HTTP/1.1 201 Created\r\ncontent-length: 5\r\n\r\nhello')
    for (let length = 0; length < whole.length; length++) expect(readAnswer(whole.subarray(0, length))).toBeUndefined()
    expect(readAnswer(whole)).toMatchObject({ status: 201, bytes: 5 })
  })

  test('ratios are taken round by round: a busy minute that meets both says nothing', () => {
    const row = (target: RoundRow['target'], each: readonly number[]): RoundRow => ({
      target,
      each,
      size: 0,
      connections: 64,
      batch: 1,
      eventsPerSecond: 0,
      p50: 1,
      p95: 2,
      p99: 3,
    })
    const rounds = [row('sealedlog', [500, 50, 400]), row('parse', [1_000, 100, 1_000])]
    const [first, second] = goalsOf({ ...results(), rounds })
    expect(first).toMatchObject({ value: 0.5, goal: 0.33, beyond: 0.5 })
    expect(verdictOf(first as never)).toBe('beyond')
    expect(verdictOf(second as never)).toBe('not measured')
  })

  test.each([
    [0.4, 'met'],
    [0.1, 'missed'],
    [Number.NaN, 'not measured'],
  ])('%s of a goal of 0.33 and 0.5 is %s', (value, verdict) => {
    expect(verdictOf({ about: '', unit: 'ratio', value, goal: 0.33, beyond: 0.5, more: true })).toBe(verdict)
  })

  test('a profile counts what was sampled in its span, idling aside', () => {
    const frame = (functionName: string, url: string) => ({ callFrame: { functionName, url } })
    const profile = {
      startTime: 0,
      nodes: [
        { id: 1, ...frame('(root)', ''), children: [2, 3] },
        { id: 2, ...frame('(idle)', '') },
        { id: 3, ...frame('seal', 'file:///x/packages/sdk/dist/event/leaf.js'), children: [4] },
        { id: 4, ...frame('hash', 'node:internal/crypto/hash') },
      ],
      samples: [3, 3, 4, 2, 3],
      timeDeltas: [10, 10, 10, 10, 1_000],
    }
    const rows = summarize(profile, { fromMicros: 15, toMicros: 100 }, 10)
    expect(rows.filter(({ of }) => of === 'rooms').map(({ part, micros }) => [part, micros])).toEqual([
      ['sdk/event', 1],
      ['sdk/event → crypto', 1],
      ['the rest', 0],
      ['all of it', 2],
    ])
  })
})

describe('what people read', () => {
  test('a table lines up', () => {
    const lines = table(
      ['what', 'n'],
      [
        ['a', '1,000'],
        ['longer', undefined],
      ],
    ).split('\n')
    expect(new Set(lines.map((line) => line.length)).size).toBe(1)
    expect(lines[2]).toBe('| a      | 1,000 |')
  })

  test('an axis holds all values, in steps that people count in', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.001, max: 1e9, noNaN: true }), { minLength: 1 }), (values) => {
        const { max, ticks } = scaleOf(values)
        expect(max).toBeGreaterThanOrEqual(Math.max(...values) * (1 - 1e-9))
        expect(ticks.length).toBeGreaterThanOrEqual(3)
        expect(ticks.length).toBeLessThanOrEqual(12)
      }),
    )
  })

  test('a plot says its figures, and nothing of a name is taken for markup', () => {
    const svg = plotLines({ title: 'a < b & c', x: 'x', y: 'y', lines: [{ name: '"q"', points: [[1, 20_000]] }] })
    expect(svg).toContain('a &lt; b &amp; c')
    expect(svg).toContain('<title>&quot;q&quot;: 20 k at 1</title>')
    expect(svg).toContain('prefers-color-scheme: dark')
    expect(plotBars({ title: 't', y: 'y', bars: ['p50'], groups: [{ name: 'g', values: [0] }] })).not.toContain('NaN')
  })

  test('the page keeps what people wrote, and a mark that nobody knows is refused', () => {
    const page = 'before\n<!-- bench: goals -->\nold\n<!-- /bench -->\nafter'
    const filled = fillPage(page, partsOf(results(), ['a.svg']))
    expect(filled).toMatch(/^before\n<!-- bench: goals -->\n\nNot measured in this run\.\n\n<!-- \/bench -->\nafter$/)
    expect(fillPage(filled, partsOf(results(), []))).toBe(filled)
    expect(() => fillPage('<!-- bench: gaols -->\n<!-- /bench -->', partsOf(results(), []))).toThrow('gaols')
  })

  test('the marks of docs/BENCHMARKS.md are known', () => {
    const page = readFileSync(join(HOUSE, 'docs/BENCHMARKS.md'), 'utf8')
    expect(() => fillPage(page, partsOf(results(), []))).not.toThrow()
  })

  test.each([['--only', 'mysql'], ['--size', 'many'], ['--fast']])(
    'options that mean nothing are refused: %s %s',
    (...args) => {
      expect(() => readOptions(args)).toThrow(/mysql|many|fast/)
    },
  )
})

test('its files are small and say what they are', () => {
  const files = readdirSync(join(HOUSE, 'bench'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.includes('node_modules'))
    .map((name) => [name, readFileSync(join(HOUSE, 'bench', name), 'utf8')] as const)
  expect(files.length).toBeGreaterThan(10)
  for (const [name, text] of files) {
    expect(text, name).toMatch(/^\/\*\*/)
    expect(text.split('\n').length, name).toBeLessThanOrEqual(LINES_MAX)
  }
})

describe('a tiny run', () => {
  let out: string
  beforeAll(() => {
    out = mkdtempSync(join(tmpdir(), 'sealedlog-bench-test-'))
  })
  afterAll(() => rmSync(out, { recursive: true }))

  test('measures our server and the one that only parses, and writes what it found', () => {
    const args = [
      '--quick',
      '--only',
      'sealedlog,parse',
      '--size',
      '300',
      '--rounds',
      '1',
      '--round-ms',
      '20',
      '--runs',
      '3',
      '--organizations',
      '9',
      '--out',
      out,
    ]
    const { status, stdout, stderr } = spawnSync(process.execPath, ['bench/main.ts', ...args], {
      cwd: HOUSE,
      encoding: 'utf8',
      timeout: 110_000,
    })
    expect(stderr + stdout).toContain('Goals (ratios within this run)')
    expect(status).toBe(0)
    const found = JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')) as Results
    expect(found.about).toMatchObject({ seed: 1, size: 300, postgres: 'none' })
    expect(new Set(found.rounds.map(({ target }) => target))).toEqual(new Set(['parse', 'sealedlog']))
    expect(found.fill.at(-1)).toMatchObject({ target: 'sealedlog', to: 300 })
    expect(found.lists.find(({ about }) => about === 'the newest')?.shown).toBe(20)
    for (const file of ['throughput.svg', 'latency-64.svg', 'batches.svg'])
      expect(existsSync(join(out, file))).toBe(true)
  }, 120_000)
})

test.runIf(process.platform === 'linux')('the CPU of a process is also that of what it started and has ended', () => {
  const before = cpuOf(process.pid) ?? 0
  spawnSync(process.execPath, ['-e', 'while (process.cpuUsage().user < 200_000);'])
  expect((cpuOf(process.pid) ?? 0) - before).toBeGreaterThanOrEqual(0.2)
})

const results = (): Results => ({
  about: {
    command: 'npm run bench',
    at: '2026-11-21 12:00',
    commit: 'abc',
    node: 'v24',
    os: 'Linux',
    cpu: 'x',
    cpus: 2,
    memoryBytes: 1e9,
    postgres: 'none',
    seed: 1,
    size: 10,
    quick: true,
    randomIds: false,
    tookSeconds: 1,
  },
  rounds: [],
  fill: [],
  lists: [],
  starts: [],
  disk: [],
  notes: [],
})

test('a report of nothing says on what nothing was measured', () => {
  expect(formatReport(results())).toContain('node v24, Linux, 2 × x')
})
