/** The mixed load of a soak: singles, batches, lists, searches, followers by poll and by stream, erasures, own types. */
import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

const ORGS = ['acme', 'globex', 'initech', 'umbrella', 'hooli']
const TYPES = ['api_key.created', 'login.succeeded', 'project.updated', 'soak.own']
const WORDS = 'invoice report secret rotation quarterly audit member export deleted restored approved'.split(' ')
/** The organization's own type: its rows are looked up for each event. */
const OWN_TYPE = {
  mode: 'warn',
  sentence: '{actor} soaked {target}',
  targets: ['api_key'],
  details: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] },
}
const BATCH_EVENTS = 100
/** One event in so many is erased again. */
const ERASED_SHARE = 20_000
const REFUSED_WAIT_MS = 200

/** Numbers in [0, 1) from a seed (mulberry32). */
export function chanceOf(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Everything that asks a server, until it is told to stop. */
export class Load {
  /** acknowledged events by organization, the audit entries of erasures with them */
  events = new Map(ORGS.map((org) => [org, 0]))
  counts = { requests: 0, refused: 0, lists: 0, searches: 0, polls: 0, erasures: 0, streamed: 0 }
  #agent = new http.Agent({ keepAlive: true, maxSockets: 64 })
  #stopped = false
  #said = 0
  #startedMs = Date.now()

  constructor({ url, rootKey, seed, events, rate }) {
    Object.assign(this, { url, rootKey, events_max: events, rate })
    this.chance = chanceOf(seed)
  }

  get total() {
    return [...this.events.values()].reduce((sum, count) => sum + count, 0)
  }

  /** Resolves when so many events are said, or it is stopped, and whoever asked has gone home. */
  async run() {
    for (const org of ORGS) {
      await this.#call('PUT', `/v1/organizations/${org}`, undefined, {})
      await this.#call('PUT', '/v1/event-types/soak.own', org, OWN_TYPE)
    }
    const writers = [...Array.from({ length: 12 }, () => this.#single()), this.#batches(), this.#batches()]
    const readers = [this.#lists(), this.#lists(), this.#searches(), this.#polls(), this.#polls(), this.#streams()]
    await Promise.all(writers)
    this.#stopped = true
    await Promise.all(readers)
    this.#agent.destroy()
  }

  stop() {
    this.#stopped = true
  }

  #org() {
    return this.chance() < 0.7 ? ORGS[0] : ORGS[1 + Math.floor(this.chance() * (ORGS.length - 1))]
  }

  #event() {
    const n = this.#said++
    const late = this.chance() < 0.2
    return {
      type: TYPES[Math.floor(this.chance() * TYPES.length)],
      actor: { type: 'user', id: `user_${Math.floor(this.chance() * 2_000)}`, name: `Actor ${n % 2_000}` },
      targets: [{ type: 'api_key', id: `key_${Math.floor(this.chance() * 200_000)}` }],
      context: { ip_address: `10.${n % 200}.${n % 251}.${n % 241}` },
      description: Array.from({ length: 8 }, () => WORDS[Math.floor(this.chance() * WORDS.length)]).join(' '),
      details: { n, nested: { of: ['the', 'event', n] } },
      ...(late ? { occurred_at: new Date(Date.now() - this.chance() * 86_400_000).toISOString() } : {}),
    }
  }

  /** Whether to go on, once it is this caller's turn at the rate asked for. */
  async #turn() {
    if (this.rate > 0) {
      const dueMs = this.#startedMs + (this.#said / this.rate) * 1_000
      while (dueMs > Date.now() && !this.#stopped) await sleep(Math.min(100, dueMs - Date.now()))
    }
    return !this.#stopped && this.#said < this.events_max
  }

  async #single() {
    while (await this.#turn()) {
      const org = this.#org()
      const receipt = await this.#call('POST', '/v1/events', org, this.#event())
      if (receipt === undefined) continue
      this.events.set(org, this.events.get(org) + 1)
      if (this.chance() * ERASED_SHARE < 1 || this.counts.erasures === 0) await this.#erase(org, receipt.id)
    }
  }

  async #batches() {
    while (await this.#turn()) {
      const org = this.#org()
      const events = Array.from({ length: BATCH_EVENTS }, () => this.#event())
      const receipts = await this.#call('POST', '/v1/events/batch', org, events)
      if (receipts) this.events.set(org, this.events.get(org) + receipts.data.length)
    }
  }

  async #erase(org, id) {
    const asked = { basis: 'soak', events: [{ id, groups: ['actor'] }] }
    const erased = await this.#call('POST', '/v1/redactions', org, asked)
    if (erased === undefined) return
    this.counts.erasures++
    this.events.set(org, this.events.get(org) + erased.redactions.length)
  }

  async #lists() {
    while (!this.#stopped) {
      const type = this.chance() < 0.5 ? `&type=${TYPES[Math.floor(this.chance() * TYPES.length)]}` : ''
      const actor = this.chance() < 0.5 ? `&actor_id=user_${Math.floor(this.chance() * 2_000)}` : ''
      const org = this.#org()
      let cursor = ''
      for (let page = 0; page < 3 && cursor !== undefined && !this.#stopped; page++) {
        const found = await this.#call('GET', `/v1/events?limit=50${type}${actor}${cursor}`, org)
        this.counts.lists++
        cursor = found?.next_cursor ? `&cursor=${encodeURIComponent(found.next_cursor)}` : undefined
      }
      await sleep(20)
    }
  }

  async #searches() {
    while (!this.#stopped) {
      const words = [0, 1].map(() => WORDS[Math.floor(this.chance() * WORDS.length)])
      await this.#call('GET', `/v1/events?limit=20&q=${encodeURIComponent(words.join(' '))}`, this.#org())
      this.counts.searches++
      await sleep(100)
    }
  }

  async #polls() {
    const org = this.#org()
    for (let after = 'latest'; !this.#stopped; ) {
      const page = await this.#call('GET', `/v1/events/tail?limit=1000&wait=1&after=${after}`, org)
      if (page) after = page.next
      this.counts.polls++
    }
  }

  /** A subscriber, who leaves after a while and comes again. */
  async #streams() {
    while (!this.#stopped) await this.#stream().catch(() => undefined)
  }

  #stream() {
    return new Promise((resolve, reject) => {
      const headers = { ...this.#headers(ORGS[0]), accept: 'text/event-stream' }
      const asked = http.request(`${this.url}/v1/events/tail?after=latest`, { headers, agent: false }, (answer) => {
        answer.setEncoding('utf8').on('data', (text) => (this.counts.streamed += text.split('\n\n').length - 1))
        answer.on('close', resolve)
      })
      const look = setInterval(() => this.#stopped && asked.destroy(), 200)
      const leave = setTimeout(() => asked.destroy(), 20_000)
      asked.on('error', reject).on('close', () => {
        clearInterval(look)
        clearTimeout(leave)
      })
      asked.end()
    })
  }

  #headers(org) {
    const authorization = `Bearer ${this.rootKey}`
    return { authorization, ...(org === undefined ? {} : { 'sealedlog-organization': org }) }
  }

  /** What was answered; undefined where it was refused for now. @throws Error where it was refused for ever */
  #call(method, path, org, said) {
    const body = said === undefined ? undefined : JSON.stringify(said)
    const length =
      body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    return new Promise((resolve, reject) => {
      const options = { method, headers: { ...this.#headers(org), ...length }, agent: this.#agent }
      const asked = http.request(`${this.url}${path}`, options, (answer) => {
        const chunks = []
        answer.on('data', (chunk) => chunks.push(chunk)).on('error', reject)
        answer.on('end', () => {
          this.counts.requests++
          const text = Buffer.concat(chunks).toString()
          if (answer.statusCode < 300) return resolve(JSON.parse(text))
          if (answer.statusCode !== 429)
            return reject(new Error(`${method} ${path} answered ${answer.statusCode}: ${text}`))
          this.counts.refused++
          setTimeout(resolve, REFUSED_WAIT_MS)
        })
      })
      asked.on('error', reject).end(body)
    })
  }
}
