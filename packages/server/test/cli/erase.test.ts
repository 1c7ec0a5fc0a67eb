/** `sealedlog erase`: what would go is said first, and nothing goes unasked. */
import { beforeAll, describe, expect, test } from 'vitest'
import { get, run, runJson, startTestServer } from './support.js'

const BASIS = ['--basis', 'GDPR Art. 17(1)(b)']

describe('erase', () => {
  let url = ''
  beforeAll(async () => {
    ;({ url } = await startTestServer())
    const events = [1, 2, 3, 4].map((n) => ({
      id: `evt_${n}`,
      type: n === 4 ? 'dora.seen' : 'a.b',
      actor: { type: 'user', id: `user_${n}` },
      details: { of: n < 3 ? 'ada@example.com' : 'x\u001b[2J', n },
    }))
    const stdin = events.map((event) => `${JSON.stringify(event)}\n`).join('')
    expect((await run(['record', '-'], { url, stdin })).code).toBe(0)
  })
  const erase = (...args: readonly string[]) => run(['erase', ...args], { url })

  test('a dry run lists what would go, and erases nothing', async () => {
    const dry = await erase('--person', 'ADA@example.com', ...BASIS, '--dry-run')
    expect(dry).toMatchObject({ code: 0, stderr: '2 groups of 2 events would go.\n' })
    expect(dry.stdout).toMatch(/^Index +Id +Groups\n0 +evt_1 +details\n1 +evt_2 +details\n$/)
    const [planned] = await runJson(['erase', '--person', 'user_1', ...BASIS, '--dry-run'], { url })
    expect(planned).toMatchObject({ dry_run: true, entries: [{ index: 0, id: 'evt_1', groups: ['actor'] }] })
    expect(await get(url, '/v1/events/evt_1')).not.toHaveProperty('redacted')
  })

  test('without a terminal it wants --yes, and says so before it asks the server', async () => {
    const refused = await erase('--person', 'ada@example.com', ...BASIS)
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toMatch(/--dry-run.*--yes/)
    expect(await get(url, '/v1/events/evt_1')).not.toHaveProperty('redacted')
  })

  test('by event: only the groups that are named, or all', async () => {
    const one = await erase('--event', 'evt_3', '--group', 'actor', '--request-id', 'dsr-7', ...BASIS, '--yes')
    expect(one).toMatchObject({
      code: 0,
      stdout: 'Erased: 1 group of 1 event. What accounts for it stands at index 4.\n',
    })
    expect(await get(url, '/v1/events/evt_3')).toMatchObject({ redacted: ['actor'], details: { n: 3 } })
    const [all] = await runJson(['erase', '--event', 'evt_3', '--event', 'evt_4', ...BASIS, '--yes'], { url })
    expect(all).toMatchObject({ dry_run: false, by_group: { actor: 1, details: 2 }, redactions: [{ index: 5 }] })
  })

  test('by person: everywhere; again, nothing is left', async () => {
    const all = await erase('--person', 'ada@example.com', '--person', 'er_1', '--substring', ...BASIS, '--yes')
    expect([all.code, all.stdout]).toEqual([
      0,
      'Erased: 3 groups of 2 events. What accounts for it stands at index 6.\n',
    ])
    const again = await erase('--person', 'ada@example.com', ...BASIS, '--yes')
    expect(again).toMatchObject({ code: 0, stdout: '', stderr: 'Nothing is there to erase.\n' })
  })

  test('what stands in clear is said', async () => {
    const { code, stderr } = await erase('--person', 'dora', ...BASIS, '--yes')
    expect([code, stderr]).toEqual([0, 'Nothing is there to erase.\nIn clear for ever, in 1 entry: index 3 (type)\n'])
  })

  test.each<readonly [string, readonly string[], string]>([
    ['nothing to erase', [...BASIS, '--yes'], '--event ID or --person TEXT'],
    ['no basis', ['--event', 'evt_1', '--yes'], '--basis'],
    ['groups of a person', ['--person', 'ada', '--group', 'actor', ...BASIS, '--yes'], '--group is for --event'],
    ['a substring of an event', ['--event', 'evt_1', '--substring', ...BASIS, '--yes'], '--substring is for --person'],
    ['an event that is not there', ['--event', 'nobody', ...BASIS, '--yes'], '[invalid_redaction]'],
    ['an identifier that is too short', ['--person', 'ab', ...BASIS, '--yes'], 'IDENTIFIER_CHARS_MIN'],
    [
      'a basis that says whom',
      ['--person', 'ada', '--basis', 'Ada asked', '--yes'],
      '/basis says one of the identifiers',
    ],
  ])('refuses %s with 2', async (_name, args, said) => {
    const { code, stdout, stderr } = await erase(...args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(said)
  })
})
