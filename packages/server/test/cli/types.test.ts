/** `sealedlog types`: a file that a repository keeps, pushed and pulled. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { get, run, runJson, startTestServer, temporaryFolder } from './support.js'

const FILE = {
  event_types: {
    'invoice.sent': {
      mode: 'warn',
      sentence: '{actor} sent invoice {target}',
      targets: ['invoice'],
      details: {
        type: 'object',
        required: ['number'],
        properties: { number: { type: 'string' }, an: { type: 'integer' } },
      },
    },
    'seat.added': { mode: 'off' },
  },
}

describe('types', () => {
  let url = ''
  const folder = temporaryFolder()
  const path = join(folder, 'event-types.json')
  const write = (content: unknown): void => writeFileSync(path, JSON.stringify(content))
  const types = (...args: readonly string[]) => run(['types', ...args], { url })
  beforeAll(async () => {
    ;({ url } = await startTestServer())
  })

  test('push registers what differs, and says what it changed', async () => {
    write(FILE)
    const dry = await types('push', path, '--dry-run')
    expect([dry.code, dry.stdout, dry.stderr]).toEqual([
      0,
      'new          invoice.sent  warn\nnew          seat.added  off\n',
      '2 would change, 0 unchanged.\n',
    ])
    expect((await get(url, '/v1/event-types')).data).toEqual([])
    const first = await types('push', path)
    expect([first.code, first.stdout, first.stderr]).toEqual([0, dry.stdout, '2 changed, 0 unchanged.\n'])
    const again = await types('push', path)
    expect([again.code, again.stdout, again.stderr]).toEqual([0, '', '0 changed, 2 unchanged.\n'])

    write({ event_types: { ...FILE.event_types, 'seat.added': { mode: 'warn' }, 'invoice.sent': { details: {} } } })
    const [summary] = await runJson(['types', 'push', path], { url })
    expect(summary).toEqual({
      object: 'event_types_push',
      file: path,
      pushed: true,
      types: [
        { type: 'invoice.sent', change: 'new_version', mode: 'off', version: 2 },
        { type: 'seat.added', change: 'mode_changed', mode: 'warn', version: 1 },
      ],
    })
  })

  test('pull writes a file that pushes back as it is, always the same bytes', async () => {
    write(FILE)
    await types('push', path)
    const pulled = join(folder, 'pulled.json')
    expect((await types('pull', pulled)).stdout).toBe(`2 event types in ${pulled}.\n`)
    expect(JSON.parse(readFileSync(pulled, 'utf8'))).toEqual(FILE)
    expect(readFileSync(pulled, 'utf8')).toBe(`${JSON.stringify(FILE, null, 2)}\n`)
    expect((await types('pull', pulled)).stdout).toBe(`2 event types in ${pulled}, as it was.\n`)
    expect((await types('pull', '-')).stdout).toBe(readFileSync(pulled, 'utf8'))
    expect((await types('push', pulled)).stderr).toBe('0 changed, 2 unchanged.\n')
  })

  test('list shows what each checks, and the catalogue where that is asked for', async () => {
    const { stdout } = await types('list')
    expect(stdout).toMatch(/^Type +Origin +Mode +Version +Checks +Warnings +Changed\n/)
    expect(stdout).toMatch(/^invoice\.sent +organization +warn +3 +details targets +20\d\d-/m)
    expect((await runJson(['types', 'list', '--catalogue'], { url })).length).toBeGreaterThan(200)
  })

  test('push --check keeps from enforcing what recorded events break', async () => {
    const stdin = [1, 2, 3]
      .map((n) => `${JSON.stringify({ id: `s${n}`, type: 'seat.added', details: { n } })}\n`)
      .join('')
    await run(['record', '-'], { url, stdin })
    const enforce = { mode: 'enforce', details: { properties: { n: { maximum: 1 } } } }
    write({ event_types: { ...FILE.event_types, 'seat.added': enforce } })
    const refused = await types('push', path, '--check')
    expect(refused.code).toBe(1)
    expect(refused.stdout).toBe(
      'new version  seat.added  off → enforce\n    3 recorded events, 2 would not fit\n    s3: /details/n is 3; expected at most 1.\n    s2: /details/n is 2; expected at most 1.\n',
    )
    expect(refused.stderr).toContain('Nothing was pushed')
    expect((await get(url, '/v1/event-types/seat.added')).mode).toBe('off')
    const forced = await types('push', path, '--check', '--force')
    expect([forced.code, forced.stderr]).toEqual([0, '1 changed, 1 unchanged.\n'])
    expect((await get(url, '/v1/event-types/seat.added')).mode).toBe('enforce')
  })

  test('push --prune deletes what the file does not name', async () => {
    write({ event_types: { 'seat.added': { mode: 'off' } } })
    expect((await types('push', path)).stderr).toBe('1 changed, 0 unchanged.\n')
    const { stdout } = await types('push', path, '--prune')
    expect(stdout).toBe('deleted      invoice.sent\n')
    expect((await get(url, '/v1/event-types')).data).toMatchObject([{ type: 'seat.added' }])
  })

  test('a file with a fault in it changes nothing, and each fault is named', async () => {
    write({
      event_types: {
        'a.good': {},
        'b.bad': { details: { properties: { a: { typ: 'string' }, b: { pattern: '(?=x)' } } } },
        'audit.mine': {},
      },
    })
    const { code, stderr } = await types('push', path)
    expect(code).toBe(2)
    expect(stderr).toContain(
      `${path}: b.bad: /details/properties/a/typ is no keyword of JSON Schema 2020-12 that is known here. Did you mean "type"?\n`,
    )
    expect(stderr).toContain('b.bad: /details/properties/b/pattern holds (?=…), and looking around')
    expect(stderr).toContain('audit.mine: /type is "audit.mine"')
    expect(stderr).toContain('has 3 faults. [invalid_event_type]')
    expect((await get(url, '/v1/event-types')).data).toMatchObject([{ type: 'seat.added' }])
  })

  test.each<readonly [string, unknown, string]>([
    ['no JSON', '{', 'cannot be read'],
    ['a list', [], 'is no file of event types'],
    ['another member', { event_types: {}, types: {} }, 'is no file of event types'],
    ['a type that is no object', { event_types: { 'a.b': 1 } }, '/event_types/a.b must be an object'],
    ['a name twice', '{"event_types":{"a.b":{},"a.b":{}}}', 'cannot be read'],
  ])('push refuses %s with 2', async (_name, content, said) => {
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
    const { code, stdout, stderr } = await types('push', path)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(said)
  })

  test('push refuses a file that is not there with 2', async () => {
    expect(await types('push', join(folder, 'nowhere.json'))).toMatchObject({ code: 2 })
  })
})
