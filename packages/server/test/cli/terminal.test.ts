/** What reaches a terminal: nothing in a value is a command to it, and tables keep to its width. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LINE_BYTES_MAX, LineCutter } from '../../dist/cli/lines.js'
import { formatBar } from '../../dist/cli/progress.js'
import { fitWidths, Table } from '../../dist/cli/table.js'
import { fit, jsonLine, visible, widthOf } from '../../dist/cli/terminal.js'
import { fileOf, MAIN, ROOT_KEY, run, runJson, startTestServer } from './support.js'

/** Control and format characters, separators of lines, halves of surrogate pairs. */
const DANGEROUS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u
const text = fc.string({ unit: 'binary', maxLength: 40 })

describe('text from elsewhere', () => {
  test('holds nothing that a terminal obeys, whatever it was', () => {
    fc.assert(fc.property(text, (value) => !DANGEROUS.test(visible(value))))
  })

  test('as JSON too, and means the same', () => {
    fc.assert(
      fc.property(fc.record({ a: text, b: fc.array(text) }), (value) => {
        const line = jsonLine(value)
        expect(DANGEROUS.test(line.slice(0, -1))).toBe(false)
        expect(JSON.parse(line)).toEqual(value)
      }),
    )
  })

  test('is cut or filled to exactly so many columns', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), fc.integer({ min: 2, max: 40 }), (value, columns) => {
        expect(widthOf(fit(value, columns))).toBe(columns)
      }),
    )
    expect(fit('日本語のログ', 7)).toBe('日本語…')
    expect(fit('audit', 8)).toBe('audit   ')
  })
})

describe('a table', () => {
  const columns = [{ title: 'Time', whole: true as const }, { title: 'Actor' }, { title: 'Event' }]

  test('takes from its widest columns, and never from whole ones', () => {
    expect(fitWidths(columns, [20, 30, 50], 64)).toEqual([20, 20, 20])
    expect(fitWidths(columns, [20, 3, 50], 200)).toEqual([20, 3, 50])
    expect(fitWidths(columns, [20, 30, 50], Number.POSITIVE_INFINITY)).toEqual([20, 30, 50])
    expect(fitWidths(columns, [20, 30, 50], 1)).toEqual([20, 6, 6])
  })

  test('has no line wider than the terminal, and as many lines as rows and a head', () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 60 })
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constant('12:00'), cell, cell), { minLength: 1 }), (rows) => {
        const lines = new Table(columns, 40).format(rows).split('\n')
        expect(lines).toHaveLength(rows.length + 2)
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(40)
      }),
    )
  })
})

test('a bar is full at the end, and not before', () => {
  expect(formatBar(0, 0)).toContain('100 %')
  expect(formatBar(999, 1_000)).toContain(' 99 %')
  expect(formatBar(999, 1_000)).toContain('░')
})

test('lines are the same however the bytes arrive', () => {
  const chunks = fc.array(fc.constantFrom('a', 'bc', '\n', '\r\n', '', 'x\ny'), { maxLength: 30 })
  fc.assert(
    fc.property(chunks, (parts) => {
      const whole = parts.join('')
      const cutter = new LineCutter()
      const lines = [...parts.flatMap((part) => cutter.cut(Buffer.from(part))), ...cutter.rest()]
      const expected = whole.split('\n')
      if (expected.at(-1) === '') expected.pop()
      expect(lines.map(({ bytes }) => Buffer.from(bytes ?? []).toString())).toEqual(expected)
      expect(lines.map(({ number }) => number)).toEqual(expected.map((_, i) => i + 1))
      expect(lines.at(-1)?.end ?? 0).toBe(whole.length)
    }),
  )
  const cutter = new LineCutter()
  const [long] = cutter.cut(Buffer.concat([Buffer.alloc(LINE_BYTES_MAX + 1, 'x'), Buffer.from('\n')]))
  expect(long).toEqual({ number: 1, bytes: undefined, end: LINE_BYTES_MAX + 2 })
})

test('an event cannot take over the terminal of whoever lists it', async () => {
  const evil = '\u001b[2J\u001b]0;owned\u0007\r\nline 1: forged\u202egnp.exe\u009b31m'
  const event = { id: 'evil', type: 'a.b', actor: { type: 'user', name: evil }, targets: [{ type: 't', name: evil }] }
  const { url } = await startTestServer()
  await runJson(['record', fileOf([event])], { url })
  const refused = await run(['record', fileOf([{ id: 'x', type: evil, [evil]: 1 }])], { url })
  const outputs = [
    await run(['list'], { url }),
    await run(['tail'], { url }),
    await run(['list', '--json'], { url }),
    refused,
    await run(['list', '--type', evil], { url }),
  ]
  for (const { stdout, stderr } of outputs) {
    const lines = (stdout + stderr).split('\n')
    expect(lines.filter((line) => DANGEROUS.test(line))).toEqual([])
    expect(lines.filter((line) => line.startsWith('line 1: forged'))).toEqual([])
  }
  const [listed] = await runJson(['list'], { url })
  expect(listed).toMatchObject({ actor: { name: evil } })
})

test.runIf(process.platform === 'linux')(
  'a person who watches sees a bar and colours, and no more than that',
  async () => {
    const { url } = await startTestServer()
    const lines = Array.from({ length: 3_000 }, (_, i) => ({ id: `e${i}`, type: 'login.failed' }))
    const env = {
      ...process.env,
      SEALEDLOG_URL: url,
      SEALEDLOG_KEY: ROOT_KEY,
      TERM: 'xterm',
      NO_COLOR: '',
      FORCE_COLOR: '',
    }
    const watched = (command: string) => watch(`${process.execPath} ${MAIN} ${command}`, env)
    const recorded = await watched(`record ${fileOf(lines)}`)
    expect(recorded).toMatch(/█+░* +\d+ % [\d,]+ lines/)
    expect(recorded).toContain('3,000 recorded')
    expect(await watched('list --limit 2')).toContain('\u001b[31mfailure')
  },
)

/** Runs a command in a pseudo-terminal of 70 columns. */
async function watch(command: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await promisify(execFile)('script', ['-qec', `stty cols 70; ${command}`, '/dev/null'], { env })
  return stdout
}
