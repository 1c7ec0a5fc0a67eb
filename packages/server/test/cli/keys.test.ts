/** `sealedlog keys`: made, shown once, listed, revoked. */
import { beforeAll, describe, expect, test } from 'vitest'
import { eventOf, run, runJson, startTestServer } from './support.js'

describe('keys', () => {
  let url = ''
  beforeAll(async () => {
    ;({ url } = await startTestServer())
  })
  const create = (...options: readonly string[]) =>
    run(['keys', 'create', '--organization', 'default', ...options], { url })

  test('create prints the key alone to stdout, and it works for its scopes', async () => {
    const made = await create('--name', 'writer', '--scope', 'write')
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^slk_[\w-]{43}\n$/) })
    expect(made.stderr).toMatch(/^key_\w+: write, bound to default\. This is the only time it is shown\.\n$/)
    const key = made.stdout.trim()
    const stdin = JSON.stringify(eventOf(1))
    expect((await run(['record', '-'], { url, key, stdin })).code).toBe(0)
    const denied = await run(['list'], { url, key })
    expect([denied.code, denied.stderr]).toEqual([2, expect.stringContaining('[insufficient_scope]')])
    expect(denied.stderr).not.toContain(key)
  })

  test('list shows them without the key, and revoke ends one', async () => {
    const [made] = await runJson(
      [
        'keys',
        'create',
        '--organization',
        '*',
        '--name',
        'r\u009b31m',
        '--scope',
        'read',
        '--scope',
        'write',
        '--expires',
        '30d',
      ],
      { url },
    )
    const { id, key } = made as { id: string; key: string }
    expect(made).toMatchObject({ organization: '*', scopes: ['write', 'read'], expires_at: expect.any(String) })
    const listed = await run(['keys', 'list'], { url })
    expect(listed.stdout).toMatch(
      new RegExp(String.raw`^${id} +r\\u\{9b\}31m +\* +write read +\S+ \S+ +works until `, 'm'),
    )
    expect(listed.stdout).not.toContain(key)
    expect((await run(['list'], { url, key })).code).toBe(0)

    expect(await run(['keys', 'revoke', id], { url })).toMatchObject({ code: 0, stdout: `${id} is revoked.\n` })
    const refused = await run(['list'], { url, key })
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('[invalid_key]')])
    const rows = await runJson(['keys', 'list', '--organization', '*'], { url })
    expect(rows).toMatchObject([{ id, revoked_at: expect.any(String) }])
    expect((await run(['keys', 'list'], { url })).stdout).toMatch(new RegExp(`${id} .* revoked `))
  })

  test.each<readonly [string, readonly string[], string]>([
    ['a scope that is none', ['create', '--name', 'x', '--scope', 'fly'], 'scopes must be a list of'],
    ['no scope', ['create', '--name', 'x'], '--scope'],
    ['a past expiry', ['create', '--name', 'x', '--scope', 'read', '--expires', '2020-01-01'], 'still to come'],
    [
      'an expiry that is none',
      ['create', '--name', 'x', '--scope', 'read', '--expires', 'never'],
      '--expires is "never"',
    ],
    ['an organization that is not there', ['create', '--organization', 'no', '--name', 'x', '--scope', 'read'], 'no'],
    ['an id that is not there', ['revoke', '../x'], '[key_not_found]'],
    ['a command that is none', ['destroy'], 'unknown command'],
  ])('refuses %s with 2', async (_name, args, said) => {
    const { code, stdout, stderr } = await run(['keys', ...args], { url })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(said)
  })
})
