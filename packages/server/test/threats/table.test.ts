/** The table of the threat model: every row is carried out where it says, and an honest log alarms nobody. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { detectedBy } from './layers.js'
import { inOneWorld, theWorld } from './rows.js'
import { LAYERS, PAGE, readThreats } from './table.js'
import { copyOf, serve } from './world.js'

inOneWorld()

const HERE = dirname(fileURLToPath(import.meta.url))
const CALL = /\bthreat\('([^'\n]+)'/g

/** Every attack that is carried out, with the file that does. */
const carriedOut = readdirSync(HERE)
  .filter((name) => name.endsWith('.test.ts'))
  .flatMap((name) =>
    Array.from(readFileSync(join(HERE, name), 'utf8').matchAll(CALL), ([, attack = '']) => ({
      attack,
      path: join(HERE, name),
    })),
  )

test('every row is carried out by the test of its name, in the file that it names', () => {
  const rows = readThreats().map(({ attack, file }) => ({ attack, path: join(dirname(PAGE), file) }))
  expect(rows.length).toBeGreaterThan(25)
  expect(rows.filter(({ path }) => !existsSync(path))).toEqual([])
  const byAttack = (a: { attack: string }, b: { attack: string }) => (a.attack < b.attack ? -1 : 1)
  expect(carriedOut.toSorted(byAttack)).toEqual(rows.toSorted(byAttack))
})

test('every layer detects something, and none everything', () => {
  const rows = readThreats()
  for (const layer of LAYERS) {
    const detected = rows.filter(({ layers }) => layers.includes(layer)).length
    expect([layer, detected > 0 && detected < rows.length]).toEqual([layer, true])
  }
})

test('whatever else the page names is there', () => {
  const page = readFileSync(PAGE, 'utf8')
  const links = Array.from(page.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g), ([, to = '']) => to)
  for (const link of links.filter((to) => !to.startsWith('http')))
    expect([link, existsSync(join(dirname(PAGE), link))]).toEqual([link, true])
})

test('of a log to which nothing was done, nobody says anything', async () => {
  const folder = copyOf(theWorld().honest)
  expect([...(await detectedBy(theWorld(), folder))]).toEqual([])
  await (await serve(folder.data)).close()
  expect([...(await detectedBy(theWorld(), folder))]).toEqual([])
})

test('a table whose cells say something else is refused', () => {
  const page = readFileSync(PAGE, 'utf8')
  expect(() => readThreats(page.replace(' yes |', ' perhaps |'))).toThrow('perhaps')
  expect(() => readThreats(page.replace('| attack | tree |', '| attack | trees |'))).toThrow('columns')
})
