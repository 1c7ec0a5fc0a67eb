/** SIGTERM under load: whatever was taken is answered, whatever was answered is kept, and then the process ends. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type Answer, Client, NoAnswer } from './client.js'
import { type JsonObject, pinKey } from './independent.js'
import { BUSY, chanceOf, ORGANIZATIONS, Plan } from './load.js'
import { launch, type Machine, startMachine, temporaryFolder } from './machine.js'
import { readView, type View } from './witness.js'

const CONNECTIONS = 64
const TAILS = 20
/** Answers before the signal. */
const ANSWERS = 300
const SECOND_SIGNAL_MS = 100
/** A drain waits for what is being answered, and for nothing else. */
const DRAIN_MS_MAX = 5_000
/** Whoever never finishes a request cannot hold the process for ever. */
const STUCK_MS_MAX = 20_000
const TIMEOUT_MS = 120_000
/** An organization in which nothing happens: whoever follows it waits. */
const QUIET = 'quiet'

interface Poured {
  readonly answers: { readonly answer: Answer; readonly ids: readonly string[] }[]
  readonly failures: NoAnswer[]
}

/** Says events over kept-alive connections, each until it cannot connect any more. */
async function pourUntilRefused(client: Client, onAnswer: (count: number) => void): Promise<Poured> {
  const poured: Poured = { answers: [], failures: [] }
  const plan = new Plan(chanceOf(Number(process.env.SEED ?? 7)), Date.now())
  const one = async () => {
    for (;;) {
      const { batched, events } = plan.next()
      const path = batched ? '/v1/events/batch' : '/v1/events'
      const body = JSON.stringify(batched ? events : events[0])
      try {
        const answer = await client.call({ method: 'POST', path, org: BUSY, body })
        onAnswer(poured.answers.push({ answer, ids: events.map(({ id }) => id) }))
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error
        poured.failures.push(error)
        if (error.code === 'ECONNREFUSED') return
      }
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, one))
  return poured
}

/** Follows a quiet log by long polls, each as long as allowed, until it cannot connect any more. */
async function follow(client: Client): Promise<Answer[]> {
  const answers: Answer[] = []
  for (;;) {
    try {
      answers.push(await client.call({ path: '/v1/events/tail?after=latest&wait=30', org: QUIET }))
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error
      if (error.code === 'ECONNREFUSED' || !error.reused) return answers
      throw error
    }
  }
}

/** A connection on which one request was answered, and which is then left alone. */
async function idle({ url, rootKey }: Machine): Promise<{ readonly ended: Promise<string> }> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const ended = new Promise<string>((resolve) => {
    socket.once('end', () => resolve('ended'))
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
  })
  socket.write(
    `GET /v1/events HTTP/1.1\r\nhost: x\r\nsealedlog-organization: ${QUIET}\r\nauthorization: Bearer ${rootKey}\r\n\r\n`,
  )
  await once(socket, 'data')
  return { ended }
}

/** A request of which half the body is sent now, and the rest when asked for. */
function halfSent({ url, rootKey }: Machine, body: string): { finish(): Promise<string> } {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  let answer = ''
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text))
  const ended = once(
    socket.on('error', () => undefined),
    'close',
  )
  const head = `POST /v1/events HTTP/1.1\r\nhost: x\r\nsealedlog-organization: ${BUSY}\r\nauthorization: Bearer ${rootKey}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`
  socket.write(head + body.slice(0, 10))
  return {
    async finish() {
      socket.write(body.slice(10))
      await ended
      return answer
    },
  }
}

interface Acknowledgement {
  readonly data?: readonly { readonly id: string; readonly index: number }[]
  readonly id?: string
  readonly index?: number
}

const parse = ({ body }: Answer): JsonObject & Acknowledgement =>
  JSON.parse(body.toString()) as JsonObject & Acknowledgement

/** Where the answer to a recording says that its events stand. */
function placesOf(answer: Answer): readonly (readonly [id: string, index: number])[] {
  const { data, id, index } = parse(answer)
  return data?.map((one) => [one.id, one.index] as const) ?? [[id ?? '', index ?? -1]]
}

describe('a server that is told to stop', () => {
  it(
    'answers what it took, keeps what it answered, and ends well',
    async () => {
      const folder = temporaryFolder()
      const server = await startMachine(folder)
      const [client, followers] = [new Client(server, CONNECTIONS), new Client(server, TAILS)]
      for (const org of [...ORGANIZATIONS, QUIET])
        await client.json({ method: 'PUT', path: `/v1/organizations/${org}`, body: '{}' }, 201)
      const { vkey } = await client.json<{ vkey: string }>({ path: `/v1/organizations/${BUSY}`, org: BUSY })
      const pinned = { org: BUSY, key: pinKey(vkey) }

      const idlers = await Promise.all(Array.from({ length: 5 }, () => idle(server)))
      const half = halfSent(server, JSON.stringify({ id: 'evt_half', type: 'invoice.paid' }))
      const tails = Array.from({ length: TAILS }, () => follow(followers))
      let toldMs = 0
      let ending: Promise<unknown> = Promise.resolve()
      const poured = await pourUntilRefused(client, (count) => {
        if (count !== ANSWERS) return
        toldMs = Date.now()
        ending = server.stop()
        setTimeout(() => server.process.kill('SIGTERM'), SECOND_SIGNAL_MS)
      })
      // The listener is closed by now; the half that was sent long ago is still welcome, and so is the rest.
      const halfAnswer = await half.finish()
      expect(await ending).toEqual({ code: 0, signal: null })
      const drainMs = Date.now() - toldMs
      const tailed = await Promise.all(tails)

      const after = poured.answers.length - ANSWERS
      const failures = poured.failures.filter(({ code }) => code !== 'ECONNREFUSED')
      console.log(
        `${poured.answers.length} answers, ${after} of them after SIGTERM; ${failures.length} connections came too late to be taken; drained in ${drainMs} ms`,
      )
      expect(drainMs).toBeLessThan(DRAIN_MS_MAX)
      expect(server.stdout()).toMatch(/Draining…\nClosed\.\n$/)

      // Every answer is whole, and is a 201 or a 503 that says so.
      const refused = poured.answers.filter(({ answer }) => answer.status !== 201)
      for (const { answer } of refused) expect(parse(answer)).toMatchObject({ status: 503, code: 'shutting_down' })
      expect(after).toBeGreaterThanOrEqual(CONNECTIONS / 2)
      expect(halfAnswer).toMatch(/^HTTP\/1\.1 201 /)
      // A connection that had carried an answer is never cut under a request; only one that was never taken can be.
      expect(failures.filter(({ reused, code }) => reused || code === 'cut')).toEqual([])
      expect(await Promise.all(idlers.map(({ ended }) => ended))).toEqual(idlers.map(() => 'ended'))

      // Whoever waited for entries was told that there are none, at once, and so was whoever asked again.
      for (const answers of tailed) {
        expect(answers.length).toBeGreaterThan(0)
        for (const answer of answers) expect([answer.status, parse(answer).data]).toEqual([200, []])
      }

      const again = await startMachine(folder)
      const reader = new Client(again)
      const view = await readView(reader, pinned)
      const acknowledged = poured.answers
        .filter(({ answer }) => answer.status === 201)
        .flatMap(({ answer }) => placesOf(answer))
      const held = new Map(view.tail.map(({ id, index }) => [id, index]))
      expect(held.delete('evt_half')).toBe(true)
      // Exactly what was acknowledged: nothing is lost, and nothing was recorded whose caller was left without an answer.
      expect(new Map(acknowledged)).toEqual(held)
      reader.close()
      await again.stop()
      client.close()
      followers.close()
    },
    TIMEOUT_MS,
  )

  it(
    'is not held by connections that say nothing, or never say all of it',
    async () => {
      const folder = temporaryFolder()
      const server = await startMachine(folder)
      const client = new Client(server)
      await client.json({ method: 'PUT', path: `/v1/organizations/${BUSY}`, body: '{}' }, 201)
      const { hostname, port } = new URL(server.url)
      const mute = connect(Number(port), hostname).on('error', () => undefined)
      await once(mute, 'connect')
      halfSent(server, JSON.stringify({ type: 'invoice.paid' }))
      await sleep(100)
      const toldMs = Date.now()
      expect(await server.stop()).toEqual({ code: 0, signal: null })
      expect(Date.now() - toldMs).toBeLessThan(STUCK_MS_MAX)
      mute.destroy()
      client.close()
    },
    TIMEOUT_MS,
  )

  it(
    'finds everything as it was, at each start',
    async () => {
      const folder = temporaryFolder()
      const states: unknown[] = []
      for (let start = 0; start < 3; start++) {
        const server = await startMachine(folder)
        const client = new Client(server)
        if (start === 0) await fill(client)
        states.push(await stateOf(server, client))
        client.close()
        expect(await server.stop()).toEqual({ code: 0, signal: null })
      }
      expect(states[1]).toEqual(states[0])
      expect(states[2]).toEqual(states[0])
    },
    TIMEOUT_MS,
  )

  it(
    'lets a signal that comes during its start end it, and starts again',
    async () => {
      const folder = temporaryFolder()
      for (const delayMs of [30, 120, 200, 280, 360, 500]) {
        const starting = launch(folder)
        await sleep(delayMs)
        starting.process.kill('SIGTERM')
        const { code, signal } = await starting.ended
        // Before it listens to signals, the signal itself ends it.
        expect(code === 0 || signal === 'SIGTERM', `code ${code}: ${starting.stderr()}`).toBe(true)
      }
      const server = await startMachine(folder)
      expect(await server.stop()).toEqual({ code: 0, signal: null })
    },
    TIMEOUT_MS,
  )
})

/** Some events in every organization. */
async function fill(client: Client): Promise<void> {
  const plan = new Plan(chanceOf(3), Date.now())
  for (const org of ORGANIZATIONS) {
    await client.json({ method: 'PUT', path: `/v1/organizations/${org}`, body: '{}' }, 201)
    const events = Array.from({ length: 6 }, () => plan.next()).flatMap((unit) => unit.events)
    await client.json({ method: 'POST', path: '/v1/events/batch', org, body: JSON.stringify(events) }, 201)
  }
  const key = { organization: BUSY, name: 'reader', scopes: ['read'] }
  await client.json({ method: 'POST', path: '/v1/keys', org: BUSY, body: JSON.stringify(key) }, 201)
}

/** Everything that a reader can see. */
async function stateOf({ rootKey }: Machine, client: Client): Promise<unknown> {
  const logs: View[] = []
  const organizations = await client.json({ path: '/v1/organizations' })
  for (const org of ORGANIZATIONS) {
    const vkey = (await client.text({ path: `/v1/organizations/${org}/tlog/vkey`, org })).trim()
    logs.push(await readView(client, { org, key: pinKey(vkey) }))
  }
  return { rootKey, organizations, logs, keys: await client.json({ path: '/v1/keys' }) }
}
