/** Frames of event streams: whatever an event holds survives them, and every reader of the standard takes them. */
import { execFile } from 'node:child_process'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AuditError } from '@sealedlog/sdk/base'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EventParser, type SentEvent } from '../../dist/cli/event-source.js'
import { asksForStream, formatEnd, formatEntry, formatHeartbeat, formatOpening } from '../../dist/http/event-stream.js'
import { dispatchedOf, StandardParser } from './sse.js'
import { range, streamWorld } from './stream-world.js'

const documents = fc.object({ withNullPrototype: false, maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)))
/** Texts with everything that could end a line, a field or a stream. */
const nasty = fc.string({
  unit: fc.constantFrom(
    '\n',
    '\r',
    '\u2028',
    '\u2029',
    '\u0085',
    '\0',
    '\ufeff',
    ':',
    ' ',
    'id',
    'data',
    '\ud800',
    '😀',
    'x',
  ),
})
const events = fc.oneof(documents, fc.dictionary(nasty, nasty))

/** A text in pieces, cut anywhere. */
const piecesOf = (text: string, cuts: readonly number[]): readonly string[] => {
  const at = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length]
  return at.slice(1).map((end, i) => text.slice(at[i], end))
}

function parsedByUs(pieces: readonly string[]): { readonly events: readonly SentEvent[]; readonly lastId: string } {
  const parser = new EventParser()
  return { events: pieces.flatMap((piece) => parser.push(piece)), lastId: parser.lastId }
}

describe('frames', () => {
  test('hold any event, and give it back as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), events), { maxLength: 8 }), (entries) => {
        const text = entries.map(([index, event]) => formatEntry(index, event)).join('')
        expect(dispatchedOf(text)).toEqual(
          entries.map(([index, event]) => ({
            type: 'message',
            data: JSON.stringify(event),
            lastEventId: String(index),
          })),
        )
        for (const [i, { data }] of dispatchedOf(text).entries()) expect(JSON.parse(data)).toEqual(entries[i]?.[1])
      }),
    )
  })

  test('that open a stream and keep it alive are no events, and move the place to go on from', () => {
    const parser = new StandardParser()
    parser.push(formatOpening(1_234, -1))
    expect([parser.lastEventId, parser.reconnectionTime, parser.dispatched]).toEqual(['-1', 1_234, []])
    parser.push(formatHeartbeat(41))
    expect([parser.lastEventId, parser.comments, parser.dispatched]).toEqual(['41', 1, []])
  })

  test('that end one say why in words that cannot break them', () => {
    fc.assert(
      fc.property(nasty, (message) => {
        const text = formatEnd(new AuditError('too_slow', message), 7)
        const [last, ...more] = dispatchedOf(text)
        expect([last?.type, last?.lastEventId, more]).toEqual(['end', '7', []])
        expect(JSON.parse(last?.data ?? '')).toEqual({
          code: 'too_slow',
          message: message.toWellFormed() === message ? message : expect.anything(),
          next: 7,
        })
      }),
    )
  })
})

describe('the command line’s parser', () => {
  const cuts = fc.array(fc.nat(), { maxLength: 12 })
  const noise = fc.string({
    unit: fc.constantFrom(
      '\n',
      '\r',
      '\r\n',
      ':',
      ' ',
      'id',
      'data',
      'event',
      'retry',
      'x',
      '7',
      '\0',
      '\ufeff',
      '\n\n',
    ),
    maxLength: 60,
  })

  test('reads any text as the standard’s algorithm does, cut anywhere', () => {
    fc.assert(
      fc.property(noise, cuts, (text, at) => {
        const standard = new StandardParser()
        standard.push(text)
        const ours = parsedByUs(piecesOf(text, at))
        expect(ours.events.map(({ type, data, id }) => ({ type, data, lastEventId: id }))).toEqual(standard.dispatched)
        expect(ours.lastId).toBe(standard.lastEventId)
      }),
      { numRuns: 2_000 },
    )
  })
})

test('the parser of these tests is no friend of ours: it takes the standard’s examples as the standard says', () => {
  const text =
    '\ufeff: test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\ndata\n\ndata\ndata\n\ndata:'
  expect(dispatchedOf(text)).toEqual([
    { type: 'message', data: 'first event', lastEventId: '1' },
    { type: 'message', data: 'second event', lastEventId: '' },
    { type: 'message', data: ' third event', lastEventId: '' },
    { type: 'message', data: '', lastEventId: '' },
    { type: 'message', data: '\n', lastEventId: '' },
  ])
})

/** Prints the id of every message until it saw so many; an EventSource connects again by itself. */
const FOLLOWER = `
const source = new EventSource(process.argv[1])
const seen = []
setInterval(() => undefined, 1_000) // its own timers keep no process alive
source.onmessage = ({ lastEventId, data }) => {
  if (JSON.parse(data).index !== Number(lastEventId)) process.exit(1)
  if (seen.push(Number(lastEventId)) === Number(process.argv[2])) {
    console.log(JSON.stringify(seen))
    process.exit(0)
  }
}`

test('a real EventSource follows it, and goes on by itself wherever it is cut off', async () => {
  const EVENTS = 400
  const { server, key, record } = await streamWorld({ retryMs: 10 })
  // An EventSource sends no key: what stands between adds it, and ends each connection after some bytes, in mid-frame.
  let connections = 0
  const between = createServer((asked, answer) => {
    connections++
    const headers = { ...asked.headers, authorization: `Bearer ${key.key}` }
    const onward = request(`${server.url}${asked.url}`, { headers, agent: false }, (response) => {
      let left = 20_000
      answer.writeHead(response.statusCode ?? 500, response.headers)
      answer.flushHeaders()
      response
        .on('error', () => undefined)
        .on('data', (chunk: Buffer) => {
          if (left > 0) answer.write(chunk.subarray(0, left))
          left -= chunk.length
          if (left <= 0) answer.end()
        })
    })
    onward.on('error', () => undefined).end()
    answer.on('close', () => onward.destroy())
  })
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(between.address() as AddressInfo).port}/v1/events/tail`
  const args = ['--experimental-eventsource', '--no-warnings', '-e', FOLLOWER, url, String(EVENTS)]
  const followed = new Promise<string>((resolve, reject) => {
    execFile(process.execPath, args, { timeout: 12_000 }, (error, stdout, stderr) =>
      error ? reject(new Error(stderr || error.message)) : resolve(stdout),
    )
  })
  for (let at = 0; at < EVENTS; at += 10) await record(10)
  expect(JSON.parse(await followed)).toEqual(range(0, EVENTS))
  expect(connections).toBeGreaterThan(3)
  between.closeAllConnections()
  between.close()
})

test('an Accept header of quotes that nobody closes is read once, not once for each', () => {
  for (let read = 0; read < 50; read++) {
    expect(asksForStream(`"${'\\"'.repeat(7_500)}`)).toBe(false)
    expect(asksForStream(`text/event-stream, "${'\\"'.repeat(7_500)}\\`)).toBe(true)
  }
})
