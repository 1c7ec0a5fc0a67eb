/** `sealedlog tail`: the end of the log, and what comes after it. */
import { beforeAll, describe, expect, test } from 'vitest'
import {
  eventOf,
  eventsOf,
  fileOf,
  jsonLines,
  run,
  runJson,
  Running,
  ServeProcess,
  startTestServer,
  temporaryFolder,
  until,
} from './support.js'

const indexesOf = (text: string): readonly unknown[] => jsonLines(text).map(({ index }) => index)
const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i)

describe('tail', () => {
  let url = ''
  beforeAll(async () => {
    ;({ url } = await startTestServer())
    await runJson(['record', fileOf(eventsOf(0, 1_500))], { url })
  })

  test('prints the last ten in the order of the log, and where to go on', async () => {
    const { code, stdout, stderr } = await run(['tail', '--json'], { url })
    expect([code, indexesOf(stdout), stderr]).toEqual([0, range(1_490, 1_500), 'next 1499\n'])
  })

  test('prints a table for people', async () => {
    const { stdout } = await run(['tail'], { url })
    expect(stdout.split('\n')[0]).toMatch(/^Time +Actor +Event +Target +Outcome +Index$/)
  })

  test('finds the last ten that pass the filters, further back', async () => {
    const { stdout } = await run(['tail', '--type', 'login.*', '--json'], { url })
    expect(indexesOf(stdout)).toEqual(range(140, 150).map((number) => number * 10))
    const rare = await run(['tail', '--target-id', 'key_3', '--json'], { url })
    expect(indexesOf(rare.stdout)).toEqual([3])
  })

  test.each([
    ['-1', range(0, 1_500)],
    ['1497', [1_498, 1_499]],
    ['1499', []],
    ['latest', []],
  ] as const)('--after %s prints what stands there and ends', async (after, indexes) => {
    const { code, stdout, stderr } = await run(['tail', '--after', after, '--json'], { url })
    expect([code, indexesOf(stdout), stderr]).toEqual([0, indexes, 'next 1499\n'])
  })

  test('refuses an index beyond the end, and one that is none, with 2', async () => {
    expect(await run(['tail', '--after', '1500'], { url })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('[after_beyond_end]'),
    })
    expect(await run(['tail', '--after', 'soon'], { url })).toMatchObject({ code: 2 })
  })
})

test('tail of an empty log prints nothing', async () => {
  const { url } = await startTestServer()
  expect(await run(['tail'], { url })).toEqual({ code: 0, stdout: '', stderr: 'next -1\n' })
})

test('tail --follow sees each event as it comes, across a server that is killed, until Ctrl-C', async () => {
  const data = temporaryFolder()
  const server = await ServeProcess.start(data)
  const { url, port } = server
  await runJson(['record', fileOf(eventsOf(0, 3))], { url })
  const tail = new Running(['tail', '-f', '--json'], { url })
  await until(() => tail.stdout.split('\n').length === 4)
  await runJson(['record', fileOf([eventOf(3)])], { url })
  await until(() => tail.stdout.split('\n').length === 5)
  await server.end('SIGKILL')
  await until(() => tail.stderr.includes('Trying again'))
  const restarted = await ServeProcess.start(data, port)
  await runJson(['record', fileOf(eventsOf(4, 6))], { url })
  await until(() => tail.stdout.split('\n').length === 7)
  tail.child.kill('SIGINT')
  const { code, stdout, stderr } = await tail.ended
  expect([code, indexesOf(stdout)]).toEqual([130, range(0, 6)])
  expect(stderr).toMatch(/next 5\n$/)
  await restarted.end('SIGTERM')
})

test('tail --follow --after latest with a filter shows only what is new and passes it', async () => {
  const { url } = await startTestServer()
  await runJson(['record', fileOf(eventsOf(0, 11))], { url })
  const tail = new Running(['tail', '-f', '--after', 'latest', '--type', 'login.failed', '--json'], { url })
  // it tells no one that it waits: what is recorded again and again until it is seen is seen once each
  let number = 11
  await until(async () => {
    await runJson(['record', fileOf(eventsOf(number, number + 10))], { url })
    number += 10
    return tail.stdout !== ''
  })
  tail.child.kill('SIGTERM')
  const { code, stdout } = await tail.ended
  const indexes = indexesOf(stdout) as readonly number[]
  expect(code).toBe(130)
  expect(indexes.every((index) => index > 10 && index % 10 === 0)).toBe(true)
})
