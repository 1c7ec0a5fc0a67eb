/** `sealedlog stats`: counts for people, drawn, and for programs. */
import { expect, test } from 'vitest'
import { eventsOf, fileOf, run, runJson, startTestServer } from './support.js'

const HOUR = 3_600

test('counts are drawn with the hours that hold none, and a long silence is one line', async () => {
  const { url } = await startTestServer()
  // Four seconds of the first hour, two of the fourth, one three days later.
  const numbers = [0, 1, 2, 3, 3 * HOUR, 3 * HOUR + 1, 75 * HOUR]
  await runJson(['record', fileOf(numbers.flatMap((number) => eventsOf(number, number + 1)))], { url })

  const hours = await run(['stats', '--by', 'hour'], { url })
  expect(hours).toEqual({
    code: 0,
    stderr: '7 events.\n',
    stdout: [
      'Hour               Events',
      `2026-01-01 00:00Z  4       ${'█'.repeat(32)}`,
      '2026-01-01 01:00Z  0',
      '2026-01-01 02:00Z  0',
      `2026-01-01 03:00Z  2       ${'█'.repeat(16)}`,
      '…                  0',
      `2026-01-04 03:00Z  1       ${'█'.repeat(8)}`,
      '',
    ].join('\n'),
  })
  const types = await run(['stats', '--by', 'type', '--since', '2026-01-01T00:00:01Z', '--limit', '1'], { url })
  expect([types.code, types.stdout.split('\n')[1], types.stderr]).toEqual([
    0,
    `api_key.created  4       ${'█'.repeat(32)}`,
    'There are more: narrow the list, or raise --limit.\n6 events.\n',
  ])
  const filters = ['--type', 'login.*', '--actor-id', 'user_0', '-q', 'key_0']
  expect(await runJson(['stats', ...filters], { url })).toEqual([
    {
      object: 'stats',
      by: 'day',
      total: 1,
      data: [{ key: '2026-01-01T00:00:00.000Z', count: 1 }],
      has_more: false,
      exact: true,
    },
  ])
  expect(await run(['stats', '--type', 'no.such'], { url })).toEqual({ code: 0, stdout: '', stderr: '0 events.\n' })
  for (const wrong of [
    ['--by', 'week'],
    ['--limit', '0'],
    ['--dialect', 'openai'],
  ])
    expect((await run(['stats', ...wrong], { url })).code).toBe(2)
})
