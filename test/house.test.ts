/** The house stands as planned: one test holds the tree to docs/ARCHITECTURE.md. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { breaches, LINES_MAX, type SourceFile } from './house.js'

const HOUSE = fileURLToPath(new URL('..', import.meta.url))

function sources(): readonly SourceFile[] {
  return ['packages/sdk/src', 'packages/server/src'].flatMap((folder) =>
    readdirSync(join(HOUSE, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => {
        const path = `${folder}/${name.replaceAll('\\', '/')}`
        return { path, text: readFileSync(join(HOUSE, path), 'utf8') }
      }),
  )
}

const file = (path: string, text: string): SourceFile => ({ path, text: `/** A file. */\n${text}` })

describe('the house', () => {
  test('stands as planned', () => {
    expect(breaches(sources())).toEqual([])
  })

  test.each([
    [
      'an arrow running back up',
      file('packages/sdk/src/base/a.ts', "import { x } from '../event/index.js'"),
      'not below it',
    ],
    [
      'a room entered through the wall',
      file('packages/sdk/src/event/a.ts', "import { x } from '../base/json.js'"),
      'not by its door',
    ],
    [
      'a cupboard of a room taken for its door',
      file('packages/sdk/src/dialect/a.ts', "import { x } from '../event/catalogue/index.js'"),
      'not by its door',
    ],
    [
      'the SDK reaching into the server',
      file('packages/sdk/src/dialect/a.ts', "import { x } from '../../../server/src/log/index.js'"),
      'not below it',
    ],
    [
      'the index asking the store',
      file('packages/server/src/index/a.ts', "import type { x } from '../store/index.js'"),
      'not below it',
    ],
    ['a clock in a pure room', file('packages/sdk/src/event/a.ts', 'export const now = Date.now()'), 'Date.now'],
    [
      'a file of the platform in a pure room',
      file('packages/sdk/src/merkle/a.ts', "import { readFileSync } from 'node:fs'"),
      'node:fs',
    ],
    ['SQL outside an engine', file('packages/server/src/log/a.ts', "export const q = 'SELECT x FROM y'"), 'holds SQL'],
    ['a promise called done', file('packages/server/src/log/a.ts', '// TODO: later'), 'calls something done'],
    [
      'a file that does not say what it is',
      { path: 'packages/server/src/log/a.ts', text: 'export const x = 1' },
      'does not open',
    ],
    ['a file that is two ideas', file('packages/server/src/log/a.ts', '\n'.repeat(LINES_MAX)), 'two ideas'],
    ['a room that nobody planned', file('packages/server/src/misc/a.ts', ''), 'no room of the plan'],
  ])('refuses %s', (_name, breach, sentence) => {
    expect(breaches([breach]).join('\n')).toContain(sentence)
  })

  test('refuses a circle', () => {
    const circle = [
      file('packages/sdk/src/base/a.ts', "import { b } from './b.js'"),
      file('packages/sdk/src/base/b.ts', "export { a } from './a.js'"),
    ]
    expect(breaches(circle).join('\n')).toContain('a circle')
  })
})
