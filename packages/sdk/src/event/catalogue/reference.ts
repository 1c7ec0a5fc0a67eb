/** docs/reference/event-types.md, printed from the catalogue: what people read is what programs use. */
import { FAMILIES, type Family } from './families.js'
import { ACTOR_TYPES, ALIASES, CATALOGUE, UNKEY_ACTOR_TYPES, UNKEY_TARGET_TYPES } from './index.js'
import type { DetailsSchema, EventTypeRow, Origin } from './row.js'

interface Field {
  readonly path: string
  readonly kind: string
  readonly about: string
}

const ORIGINS: { readonly [O in Origin]: { readonly title: string; readonly about: string } } = {
  openai: {
    title: 'OpenAI',
    about:
      'Names of OpenAI’s audit log API. On the wire the details stand under a key that is the type itself, dots and all: `"api_key.created": { … }`. *Tenant* types are shown by OpenAI’s route only with `tenant_only=true`, and for most of them OpenAI documents neither details nor targets.',
  },
  unkey: {
    title: 'Unkey',
    about:
      'Names of Unkey’s audit log. What an event was done to stands in its `targets`; anything else in free `meta` objects.',
  },
  sealedlog: {
    title: 'Sealedlog’s own',
    about:
      'What the server says of itself, in the bucket `sealedlog`, which a list shows only when it is asked for. Nobody else may say a type that begins with `audit.`, `log.` or `sealedlog.`.',
  },
}

/** The whole page, as Markdown. */
export function formatReference(): string {
  const sections = [
    '<!-- Printed from packages/sdk/src/event/catalogue by `npm run docs`: change it there. -->',
    '# Event types',
    introduction(),
    ...Object.keys(ORIGINS).map((origin) => originSection(origin as Origin)),
    aliasSection(),
    kindSections(),
  ]
  return `${sections.join('\n\n')}\n`
}

function introduction(): string {
  return [
    `The catalogue knows ${CATALOGUE.length} event types: OpenAI’s ${countsOf('openai')}, Unkey’s ${countsOf('unkey')} and Sealedlog’s own ${countsOf('sealedlog')}. They describe and never refuse: an event of any other type is recorded just as well, and one whose details look different is kept as it came.`,
    '- **Sentence**: how a person reads the event. `{actor}` is who did it, `{target}` what it was done to: the targets of the first kind in the next column.\n- **Targets**: the kinds of things it is done to, and where the details hold their ids.\n- **Details**: the documented members, any of which may be absent; what they mean stands below each table.\n- **Since**: the day on which the name first stood in its product’s public sources; *by* a day where all that is known is that it was there by then.',
    'An example is ours unless it says that it is the product’s own.',
  ].join('\n\n')
}

function countsOf(origin: Origin): string {
  const rows = CATALOGUE.filter((row) => row.origin === origin)
  const retired = rows.filter((row) => row.retired).length
  return retired === 0 ? `${rows.length}` : `${rows.length} (${retired} of them retired)`
}

function originSection(origin: Origin): string {
  const families: readonly Family[] = FAMILIES.filter((family) => family.origin === origin)
  return [`## ${ORIGINS[origin].title}`, ORIGINS[origin].about, ...families.map(familySection)].join('\n\n')
}

function familySection({ title, rows }: Family): string {
  const head = ['Type', 'Sentence', 'Targets', 'Details', 'Since', 'Notes']
  const cells = rows.map((row) => [
    code(row.type),
    row.sentence,
    targetsCell(row),
    shallowPaths(row.details).map(code).join(', '),
    row.since,
    notesCell(row),
  ])
  return [`### ${title}`, table(head, cells), ...fieldsBlock(rows), exampleBlock(rows)].join('\n\n')
}

const targetsCell = (row: EventTypeRow): string =>
  row.targets.map(({ type, at }) => (at === undefined ? type : `${type} at ${code(at)}`)).join(', ')

function notesCell(row: EventTypeRow): string {
  const notes = [
    row.retired ? '**Retired.**' : '',
    row.tenantScoped ? '*Tenant.*' : '',
    row.outcome ? `Outcome: ${code(row.outcome)}.` : '',
    row.note ?? '',
  ]
  return notes.filter((note) => note !== '').join(' ')
}

function fieldsBlock(rows: readonly EventTypeRow[]): string[] {
  const cells = rows.flatMap((row) =>
    fieldsOf(row.details, '').map(({ path, kind, about }) => [code(row.type), code(path), kind, about]),
  )
  if (cells.length === 0) return []
  return [collapsed('What the details hold', table(['Type', 'Member', 'Kind', 'Meaning'], cells))]
}

/** One example says the form of a family: the first row's, or a published one where there is any. */
function exampleBlock(rows: readonly EventTypeRow[]): string {
  const row = rows.find((candidate) => !candidate.exampleIsOurs) ?? rows[0]
  if (row === undefined) return ''
  const whose = row.exampleIsOurs ? '' : ', the product’s own'
  const document = JSON.stringify(row.example, undefined, 2)
  return collapsed(`An example: ${row.type}${whose}`, `\`\`\`json\n${document}\n\`\`\``)
}

/** The members that a table cell has room for: no wrappers, and nothing inside alternatives. */
function shallowPaths(schema: DetailsSchema | undefined, path = ''): string[] {
  const members = Object.entries(schema?.properties ?? {})
  if (members.length > 0) return members.flatMap(([name, member]) => shallowPaths(member, join(path, name)))
  if (schema?.items) return schema.items.properties ? shallowPaths(schema.items, `${path}[]`) : [`${path}[]`]
  return path === '' ? [] : [path]
}

/** Every member, outermost first, with what it means. */
function fieldsOf(schema: DetailsSchema | undefined, path: string): Field[] {
  if (schema === undefined) return []
  const own = path === '' || schema.const ? [] : [{ path, kind: kindOf(schema), about: schema.description ?? '' }]
  const members = Object.entries(schema.properties ?? {})
  return [
    ...own,
    ...members.flatMap(([name, member]) => fieldsOf(member, join(path, name))),
    ...(schema.items?.properties ? fieldsOf(schema.items, `${path}[]`).slice(1) : []),
    ...(schema.anyOf ?? []).flatMap((branch) => branchFields(branch, path)),
  ]
}

/** The members of one alternative, each labelled with the word that tells it from the others. */
function branchFields(branch: DetailsSchema, path: string): Field[] {
  const label = branch.properties?.['type']?.const ?? ''
  return fieldsOf(branch, path)
    .slice(1)
    .map(({ path, kind, about }) => ({ path, kind, about: `${code(label)}: ${about}` }))
}

function kindOf(schema: DetailsSchema): string {
  if (schema.anyOf) return `object, by ${code('type')}`
  if (schema.enum) return schema.enum.map(code).join(' or ')
  if (schema.type === 'array') return `array of ${schema.items?.type ?? 'value'}s`
  return schema.type === 'object' && !schema.properties ? 'object of any form' : (schema.type ?? 'any')
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)

function aliasSection(): string {
  const pairs = ALIASES.map(([one, other]) => [code(one), code(other)])
  return `## Aliases\n\nA filter that names either finds both; what is stored and shown stays what was said.\n\n${table(['Name', 'Also'], pairs)}`
}

function kindSections(): string {
  const unkeys: readonly string[] = UNKEY_ACTOR_TYPES
  const actors = Object.entries(ACTOR_TYPES).map(([type, about]) => [
    code(type),
    unkeys.includes(type) ? 'Unkey' : 'Sealedlog',
    about,
  ])
  const targets = Object.entries(UNKEY_TARGET_TYPES).map(([type, about]) => [code(type), about])
  return [
    '## Actor types',
    'The well-known ones; any other word is as good.',
    table(['Type', 'Whose word', 'Meaning'], actors),
    '## Unkey’s target types',
    table(['Type', 'Meaning'], targets),
  ].join('\n\n')
}

/** A table without the columns that would be empty from top to bottom. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const filled = head.map((_, column) => rows.some((cells) => cells[column] !== ''))
  const line = (cells: readonly string[]): string =>
    `| ${cells
      .filter((_, column) => filled[column])
      .map((cell) => cell.replaceAll('|', '\\|'))
      .join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

const collapsed = (summary: string, body: string): string =>
  `<details>\n<summary>${summary}</summary>\n\n${body}\n\n</details>`

const code = (text: string): string => `\`${text}\``
