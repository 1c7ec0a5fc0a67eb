/** The plan of the house (docs/ARCHITECTURE.md), and what breaks it: pure functions over file names and texts. */

export interface SourceFile {
  /** from the root of the house, with forward slashes */
  readonly path: string
  readonly text: string
}

/** Rooms by package, lowest first, and the rooms each may enter besides its own. */
export const FLOORS: { readonly [room: string]: readonly string[] } = {
  'sdk/base': [],
  'sdk/event': ['sdk/base'],
  'sdk/merkle': ['sdk/base'],
  'sdk/query': ['sdk/base', 'sdk/event'],
  'sdk/dialect': ['sdk/base', 'sdk/event'],
  'sdk/models': ['sdk/base', 'sdk/event', 'sdk/dialect'],
  'sdk/verify': ['sdk/base', 'sdk/event', 'sdk/merkle'],
  'sdk/verifier': ['sdk/base', 'sdk/event', 'sdk/merkle', 'sdk/verify'],
  'sdk/client': ['sdk/base', 'sdk/event', 'sdk/query', 'sdk/merkle'],
  'sdk/index': ['sdk/base', 'sdk/event', 'sdk/query', 'sdk/dialect', 'sdk/merkle', 'sdk/client'],
  'server/store': ['sdk/base', 'sdk/event', 'sdk/merkle'],
  'server/index': ['sdk/base', 'sdk/event', 'sdk/query'],
  'server/types': ['sdk/base', 'sdk/event', 'server/store'],
  'server/log': [
    'sdk/base',
    'sdk/event',
    'sdk/query',
    'sdk/merkle',
    'sdk/verify',
    'server/store',
    'server/index',
    'server/types',
  ],
  // what keeps a data folder honest: high-water marks, checks at start-up, scrubbing, backup and restore
  'server/guard': ['sdk/base', 'sdk/event', 'sdk/merkle', 'sdk/verify', 'server/store', 'server/index', 'server/log'],
  // where checkpoints go: witnesses and anchors
  'server/sink': ['sdk/base', 'sdk/merkle', 'server/store'],
  // a witness for other people's logs (C2SP tlog-witness): a server of its own
  'server/witness': ['sdk/base', 'sdk/merkle'],
  'server/http': [
    'sdk/base',
    'sdk/event',
    'sdk/query',
    'sdk/dialect',
    'sdk/merkle',
    'sdk/verify',
    'server/store',
    'server/types',
    'server/log',
    'server/guard',
    'server/sink',
  ],
  'server/server': [
    'sdk/base',
    'server/store',
    'server/index',
    'server/types',
    'server/log',
    'server/guard',
    'server/sink',
    'server/http',
  ],
  'server/cli': [
    'sdk/base',
    'sdk/event',
    'sdk/query',
    'sdk/dialect',
    'sdk/merkle',
    'sdk/verify',
    'sdk/verifier',
    'server/store',
    'server/index',
    'server/log',
    'server/guard',
    'server/sink',
    'server/witness',
    'server/server',
  ],
}

/** Rooms that are pure: bytes and values in, bytes and values out. */
const PURE: ReadonlySet<string> = new Set([
  'sdk/base',
  'sdk/event',
  'sdk/query',
  'sdk/merkle',
  'sdk/dialect',
  'sdk/models',
])
/** The one file of a pure room that may ask the platform, behind the import map's `#sha256`. */
const PLATFORM_FILES: ReadonlySet<string> = new Set(['packages/sdk/src/base/sha256.node.ts'])
const IMPURE =
  /\b(?:Date\.now|new Date\(\)|Math\.random|process\.|globalThis\.|setTimeout|setInterval|fetch\(|console\.)/

/** Folders in which SQL may stand. */
const SQL_FOLDERS = [
  'packages/server/src/store/sqlite/',
  'packages/server/src/guard/sqlite/',
  'packages/server/src/witness/sqlite/',
  // reads a data folder on its own, so that no code of the server is believed
  'packages/sdk/src/verifier/sqlite/',
]
/** Rooms that run in a browser too: nothing of Node's own. */
const PORTABLE: ReadonlySet<string> = new Set(['sdk/verify', 'sdk/client'])
/** Where JSON.parse may be called: on whole texts in one place, else on single tokens. */
const JSON_FILES: ReadonlySet<string> = new Set([
  'packages/sdk/src/base/json-text.ts',
  'packages/sdk/src/base/json-locate.ts',
])
const SQL = /\b(?:SELECT\s+[\w*(]|INSERT INTO|UPDATE \w+ SET|DELETE FROM|CREATE TABLE|PRAGMA \w)/

export const LINES_MAX = 350

/** The room that a file stands in: `sdk/base`, `server/cli`; files beside the rooms make the room `server/server`. */
export function roomOf(path: string): string {
  const [, pack = '', , ...rest] = path.split('/')
  if (rest.length > 1) return `${pack}/${rest[0]}`
  return pack === 'sdk' ? 'sdk/index' : 'server/server'
}

/** Everything in which the files break the plan, a sentence each. */
export function breaches(files: readonly SourceFile[]): readonly string[] {
  return [...files.flatMap(breachesOf), ...circles(files)]
}

function breachesOf(file: SourceFile): readonly string[] {
  const found: string[] = []
  const room = roomOf(file.path)
  if (!(room in FLOORS)) found.push(`${file.path} stands in no room of the plan (${room})`)
  for (const target of importsOf(file)) found.push(...breachesOfImport(file.path, room, target))
  if (!/^(?:#!.*\n)?\/\*\*/.test(file.text))
    found.push(`${file.path} does not open with a sentence that says what it is`)
  const lines = file.text.split('\n').length
  if (lines > LINES_MAX) found.push(`${file.path} has ${lines} lines; a file of over ${LINES_MAX} is two ideas`)
  for (const target of importsOf(file))
    if (PORTABLE.has(room) && target.startsWith('node:'))
      found.push(`${file.path} runs in a browser too and imports ${target}`)
  if (PURE.has(room) && !PLATFORM_FILES.has(file.path)) found.push(...impurities(file))
  const code = withoutComments(file.text)
  if (SQL.test(code) && !SQL_FOLDERS.some((folder) => file.path.startsWith(folder)))
    found.push(`${file.path} holds SQL outside an engine's folder`)
  if (/\bJSON\.parse\(/.test(code) && !JSON_FILES.has(file.path))
    found.push(`${file.path} calls JSON.parse, which misreads some names: parseText of the base room does not`)
  if (/\b(?:TODO|FIXME|XXX)\b/.test(file.text)) found.push(`${file.path} calls something done that is not`)
  return found
}

function impurities(file: SourceFile): readonly string[] {
  const impure = IMPURE.exec(withoutComments(file.text))
  return [
    ...importsOf(file)
      .filter((target) => target.startsWith('node:'))
      .map((target) => `${file.path} is in a pure room and imports ${target}`),
    ...(impure ? [`${file.path} is in a pure room and uses ${impure[0]}`] : []),
  ]
}

function breachesOfImport(path: string, room: string, target: string): readonly string[] {
  const entered = target.startsWith('.') ? roomOf(resolveImport(path, target)) : sdkRoomOf(target)
  if (entered === undefined || entered === room) return []
  if (!(FLOORS[room] ?? []).includes(entered)) return [`${path} goes from ${room} to ${entered}, which is not below it`]
  const door =
    !target.startsWith('.') || /^\.{1,2}\/(?:\.\.\/)*\w+\/index\.js$/.test(target) || entered === 'server/server'
  return door ? [] : [`${path} enters ${entered} by ${target}, not by its door`]
}

/** `@sealedlog/sdk/event` is the room sdk/event; other packages are nobody's room. */
function sdkRoomOf(target: string): string | undefined {
  const match = /^@sealedlog\/sdk(?:\/(\w+))?$/.exec(target)
  return match ? `sdk/${match[1] ?? 'index'}` : undefined
}

/** No file may reach itself again by its imports. */
function circles(files: readonly SourceFile[]): readonly string[] {
  const known = new Map(files.map((file) => [file.path, file]))
  const done = new Set<string>()
  const found: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      found.push(`a circle: ${[...trail.slice(trail.indexOf(path)), path].join(' → ')}`)
      return
    }
    const file = known.get(path)
    if (file === undefined || done.has(path)) return
    for (const target of importsOf(file))
      if (target.startsWith('.')) visit(resolveImport(path, target), [...trail, path])
    done.add(path)
  }
  for (const path of known.keys()) visit(path, [])
  return found
}

const importsOf = (file: SourceFile): readonly string[] =>
  Array.from(
    file.text.matchAll(
      /(?:^|\n)\s*(?:import|export)\b[^;'"]*?from '([^']+)'|(?:^|\n)import '([^']+)'|\bimport\('([^']+)'\)/g,
    ),
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  )

function resolveImport(path: string, target: string): string {
  const parts = path.split('/').slice(0, -1)
  for (const step of target.replace(/\.js$/, '.ts').split('/')) {
    if (step === '..') parts.pop()
    else if (step !== '.') parts.push(step)
  }
  return parts.join('/')
}

const withoutComments = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
