/** docs/reference/fields.md: the dialects' own tables, printed as the page that maps them to each other. */
import { eventShape, type Shape } from '../event/index.js'
import { DIALECT_TABLES } from './index.js'
import { type DialectTable, homesOf, type MappingRow, mappingRows, type VariantRule } from './table.js'

type TableName = keyof typeof DIALECT_TABLES

interface Telling {
  readonly title: string
  readonly about: string
  /** what is written where the tables have no rule: by `complete` in the dialect's file */
  readonly notes: readonly string[]
}

const TELLINGS: { readonly [name in TableName]: Telling } = {
  openai: {
    title: 'OpenAI',
    about:
      'The audit log object of `GET /v1/organization/audit_logs`. The details stand under a key that is the event’s type itself, dots and all: `{type}` below.',
    notes: [
      'An event without details shows the id of its first target in their place: `"{type}": {"id": "…"}`.',
      'An event whose actor cannot be said in this form, or was erased, shows `"actor": {}`.',
      'A time is shown to the second; the milliseconds stay in the event.',
    ],
  },
  unkey: {
    title: 'Unkey',
    about:
      'The envelope that Unkey stores and exports. A document with `Event` in place of `event` is read as the Go struct.',
    notes: [
      'An event that came another way has its details in `meta.details`, `source` `customer`, and a description made from its type where it has none.',
      'Such a target has its display name as `name` where it has no name.',
    ],
  },
  unkey_go: {
    title: 'Unkey, Go struct',
    about:
      'Unkey’s `auditlog.AuditLog` as `encoding/json` writes it. It says neither id nor time: the server sets both.',
    notes: ['An event that came another way has a `Display` made from its type where it has no description.'],
  },
}

const NAMES = Object.keys(DIALECT_TABLES) as TableName[]

/** The whole page, as Markdown. */
export function formatFields(): string {
  const sections = [
    '<!-- Printed from packages/sdk/src/dialect by `npm run docs`: change it there. -->',
    '# Fields',
    introduction(),
    '## By native field',
    nativeTable(),
    ...NAMES.map(dialectSection),
  ]
  return `${sections.join('\n\n')}\n`
}

function introduction(): string {
  const list = NAMES.map((name) => `\`${name}\` (${TELLINGS[name].title})`).join(', ')
  return [
    `How the wire forms map to each other. A dialect is named by \`?dialect=\`, or \`--dialect\` on the command line: ${list}. Fields are JSON pointers (RFC 6901): \`{i}\` stands for a place in a list, \`{type}\` for the event’s type.`,
    '- **Nothing is lost.** A value that has no place in the native form, or not the form that is wanted there, is kept in `extra` of the object it belongs to, and written back as it came: `to(from(x))` deep-equals `x`.\n- **Absent, null and empty stay distinct.** Null is no value of any native field, so it is kept in `extra` too.\n- **Erased together.** What stands in the `extra` of an actor or a target is erased with it.',
  ].join('\n\n')
}

/** Every member of the native event, with the wire fields of each dialect. */
function nativeTable(): string {
  const cells = leavesOf(eventShape, '').map(([pointer, about]) => [
    code(pointer),
    about,
    ...NAMES.map((name) => wireCell(DIALECT_TABLES[name], pointer)),
  ])
  const head = ['Native', 'Meaning', ...NAMES.map((name) => TELLINGS[name].title)]
  return `An empty cell is a field that the form has no place for.\n\n${table(head, cells)}`
}

/** Each wire field once, with the variants in which it holds. */
function wireCell(rules: DialectTable, pointer: string): string {
  const rows = mappingRows(rules).filter(({ native }) => native === pointer)
  const cells = [...Map.groupBy(rows, ({ wire }) => wire)].map(([wire, same]) => {
    const variants = same.flatMap(({ variant }) => variant ?? [])
    return variants.length === 0 ? code(wire) : `${code(wire)} (${variants.join(', ')})`
  })
  const isConstant = rules.variants.some(({ nativeConstants }) => Object.hasOwn(nativeConstants, pointer))
  return [...cells, ...(isConstant ? ['by variant'] : [])].join('<br>')
}

/** The members that hold values of their own; `extra` is where dialects keep what has no place, and no place itself. */
function leavesOf(shape: Shape, pointer: string): readonly (readonly [pointer: string, about: string])[] {
  if (shape.kind === 'list') return leavesOf(shape.of, `${pointer}/{i}`)
  if (shape.kind !== 'object') return [[pointer, shape.about]]
  return Object.entries(shape.members).flatMap(([name, member]) =>
    name === 'extra' ? [] : leavesOf(member, `${pointer}/${name}`),
  )
}

function dialectSection(name: TableName): string {
  const { title, about, notes } = TELLINGS[name]
  const rules: DialectTable = DIALECT_TABLES[name]
  const cells = mappingRows(rules).map((row) => [
    code(row.wire),
    code(row.native),
    row.variant ?? '',
    notesOf(row).join(' '),
  ])
  return [
    `## ${title}`,
    about,
    table(['Wire', 'Native', 'Variant', 'Notes'], cells),
    ...variantsBlock(rules.variants),
    residueBlock(rules),
    notes.map((note) => `- ${note}`).join('\n'),
  ].join('\n\n')
}

function notesOf(rule: MappingRow): readonly string[] {
  return [
    ...(rule.required ? ['Required.'] : []),
    ...(rule.unitMs === undefined ? [] : [`${unitOf(rule.unitMs)} since 1970; natively RFC 3339.`]),
    ...(rule.strict ? ['Refused where it is unusable.'] : []),
    ...(rule.unset === undefined ? [] : [`${code(JSON.stringify(rule.unset))} says nothing.`]),
    ...(rule.placeholder === undefined ? [] : [`Natively ${code(rule.placeholder)} where the wire says none.`]),
    ...(rule.filled ? ['Filled in by the server where it is absent.'] : []),
  ]
}

function unitOf(ms: number): string {
  if (ms === 1) return 'Milliseconds'
  return ms === 1_000 ? 'Seconds' : `Units of ${ms} ms`
}

function variantsBlock(variants: readonly VariantRule[]): string[] {
  if (variants.length === 0) return []
  const cells = variants.map(({ name, wireConstants, nativeConstants }) => [
    name,
    constantsCell(wireConstants),
    constantsCell(nativeConstants),
  ])
  return [
    'Who acted is said in one of these ways; a field of a variant holds together with its constants alone.',
    table(['Variant', 'Wire says', 'Native says'], cells),
  ]
}

const constantsCell = (constants: VariantRule['wireConstants']): string =>
  Object.entries(constants)
    .map(([pointer, value]) => `${code(pointer)} is ${code(value)}`)
    .join(', ')

/** Where that is kept which has no native place. */
function residueBlock(rules: DialectTable): string {
  const cells = homesOf(rules).map(({ native, claims }) => [
    claims.map(code).join(', '),
    code(`${native}/extra/${rules.name}`),
  ])
  const unique = [...new Map(cells.map((row) => [row.join(), row])).values()]
  const lists = rules.lists.map(({ wire, native }) => [code(`${wire}/{i}`), code(`${native}/{i}/extra/${rules.name}`)])
  const rest = ['anything else', code(`/extra/${rules.name}`)]
  return `What has no native place is kept:\n\n${table(['Of the wire’s', 'In'], [...unique, ...lists, rest])}`
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const filled = head.map((_, column) => rows.some((cells) => cells[column] !== ''))
  const line = (cells: readonly string[]): string => {
    const shown = cells.filter((_, column) => filled[column])
    return `| ${shown.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  }
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

const code = (text: string): string => `\`${text}\``
