/** `sealedlog record`: every line recorded once or refused by its number, whatever happens to the server meanwhile. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '@sealedlog/sdk/base'
import { describe, expect, test } from 'vitest'
import {
  eventOf,
  eventsOf,
  fileOf,
  get,
  jsonLines,
  Running,
  run,
  runJson,
  ServeProcess,
  startTestServer,
  temporaryFolder,
  until,
} from './support.js'

/** How often each id stands in the log. */
async function idsIn(url: string): Promise<readonly string[]> {
  const events = await runJson(['list', '--all', '--order', 'asc'], { url })
  return events.map(({ id }) => id as string).toSorted()
}

const idsOf = (events: readonly { readonly id?: unknown }[]): readonly string[] =>
  events.map(({ id }) => id as string).toSorted()

describe('a file of 2,500 lines, some of them bad', () => {
  const lines: (string | object)[] = eventsOf(1, 2_501)
  const bad = new Map<number, readonly [line: string | object, said: string]>([
    [1, [{ id: 'b1', type: 5 }, '/type is the number 5']],
    [17, [{ id: 'b17', type: 'a.b', actor: { type: 'user', id: 7 } }, '/actor/id is the number 7']],
    [18, ['{"id":"b18",', 'is not JSON']],
    [900, ['{"id":"b","type":"a.b","type":"c.d"}', 'type']],
    [1_001, ['[]', 'expected an object']],
    [1_002, ['"x"', 'expected an object']],
    [1_500, [{ id: 'b1500', type: 'log.opened' }, 'the server’s own types']],
    [2_400, [{ ...eventOf(2), type: 'other.content' }, 'with other content']],
    [2_500, [{ id: 'b2500', type: 'a.b', actr: {} }, 'Did you mean "actor"']],
  ])
  for (const [line, [text]] of bad) lines[line - 1] = text
  // 150 more, next to one another: an answer names a hundred at most
  for (let line = 1_201; line <= 1_350; line++) lines[line - 1] = { id: `b${line}`, type: '' }

  test('is recorded but for them, each named by its number; again it is all duplicates', async () => {
    const { url } = await startTestServer()
    const file = fileOf(lines)
    const refusedCount = bad.size + 150
    const first = await run(['record', file], { url })
    expect(first.code).toBe(1)
    expect(first.stdout).toContain(
      `${(2_500 - refusedCount).toLocaleString('en-US')} recorded, 0 duplicates, ${refusedCount} refused`,
    )
    const said = first.stderr.trimEnd().split('\n')
    for (const [line, [, message]] of bad) {
      expect(said.filter((each) => each.startsWith(`line ${line}: `)).join(), `line ${line}`).toContain(message)
    }
    const named = said.map((each) => Number(/^line (\d+): /.exec(each)?.[1]))
    expect(named).toEqual(
      [...bad.keys(), ...Array.from({ length: 150 }, (_, i) => 1_201 + i)].toSorted((a, b) => a - b),
    )

    const again = await run(['record', file, '--json'], { url })
    expect(again.code).toBe(1)
    expect(jsonLines(again.stdout)).toMatchObject([
      { object: 'recording', recorded: 0, duplicates: 2_500 - refusedCount, refused: refusedCount, minted: 0 },
    ])
    const refusals = jsonLines(again.stderr)
    expect(refusals).toHaveLength(refusedCount)
    expect(refusals[1]).toEqual({
      line: 17,
      code: 'wrong_type',
      pointer: '/actor/id',
      message: '/actor/id is the number 7; expected a string.',
    })
  })
})

describe('lines', () => {
  test('without an id get one, once in a run, and a note says so', async () => {
    const { url } = await startTestServer()
    const stdin = '\n{"type":"a.b"}\n  \r\n{"type":"a.b","id":"own"}\r\n{"type":"c.d"}'
    const ended = await run(['record', '-'], { url, stdin })
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('3 recorded, 0 duplicates, 0 refused') })
    expect(ended.stderr).toMatch(/^note: line 2 has no id/)
    const ids = await idsIn(url)
    expect(ids).toHaveLength(3)
    expect(ids.filter((id) => /^evt_[0-9A-Z]{26}$/.test(id))).toHaveLength(2)
  })

  test('that come one by one are recorded one by one', async () => {
    const { url } = await startTestServer()
    const running = new Running(['record', '-'], { url })
    for (const number of [1, 2, 3]) {
      running.child.stdin?.write(`${JSON.stringify(eventOf(number))}\n`)
      await until(async () => (await get(url, '/v1/organizations/default')).size === number)
    }
    running.child.stdin?.end()
    expect((await running.ended).code).toBe(0)
  })

  test('that are too long, or of no UTF-8, or whose event is too large, are refused alone', async () => {
    const { url } = await startTestServer()
    const file = join(temporaryFolder(), 'events.ndjson')
    const large = { id: 'large', type: 'a.b', details: { text: 'x'.repeat(300_000) } }
    writeFileSync(
      file,
      Buffer.concat([
        Buffer.from(`\ufeff${JSON.stringify(eventOf(1))}\n`),
        Buffer.alloc(2_000_000, 'y'),
        Buffer.from('\n{"type":"'),
        Buffer.from([0xff, 0xfe]),
        Buffer.from(`"}\n${JSON.stringify(large)}\n${JSON.stringify(eventOf(2))}`),
      ]),
    )
    const { code, stdout, stderr } = await run(['record', file], { url })
    expect([code, stdout]).toEqual([1, expect.stringContaining('2 recorded, 0 duplicates, 3 refused')])
    expect(stderr).toMatch(/line 2: .*BODY_BYTES_MAX/)
    expect(stderr).toMatch(/line 3: .*UTF-8/)
    expect(stderr).toMatch(/line 4: .*EVENT_BYTES_MAX/)
    expect(await idsIn(url)).toEqual(idsOf(eventsOf(1, 3)))
  })

  test('that say the same id twice with other content: the second is refused, and told of the first', async () => {
    const { url } = await startTestServer()
    const stdin = [eventOf(1), eventOf(2), eventOf(2), { ...eventOf(1), type: 'x.y' }].map((event) =>
      JSON.stringify(event),
    )
    const { code, stderr } = await run(['record', '-'], { url, stdin: stdin.join('\n') })
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /^line 4: An event with the id "evt_000001" (?:stands at line 1 too,|is recorded at index 0) with other content/,
    )
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  test('of several organizations go to their own; what names one that is not there is refused', async () => {
    const { url } = await startTestServer()
    for (const org of ['acme', 'umbrella']) {
      const headers = { authorization: 'Bearer slk_the_root_key_of_the_command_line_tests' }
      expect((await fetch(`${url}/v1/organizations/${org}`, { method: 'PUT', headers })).status).toBe(201)
    }
    const events: readonly JsonObject[] = eventsOf(1, 301).map((event, i) => ({
      ...event,
      org: ['acme', 'umbrella', 'nowhere'][i % 3] ?? '',
    }))
    const { code, stdout, stderr } = await run(['record', fileOf(events)], { url })
    expect([code, stdout]).toEqual([1, expect.stringContaining('200 recorded, 0 duplicates, 100 refused')])
    expect(stderr).toMatch(/^line 3: .*"nowhere"/)
    const listed = await runJson(['list', '--all', '--org', 'umbrella'], { url })
    expect(idsOf(listed)).toEqual(idsOf(events.filter(({ org }) => org === 'umbrella')))
  })
})

describe('when the server is killed in the middle', () => {
  const COUNT = 20_000
  const events = eventsOf(0, COUNT)

  test('and comes back, the run goes on, and each event is there once', async () => {
    const data = temporaryFolder()
    const server = await ServeProcess.start(data)
    const { url, port } = server
    const running = new Running(['record', fileOf(events)], { url })
    await until(async () => ((await get(url, '/v1/organizations/default')).size as number) > 2_000)
    await server.end('SIGKILL')
    const restarted = await ServeProcess.start(data, port)
    const { code, stdout, stderr } = await running.ended
    expect(stderr).toMatch(/No answer from .* Trying again in/)
    expect([code, stderr]).toEqual([0, expect.any(String)])
    expect(stdout).toMatch(/ 0 refused in /)
    expect(await idsIn(url)).toEqual(idsOf(events))
    await restarted.end('SIGTERM')
  })

  test('and stays away, the run ends with 2 and says where to go on', async () => {
    const data = temporaryFolder()
    const server = await ServeProcess.start(data)
    const { url, port } = server
    const file = fileOf(events)
    const running = new Running(['record', file, '--tries', '2'], { url })
    await until(async () => ((await get(url, '/v1/organizations/default')).size as number) > 2_000)
    await server.end('SIGKILL')
    const { code, stderr } = await running.ended
    expect(code).toBe(2)
    const fromLine = /Go on with --from-line (\d+)\n$/.exec(stderr)?.[1] ?? ''
    // The last batch may be recorded and its answer lost: then it is sent again, and is all duplicates.
    expect(Number(fromLine)).toBeGreaterThan(1)
    const restarted = await ServeProcess.start(data, port)
    const resumed = await runJson(['record', file, '--from-line', fromLine], { url })
    expect(resumed).toMatchObject([{ refused: 0 }])
    const { recorded, duplicates } = resumed[0] as { recorded: number; duplicates: number }
    expect(recorded + duplicates).toBe(COUNT - Number(fromLine) + 1)
    expect(await idsIn(url)).toEqual(idsOf(events))
    await restarted.end('SIGTERM')
  })
})

describe('a run that cannot go on', () => {
  test('for a key that is not known ends with 2, before line 1, at once', async () => {
    const { url } = await startTestServer()
    const { code, stderr } = await run(['record', fileOf([eventOf(1)])], { url, key: 'slk_unknown' })
    expect(code).toBe(2)
    expect(stderr).toBe(
      'sealedlog: The key is not known here. [invalid_key]\nEverything before line 1 is done. Go on with --from-line 1\n',
    )
  })

  test('tells programs the same in its one object', async () => {
    const { code, stdout } = await run(['record', fileOf([eventOf(1)]), '--json', '--tries', '1'], {
      url: 'http://127.0.0.1:9',
    })
    expect(code).toBe(2)
    expect(jsonLines(stdout)).toMatchObject([
      { object: 'recording', recorded: 0, from_line: 1, error: expect.stringContaining('[no_answer]') },
    ])
  })

  test('for Ctrl-C ends with 130, with what was taken recorded', async () => {
    const { url } = await startTestServer()
    const running = new Running(['record', '-'], { url })
    running.child.stdin?.write(`${JSON.stringify(eventOf(1))}\n`)
    await until(async () => (await get(url, '/v1/organizations/default')).size === 1)
    running.child.kill('SIGINT')
    const { code, stdout, stderr } = await running.ended
    expect([code, stdout]).toEqual([130, expect.stringContaining('1 recorded')])
    expect(stderr).toContain('--from-line 2')
  })

  test('waits as long as Retry-After says where it sends too fast', async () => {
    const { url } = await startTestServer({ rates: { perKey: 1_000, perOrganization: 0 } })
    const { code, stdout, stderr } = await run(['record', fileOf(eventsOf(0, 3_500))], { url })
    expect([code, stdout]).toEqual([0, expect.stringContaining('3,500 recorded')])
    expect(stderr).toContain('[rate_limited] Trying again in 1.0 s')
  })
})
