/** `sealedlog retention`, `hold`, `organizations close` and `keys rotate`, against a real server. */
import { beforeAll, describe, expect, test } from 'vitest'
import { ROOT_KEY, run, runJson, startTestServer } from './support.js'

describe('keeping', () => {
  let url = ''
  beforeAll(async () => {
    ;({ url } = await startTestServer({ originBase: 'log.example.com', marks: false }))
  })

  test('retention is set, shown, looked at and taken back', async () => {
    expect((await run(['retention', 'show'], { url })).stdout).toBe('default\n  every bucket: for ever\n')
    const set = await run(['retention', 'set', '--days', '365', '--bucket', 'a=1', '--bucket', 'legal=forever'], {
      url,
    })
    expect(set).toMatchObject({ code: 0, stdout: 'default\n  a: 1 day\n  legal: for ever\n  all others: 365 days\n' })
    expect((await run(['retention', 'preview'], { url })).stdout).toBe('Nothing is past its age.\n')
    const [shown] = await runJson(['retention', 'show'], { url })
    expect(shown).toMatchObject({ default_days: 365, buckets: { a: 1, legal: null } })
    expect((await run(['retention', 'clear'], { url })).stdout).toBe('default\n  every bucket: for ever\n')
  })

  test.each<readonly [readonly string[], string]>([
    [['retention', 'set'], 'Say for how long'],
    [['retention', 'set', '--days', 'x'], '--days is "x"'],
    [['retention', 'set', '--bucket', 'x'], '--bucket is "x"'],
    [['retention', 'set', '--days', '0'], '[invalid_retention]'],
    [['hold', 'place'], "required option '--reason <text>'"],
    [['organizations', 'close', 'default'], 'Nobody is there to be asked'],
    [['organizations', 'close', 'nobody', '--yes'], '[organization_not_found]'],
  ])('%j is refused', async (args, why) => {
    const { code, stderr } = await run(args, { url })
    expect([code, stderr]).toEqual([2, expect.stringContaining(why)])
  })

  test('a hold is placed, shown and lifted', async () => {
    const placed = await run(['hold', 'place', '--reason', 'Case 7'], { url })
    expect(placed.stdout).toMatch(/^A hold stands on default since .+, placed by root: Case 7\n$/)
    expect((await run(['hold', 'show'], { url })).stdout).toBe(placed.stdout)
    expect((await run(['hold', 'lift'], { url })).stdout).toBe('No hold stands on default.\n')
    expect(await runJson(['hold', 'show'], { url })).toMatchObject([{ held: false }])
  })

  test('a key is rotated, and its line printed alone', async () => {
    const { code, stdout, stderr } = await run(['keys', 'rotate'], { url })
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^log\.example\.com\/[a-z2-7]{26}\+[0-9a-f]{8}\+\S+\n$/)])
    expect(stderr).toContain('is signed with key 2')
  })

  test('an organization is closed for ever, and that of several must be named', async () => {
    await fetch(`${url}/v1/organizations/acme`, { method: 'PUT', headers: { authorization: `Bearer ${ROOT_KEY}` } })
    expect((await run(['hold', 'show'], { url })).stderr).toContain('more than one organization')
    const closed = await run(['organizations', 'close', 'acme', '--yes'], { url })
    expect(closed.stdout).toMatch(/^acme is closed since .+\. What stays proven: 1 entry\.\n$/)
    const refused = await run(['hold', 'place', '--org', 'acme', '--reason', 'x'], { url })
    expect(refused.stderr).toContain('[organization_closed]')
  })
})
