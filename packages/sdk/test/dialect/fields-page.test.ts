/** docs/reference/fields.md: all that the dialects' tables say is on it. */
import { describe, expect, test } from 'vitest'
import { DIALECT_TABLES, homesOf, openai, unkey, unkeyGo } from '../../dist/dialect/index.js'
import { formatFields } from '../../dist/dialect/fields-page.js'
import type { DialectTable, FieldRule } from '../../dist/dialect/index.js'

const page = formatFields()
const [first = '', ...rest] = page.split(/^## /m)
const sections = new Map(rest.map((text) => [text.split('\n', 1)[0], text]))
const lines = page.split('\n')

const TITLES = { openai: 'OpenAI', unkey: 'Unkey', unkey_go: 'Unkey, Go struct' } as const
const TABLES: readonly (readonly [keyof typeof TITLES, DialectTable])[] = [
  ['openai', DIALECT_TABLES.openai],
  ['unkey', DIALECT_TABLES.unkey],
  ['unkey_go', DIALECT_TABLES.unkey_go],
]

/** Every rule of a table as it stands on the page: places in lists spelled out. */
const rulesOf = (table: DialectTable): readonly (Pick<FieldRule, 'wire' | 'native'> & { variant?: string })[] => [
  ...table.fields,
  ...table.variants.flatMap(({ name, fields }) => fields.map((rule) => ({ ...rule, variant: name }))),
  ...table.lists.flatMap(({ wire, native, fields }) =>
    fields.map((rule) => ({ wire: `${wire}/{i}${rule.wire}`, native: `${native}/{i}${rule.native}` })),
  ),
]

describe.each(TABLES)('%s', (name, table) => {
  const section = sections.get(TITLES[name]) ?? ''

  test('has a section and a column', () => {
    expect(Object.keys(DIALECT_TABLES)).toEqual(Object.keys(TITLES))
    expect(first).toContain(`\`${name}\` (${TITLES[name]})`)
    expect(sections.get('By native field')).toMatch(new RegExp(`^\\| Native \\|.* ${TITLES[name]} \\|`, 'm'))
  })

  test('has each of its rules in its own table, and in the row of the native field', () => {
    const native = (sections.get('By native field') ?? '').split('\n')
    for (const rule of rulesOf(table)) {
      const own = `| \`${rule.wire}\` | \`${rule.native}\` |${rule.variant === undefined ? '' : ` ${rule.variant} |`}`
      expect(section, own).toContain(own)
      const row = native.filter((line) => line.startsWith(`| \`${rule.native}\` |`))
      expect(row, rule.native).toHaveLength(1)
      expect(row[0]).toContain(`\`${rule.wire}\``)
      if (rule.variant !== undefined) expect(row[0]).toContain(rule.variant)
    }
  })

  test('has each of its variants, and wherever residue is kept', () => {
    for (const variant of table.variants) {
      expect(section).toContain(`| ${variant.name} |`)
      for (const [pointer, value] of Object.entries({ ...variant.wireConstants, ...variant.nativeConstants }))
        expect(section).toContain(`\`${pointer}\` is \`${value}\``)
    }
    for (const home of homesOf(table)) {
      for (const claim of home.claims) expect(section).toContain(`\`${claim}\``)
      expect(section).toContain(`\`${home.native}/extra/${name}\``)
    }
    expect(section).toContain(`| anything else | \`/extra/${name}\` |`)
  })
})

test('units of time are those by which the dialects read', () => {
  expect(sections.get('OpenAI')).toMatch(/\/effective_at.*Seconds since 1970/)
  expect(sections.get('Unkey')).toMatch(/\/time.*Milliseconds since 1970/)
  expect(openai.from({ id: 'e', type: 'a.b', effective_at: 1 }).occurred_at).toBe('1970-01-01T00:00:01.000Z')
  expect(unkey.from({ event: 'a.b', time: 1 }).occurred_at).toBe('1970-01-01T00:00:00.001Z')
})

test('what is written where the tables have no rule is what the page says', () => {
  const event = {
    id: 'e',
    type: 'a.b',
    actor: { type: 'system' },
    targets: [{ type: 'file', id: 't', display_name: 'Shown' }],
  } as const
  expect(openai.to(event)).toMatchObject({ actor: {}, 'a.b': { id: 't' } })
  expect(unkey.to({ ...event, details: { n: 1 } })).toMatchObject({
    meta: { details: { n: 1 } },
    source: 'customer',
    description: expect.any(String),
    targets: [{ name: 'Shown' }],
  })
  expect(unkeyGo.to(event)).toMatchObject({ Display: expect.any(String) })
})

test('is Markdown whose tables have as many cells in each row as in their head', () => {
  const cellsOf = (line: string): number => line.replaceAll('\\|', '').split('|').length
  lines.forEach((line, i) => {
    const before = lines[i - 1] ?? ''
    if (line.startsWith('|') && before.startsWith('|')) expect(cellsOf(line), line).toBe(cellsOf(before))
  })
})
