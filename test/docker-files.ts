/** Dockerfile, .dockerignore and compose.yaml read as far as ours go, and what is wrong with them: pure functions over texts. */

export interface Instruction {
  /** in capitals */
  readonly name: string
  /** `--from=build` as ['from', 'build'] */
  readonly flags: ReadonlyMap<string, string>
  /** the rest: the words of the exec form, or one text */
  readonly words: readonly string[]
  readonly isExec: boolean
}

export interface Stage {
  readonly name: string
  readonly base: string
  readonly instructions: readonly Instruction[]
}

/** The stages of a Dockerfile, in order; the last is the image. */
export function parseDockerfile(text: string): readonly Stage[] {
  const stages: { name: string; base: string; instructions: Instruction[] }[] = []
  for (const line of logicalLines(text)) {
    const instruction = parseInstruction(line)
    const stage = stages.at(-1)
    if (instruction.name === 'FROM') {
      const [base = '', , name = `stage ${stages.length}`] = (instruction.words[0] ?? '').split(/\s+/)
      stages.push({ name, base, instructions: [] })
    } else if (stage === undefined) throw new Error(`${instruction.name} stands before FROM`)
    else stage.instructions.push(instruction)
  }
  return stages
}

/** Lines without comments; one that ends in a backslash goes on. */
const logicalLines = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')

function parseInstruction(line: string): Instruction {
  const [, name = '', rest = ''] = /^\s*([A-Za-z]+)\s+(.*)$/s.exec(line) ?? []
  if (name === '') throw new Error(`${JSON.stringify(line)} is no instruction`)
  const flags = new Map<string, string>()
  const said = rest.replace(/^(?:--[a-z-]+=\S+\s+)+/, (all) => {
    for (const [, flag = '', value = ''] of all.matchAll(/--([a-z-]+)=(\S+)/g)) flags.set(flag, value)
    return ''
  })
  const isExec = said.trim().startsWith('[')
  return { name: name.toUpperCase(), flags, words: isExec ? (JSON.parse(said) as string[]) : [said.trim()], isExec }
}

/** What the last instruction of a name says, in a stage. */
export const lastOf = (stage: Stage, name: string): Instruction | undefined =>
  stage.instructions.findLast((instruction) => instruction.name === name)

/** The command of HEALTHCHECK, in its exec form. */
export function healthCommand(stage: Stage): readonly string[] {
  const [, command] = /^CMD\s+(\[.*\])$/s.exec(lastOf(stage, 'HEALTHCHECK')?.words[0] ?? '') ?? []
  if (command === undefined) throw new Error('HEALTHCHECK has no command in the exec form')
  return JSON.parse(command) as string[]
}

/**
 * Whether .dockerignore lets a file into a build: the last pattern that fits it, or a folder it is in, decides.
 *
 * @param path from the root of the house, with forward slashes
 */
export function isInContext(patterns: readonly string[], path: string): boolean {
  let isIn = true
  for (const pattern of patterns) {
    const isException = pattern.startsWith('!')
    if (expressionOf(isException ? pattern.slice(1) : pattern).test(path)) isIn = isException
  }
  return isIn
}

export const parseIgnore = (text: string): readonly string[] =>
  text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'))

/** `**` is any number of folders, `*` anything within a name; what stands behind a match is matched with it. */
function expressionOf(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\*\*\/|\*/g, (stars) => (stars === '*' ? '[^/]*' : '(?:.*/)?'))
  return new RegExp(`^${source}(?:/.*)?$`)
}

/** A mapping, a list of texts, or a text: all that ours have of YAML. */
export type Yaml = string | readonly string[] | { readonly [name: string]: Yaml }

/** Reads YAML of block mappings, and block lists of plain or double-quoted scalars. */
export function parseYaml(text: string): Yaml {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !/^\s*#/.test(line))
  return readBlock(lines)
}

function readBlock(lines: readonly string[]): Yaml {
  const [first = ''] = lines
  const indent = first.length - first.trimStart().length
  const isList = first.trimStart().startsWith('- ')
  if (isList) return lines.map((line) => scalar(/^\s*- (.*)$/.exec(line)?.[1] ?? refuse(line)))
  const members: { [name: string]: Yaml } = {}
  for (let i = 0; i < lines.length; ) {
    const [, name = refuse(lines[i]), value = ''] = /^\s*([\w-]+):(?: (.*))?$/.exec(lines[i] ?? '') ?? []
    const next = lines.findIndex((line, at) => at > i && line.length - line.trimStart().length <= indent)
    const end = next === -1 ? lines.length : next
    const inner = lines.slice(i + 1, end)
    members[name] = inner.length === 0 ? scalar(value) : readBlock(inner)
    i = end
  }
  return members
}

const scalar = (text: string): string => text.trim().replace(/^"(.*)"$/, '$1')

function refuse(line: string | undefined): never {
  throw new Error(`${JSON.stringify(line)} is no YAML that is read here`)
}

export interface DockerFiles {
  readonly dockerfile: string
  readonly compose: string
  readonly ignore: string
}

/** What is wrong with the three, a sentence each. */
export function dockerFaults({ dockerfile, compose, ignore }: DockerFiles): readonly string[] {
  const image = parseDockerfile(dockerfile).at(-1)
  if (image === undefined) return ['the Dockerfile has no stage']
  return [...imageFaults(image), ...composeFaults(image, parseYaml(compose)), ...ignoreFaults(parseIgnore(ignore))]
}

function imageFaults(image: Stage): readonly string[] {
  const [user = ''] = lastOf(image, 'USER')?.words ?? []
  const entry = lastOf(image, 'ENTRYPOINT')
  const command = lastOf(image, 'CMD')
  const words = command?.words ?? []
  return [
    ...(/^[1-9]\d*:[1-9]\d*$/.test(user) ? [] : ['the image runs as root, or as nobody knows whom']),
    ...(entry?.isExec && command?.isExec ? [] : ['a shell stands between SIGTERM and the server']),
    ...(/\b(?:npx|npm)\b/.test(entry?.words.join(' ') ?? '') ? ['npm passes no SIGTERM on'] : []),
    ...(lastOf(image, 'STOPSIGNAL')?.words[0] === 'SIGTERM' ? [] : ['the image is not stopped by SIGTERM']),
    ...(optionOf(words, '--host') === '0.0.0.0' ? [] : ['nobody outside the container can reach the server']),
    ...(optionOf(words, '--data') === lastOf(image, 'VOLUME')?.words[0] ? [] : ['the log is in no volume']),
    ...(isBelow(optionOf(words, '--marks'), volumesOf(image)) ? [] : ['the marks are in no volume of their own']),
    ...(optionOf(words, '--port') === lastOf(image, 'EXPOSE')?.words[0] ? [] : ['EXPOSE names another port']),
    ...(healthCommand(image)
      .join(' ')
      .includes(`:${optionOf(words, '--port')}/healthz`)
      ? []
      : ['HEALTHCHECK asks elsewhere']),
    ...(/\b(?:curl|wget)\b/.test(healthCommand(image).join(' ')) ? ['the slim image has no such program'] : []),
  ]
}

/** The volumes besides that of the log. */
const volumesOf = (image: Stage): readonly string[] =>
  image.instructions
    .filter(({ name }) => name === 'VOLUME')
    .flatMap(({ words }) => words)
    .slice(0, -1)

const isBelow = (path: string | undefined, folders: readonly string[]): boolean =>
  folders.some((folder) => path?.startsWith(`${folder}/`))

const optionOf = (words: readonly string[], option: string): string | undefined => words[words.indexOf(option) + 1]

function composeFaults(image: Stage, compose: Yaml): readonly string[] {
  const services: readonly Yaml[] = Object.values(at(compose, 'services') ?? {})
  const [service = {}] = services
  const [port] = lastOf(image, 'EXPOSE')?.words ?? []
  const [data] = lastOf(image, 'VOLUME')?.words ?? []
  const volumes = Object.keys(at(compose, 'volumes') ?? {})
  const has = (name: string, value: string): boolean => listOf(at(service, name)).includes(value)
  return [
    ...(services.length === 1 ? [] : [`compose.yaml has ${services.length} services`]),
    ...(has('ports', `127.0.0.1:${port}:${port}`) ? [] : ['plain HTTP can be reached from outside this machine']),
    ...(volumes.some((volume) => has('volumes', `${volume}:${data}`)) ? [] : ['the log is in no named volume']),
    ...(volumesOf(image).every((folder) => volumes.some((volume) => has('volumes', `${volume}:${folder}`)))
      ? []
      : ['the marks are in no named volume']),
    ...(at(service, 'read_only') === 'true' && has('tmpfs', '/tmp') ? [] : ['the container can be written to']),
    ...(has('cap_drop', 'ALL') ? [] : ['the container has capabilities that it never uses']),
    ...(has('security_opt', 'no-new-privileges:true') ? [] : ['a process may gain privileges']),
    ...(at(service, 'restart') === undefined ? ['nothing starts it again'] : []),
    ...listOf(at(service, 'environment'))
      .filter((variable) => variable.includes('='))
      .map((variable) => `${variable.split('=')[0]} stands in the file, and secrets must not`),
  ]
}

/** Lists may be said as mappings: `NAME: value` is `NAME=value`. */
function listOf(value: Yaml = []): readonly string[] {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? value : Object.entries(value).map(([name, said]) => `${name}=${JSON.stringify(said)}`)
}

const at = (value: Yaml, name: string): Yaml | undefined =>
  typeof value === 'object' && !Array.isArray(value) ? (value as { readonly [name: string]: Yaml })[name] : undefined

const SECRETS = ['data/root.key', 'data/signing.key', '.env', '.git/config', 'packages/server/data/root.key', '.npmrc']

const ignoreFaults = (patterns: readonly string[]): readonly string[] =>
  SECRETS.filter((path) => isInContext(patterns, path)).map((path) => `${path} goes into the build`)
