import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatTime, isFormattedTime, parseTime, TIME_CHARS, TIME_MS_MAX } from '../../dist/base/index.js'

const two = (n: number) => String(n).padStart(2, '0')

describe('instants', () => {
  test('are read back as they were written, in 24 characters that sort as they do', () => {
    const instants = fc.integer({ min: 0, max: TIME_MS_MAX })
    fc.assert(
      fc.property(instants, instants, (a, b) => {
        expect(parseTime(formatTime(a))).toBe(a)
        expect(formatTime(a)).toHaveLength(TIME_CHARS)
        expect(formatTime(a) < formatTime(b)).toBe(a < b)
      }),
    )
  })

  test('in their own form are read as they are with an offset, days and hours that do not exist included', () => {
    const number = (max: number) => fc.integer({ min: 0, max }).map(two)
    const parts = fc.tuple(number(99), number(99), number(13), number(32), number(25), number(61), number(61))
    fc.assert(
      fc.property(parts, fc.integer({ min: 0, max: 999 }), ([century, year, month, day, h, m, s], ms) => {
        const local = `${century}${year}-${month}-${day}T${h}:${m}:${s}.${String(ms).padStart(3, '0')}`
        expect(parseTime(`${local}Z`)).toBe(parseTime(`${local}+00:00`))
      }),
      { numRuns: 2000 },
    )
  })

  test('are known for what formatTime writes, and for nothing else', () => {
    const fraction = fc.constantFrom('', '.1', '.12', '.123', '.1234')
    const offset = fc.constantFrom('Z', 'z', '+00:00', '-01:30')
    const second = fc.constantFrom('00', '09', '59', '60')
    fc.assert(
      fc.property(fc.constantFrom('T', 't'), second, fraction, offset, (t, s, f, o) => {
        const text = `2016-12-31${t}23:59:${s}${f}${o}`
        expect(isFormattedTime(text)).toBe(formatTime(parseTime(text) ?? 0) === text)
      }),
    )
  })

  test('are the same instant at every offset', () => {
    const offset = fc.record({ sign: fc.constantFrom(1, -1), hours: fc.nat(23), minutes: fc.nat(59) })
    fc.assert(
      fc.property(fc.integer({ min: 10 ** 9, max: 10 ** 13 }), offset, (ms, { sign, hours, minutes }) => {
        const local = formatTime(ms + sign * (hours * 60 + minutes) * 60_000).slice(0, -1)
        expect(parseTime(`${local}${sign < 0 ? '-' : '+'}${two(hours)}:${two(minutes)}`)).toBe(ms)
      }),
    )
  })

  test.each([
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
    ['2026-11-20T09:12:21.123Z', '2026-11-20T09:12:21.123Z'],
    ['2026-11-20t09:12:21.123z', '2026-11-20T09:12:21.123Z'],
    ['2026-11-20T10:12:21.123456+01:00', '2026-11-20T09:12:21.123Z'],
    ['2026-11-20T00:12:21-09:30', '2026-11-20T09:42:21.000Z'],
    ['2026-01-01T00:00:00+00:01', '2025-12-31T23:59:00.000Z'],
    ['2026-12-31T23:59:59-23:59', '2027-01-01T23:58:59.000Z'],
    ['2026-11-20T09:12:21-00:00', '2026-11-20T09:12:21.000Z'],
    // fractions of one to nine digits, cut and not rounded
    ['2026-11-20T09:12:21.1Z', '2026-11-20T09:12:21.100Z'],
    ['2026-11-20T09:12:21.12Z', '2026-11-20T09:12:21.120Z'],
    ['2026-11-20T09:12:21.1239Z', '2026-11-20T09:12:21.123Z'],
    ['2026-11-20T09:12:21.12399Z', '2026-11-20T09:12:21.123Z'],
    ['2026-11-20T09:12:21.999999Z', '2026-11-20T09:12:21.999Z'],
    ['2026-11-20T09:12:21.9999999Z', '2026-11-20T09:12:21.999Z'],
    ['2026-11-20T09:12:21.00000001Z', '2026-11-20T09:12:21.000Z'],
    ['2026-11-20T09:12:21.999999999Z', '2026-11-20T09:12:21.999Z'],
    // leap seconds stay in their minute
    ['2016-12-31T23:59:60Z', '2016-12-31T23:59:59.999Z'],
    ['2016-12-31T23:59:60.5Z', '2016-12-31T23:59:59.999Z'],
    ['2017-01-01T00:59:60+01:00', '2016-12-31T23:59:59.999Z'],
    // 29 February, where there is one
    ['2024-02-29T12:00:00Z', '2024-02-29T12:00:00.000Z'],
    ['2000-02-29T12:00:00Z', '2000-02-29T12:00:00.000Z'],
    // years that Date.UTC would move to the 1900s
    ['0050-03-01T00:00:00Z', '0050-03-01T00:00:00.000Z'],
    ['0000-02-29T00:00:00Z', '0000-02-29T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('%s is %s', (text, instant) => {
    expect(formatTime(parseTime(text) ?? Number.NaN)).toBe(instant)
  })

  test.each([
    '',
    '2026-11-20',
    '2026-11-20T09:12Z',
    '2026-11-20T09:12:21',
    '2026-11-20 09:12:21Z',
    '2026-11-20T09:12:21.Z',
    '2026-11-20T09:12:21,1Z',
    '2026-11-20T09:12:21.1234567890Z',
    '2026-11-20T24:00:00Z',
    '2026-11-20T23:60:00Z',
    '2026-11-20T23:59:61Z',
    '2026-11-20T09:12:21+24:00',
    '2026-11-20T09:12:21+01:60',
    '2026-11-20T09:12:21+0100',
    '2026-11-20T09:12:21+01',
    '2026-11-20T09:12:21Z+01:00',
    '2026-02-29T12:00:00Z',
    '1900-02-29T12:00:00Z',
    '2026-02-30T12:00:00Z',
    '2026-04-31T12:00:00Z',
    '2026-00-10T12:00:00Z',
    '2026-13-10T12:00:00Z',
    '2026-01-00T12:00:00Z',
    '2026-01-32T12:00:00Z',
    '+02026-11-20T09:12:21Z',
    '-2026-11-20T09:12:21Z',
    '26-11-20T09:12:21Z',
    ' 2026-11-20T09:12:21Z',
    '2026-11-20T09:12:21Z\n',
    '٢٠٢٦-11-20T09:12:21Z',
  ])('%j is no instant', (text) => {
    expect(parseTime(text)).toBeUndefined()
  })
})
