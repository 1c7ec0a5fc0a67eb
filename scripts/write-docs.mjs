/** Writes the pages that are printed from the code; with --check it only tells, and exits 1 where one differs. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { formatFields } from '../packages/sdk/dist/dialect/fields-page.js'
import { formatLimits } from '../packages/sdk/dist/event/index.js'
import { formatErrors } from '../packages/server/dist/http/error-page.js'
import { formatReference } from '../packages/sdk/dist/event/catalogue/reference.js'

/**
 * Each page and what prints it.
 * @type {readonly (readonly [string, () => string])[]}
 */
const PAGES = [
  ['docs/reference/errors.md', formatErrors],
  ['docs/reference/event-types.md', formatReference],
  ['docs/reference/fields.md', formatFields],
  ['docs/reference/limits.md', formatLimits],
]

const pages = PAGES.map(([path, print]) => ({
  path,
  file: fileURLToPath(new URL(`../${path}`, import.meta.url)),
  text: print(),
}))
const stale = pages.filter(({ file, text }) => readIfThere(file) !== text)

if (process.argv.includes('--check')) {
  for (const { path } of stale) console.error(`${path} is not what the code prints. Run: npm run docs`)
  process.exitCode = stale.length === 0 ? 0 : 1
} else {
  for (const { path, file, text } of stale) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    console.log(`wrote ${path}`)
  }
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}
