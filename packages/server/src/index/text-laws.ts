/** Laws of free text: what words decide, what they leave to the event, and how much of it is known. */
import assert from 'node:assert/strict'
import { formatTime } from '@sealedlog/sdk/base'
import { type Query, wordsOf } from '@sealedlog/sdk/query'
import { checkSearch, everything, type WithIndex } from './contract-check.js'
import { random, randomEntries, type SaidEntry, sayEntry } from './contract-data.js'
import { type EventIndex, VALUES_MAX } from './port.js'
import { WORD_CHARS_MAX, WORDS_MAX } from './view-entry.js'

export function textLaws(test: WithIndex): void {
  test('each word finds exactly the events that say it, in any spelling, and its beginnings theirs', async (index) => {
    const entries = randomEntries(random(101), 'acme', 40)
    await index.put(entries)
    const words = new Set(entries.flatMap((entry) => [...(entry.words ?? [])]))
    assert.ok(words.size > 50, `only ${words.size} words`)
    for (const word of words) {
      const texts: Query[] = [{ text: word }, { text: word.toUpperCase() }]
      const cuts = Array.from({ length: Math.min(word.length, 4) }, (_, i) => word.slice(0, i + 1))
      texts.push(...cuts.filter((cut) => cut.isWellFormed()).map((text): Query => ({ text, prefix: true })))
      for (const text of texts) {
        await isExact(index, entries, text)
        await isExact(index, entries, { not: text })
      }
    }
  })

  test('of words in a row the event decides which of those that say all of them', async (index) => {
    const said = ['to be or not', 'not to be', 'be to', 'to', 'ba to be', 'to bear']
    const entries = said.map((description, i) => sayEntry('acme', i, 1_000 + i, { description }))
    await index.put(entries)
    const found = async (query: Query) =>
      (await checkSearch(index, entries, { ...everything('acme', 9), query }, 0)).positions.map((each) => each.index)
    const toBe = await found({ text: 'To be' })
    assert.ok([0, 1, 4].every((place) => toBe.includes(place)) && !toBe.includes(3) && !toBe.includes(5))
    const toB = await found({ text: 'to b', prefix: true })
    assert.ok([0, 1, 4, 5].every((place) => toB.includes(place)) && !toB.includes(3))
    assert.deepEqual(await found({ text: 'to never' }), [])
    for (const text of ['to be', 'not to be', 'be', '—', ''])
      for (const prefix of [{}, { prefix: true } as const]) await found({ not: { text, ...prefix } })
  })

  test('text without words holds for every event', async (index) => {
    const entries = [sayEntry('acme', 0, 1_000, {}), sayEntry('acme', 1, 1_000, { description: '…' })]
    await index.put(entries)
    for (const text of ['', '—', '.*?']) await isExact(index, entries, { text })
    assert.equal((await isExact(index, entries, { text: '', prefix: true })).length, 2)
  })

  test('what the server sets is no word', async (index) => {
    const entries = [sayEntry('acme', 0, Date.UTC(2026, 10, 20), {}), sayEntry('acme', 1, 0, { description: 'acme' })]
    await index.put(entries)
    assert.deepEqual(await isExact(index, entries, { text: 'acme' }), [1])
    assert.deepEqual(
      await isExact(index, entries, { text: wordsOf(formatTime(Date.UTC(2026, 10, 20)))[0] as string }),
      [],
    )
  })

  test(`words are known up to ${WORD_CHARS_MAX} characters: longer ones are candidates of one another`, async (index) => {
    const long = 'a'.repeat(WORD_CHARS_MAX)
    const fish = `${'b'.repeat(WORD_CHARS_MAX - 1)}𐐨`
    const said = [long.slice(1), long, `${long}b`, `${long}c`, `${long}bc`, fish, `${fish}c`]
    const entries = said.map((description, i) => sayEntry('acme', i, 1_000 + i, { description }))
    await index.put(entries)
    assert.deepEqual(await isExact(index, entries, { text: said[0] as string }), [0])
    assert.deepEqual((await isExact(index, entries, { text: long, prefix: true })).length, 4)
    for (const text of said)
      for (const query of [{ text }, { text, prefix: true }, { not: { text } }] as const)
        await checkSearch(index, entries, { ...everything('acme', 9), query }, 0)
  })

  test(`an event of up to ${WORDS_MAX} words is known by each, one of more is a candidate of every text`, async (index) => {
    const bare = sayEntry('acme', 0, 1_000, {}).words?.size as number
    const words = (count: number) => Array.from({ length: count }, (_, i) => `w${i}`).join(' ')
    const full = sayEntry('acme', 0, 1_000, { description: words(WORDS_MAX - bare) })
    assert.equal(full.words?.size, WORDS_MAX)
    await index.put([full])
    for (const text of ['w0', `w${WORDS_MAX - bare - 1}`, 'never']) await isExact(index, [full], { text })
    const over = sayEntry('acme', 1, 1_000, { description: words(WORDS_MAX - bare + 1) })
    assert.equal(over.words, undefined)
    const entries = [full, over]
    await index.put(entries)
    for (const text of ['w0', `w${WORDS_MAX - bare}`, 'never', 'w0 w1', 'evt'])
      for (const query of [{ text }, { text, prefix: true }, { not: { text } }] as const)
        await checkSearch(index, entries, { ...everything('acme', 9), query }, 0)
  })

  test('the beginning of more words than are walked leaves candidates, and loses nothing', async (index) => {
    const entries = Array.from({ length: 40 }, (_, i) =>
      sayEntry('acme', i, 1_000, { description: Array.from({ length: 10 }, (_, j) => `x${i}y${j}`).join(' ') }),
    )
    assert.ok(entries.length * 10 > VALUES_MAX)
    await index.put(entries)
    for (const query of [
      { text: 'x', prefix: true },
      { not: { text: 'x', prefix: true } },
      { text: 'x1 x', prefix: true },
    ] as const)
      await checkSearch(index, entries, { ...everything('acme', 99), query }, 0)
    await isExact(index, entries, { text: 'x1', prefix: true })
  })
}

/** Asks for what may hold, of which nothing is left to the event; answers the indexes. */
async function isExact(index: EventIndex, entries: readonly SaidEntry[], query: Query): Promise<readonly number[]> {
  const { positions, exact } = await checkSearch(index, entries, { ...everything('acme', 1_000), query }, 0)
  assert.ok(exact, JSON.stringify(query))
  return positions.map((position) => position.index).sort((a, b) => a - b)
}
