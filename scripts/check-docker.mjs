/**
 * Does by hand what the Dockerfile says, where no Docker is: each stage in a folder of its own, COPY and RUN as they
 * stand, then the very CMD as a user who is not root, and the very HEALTHCHECK against it. Only these differ: folders
 * that begin with / are inside the stage's folder, the base image is this machine with this Node, the port is a free one.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, cpSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dockerFaults, healthCommand, isInContext, lastOf, parseDockerfile, parseIgnore } from '../test/docker-files.ts'
import { startAndPaste } from './smoke.mjs'

const house = fileURLToPath(new URL('..', import.meta.url))
const read = (name) => readFileSync(join(house, name), 'utf8')
const isRoot = process.getuid() === 0

/** A folder of the image as one of this machine: whatever begins with / and does not go on from something else. */
const inside = (root, text) => text.replaceAll(/(?<![\w.:/-])\/(?=[a-z]|$)/g, `${root}/`)

/** Runs the instructions of a stage; `stages` are the folders of those before it. */
function buildStage(stage, root, stages) {
  let cwd = root
  for (const instruction of stage.instructions) {
    const said = instruction.words.join(' ')
    if (instruction.name === 'WORKDIR') mkdirSync((cwd = inside(root, said)), { recursive: true })
    else if (instruction.name === 'COPY') copy(instruction, cwd, root, stages)
    else if (instruction.name === 'RUN') runStep(said, cwd, root)
    else continue
    console.log(`  ${instruction.name} ${said}`)
  }
}

function copy({ flags, words }, cwd, root, stages) {
  const paths = words[0].split(/\s+/)
  const to = join(paths.at(-1).startsWith('/') ? root : cwd, paths.at(-1))
  for (const path of paths.slice(0, -1)) {
    const from = flags.has('from') ? join(stages.get(flags.get('from')), path) : join(house, path)
    const isFolder = statSync(from).isDirectory()
    const filter = flags.has('from') ? undefined : inContext
    cpSync(from, isFolder ? to : join(to, basename(path)), { recursive: true, verbatimSymlinks: true, filter })
  }
}

const patterns = parseIgnore(read('.dockerignore'))

/** Folders are walked through for the sake of what may be inside; an empty one does no harm. */
function inContext(path) {
  const name = path.slice(house.length)
  if (name === '' || isInContext(patterns, name)) return true
  return /^(?:packages|scripts)$/.test(name)
}

/** Root alone may give files away: for anybody else, they are the server's user's already. */
function runStep(text, cwd, root) {
  const script = isRoot ? text : `chown() { :; }; ${text}`
  const { status, error } = spawnSync('sh', ['-ec', inside(root, script)], {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) throw new Error(`RUN ${text}\nended with ${status ?? error}`)
}

/** As the image's user, with the image's environment and nothing but the files of the image on the PATH. */
function asUser(image, words) {
  const [uid, gid] = lastOf(image, 'USER').words[0].split(':')
  return isRoot ? ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...words] : [...words]
}

async function freePort() {
  const server = createServer().listen(0)
  const { port } = await new Promise((resolve) => server.once('listening', () => resolve(server.address())))
  await new Promise((resolve) => server.close(resolve))
  return String(port)
}

const filesOf = (root) => globSync('**', { cwd: root }).toSorted()

async function serveTwice(image, root) {
  const port = await freePort()
  const expose = lastOf(image, 'EXPOSE').words[0]
  const said = (words) => words.map((word) => inside(root, word).replaceAll(expose, port))
  const command = asUser(image, said([...lastOf(image, 'ENTRYPOINT').words, ...lastOf(image, 'CMD').words]))
  // The words of a program are no paths: only the port is another.
  const health = asUser(
    image,
    healthCommand(image).map((word) => word.replaceAll(expose, port)),
  )
  const ask = () => spawnSync(health[0], health.slice(1), { cwd: root, stdio: 'inherit' }).status
  const before = filesOf(root)
  for (const time of ['first', 'second']) {
    if (ask() === 0) throw new Error('HEALTHCHECK finds health where nothing runs')
    await startAndPaste(command[0], command.slice(1), root, 'SIGTERM', () => {
      if (ask() !== 0) throw new Error('HEALTHCHECK finds no health in a server that runs')
    })
    console.log(`  ${time} start: healthy, recorded, drained by SIGTERM`)
  }
  const strays = filesOf(root).filter((path) => !before.includes(path) && !/^(?:data|marks)\//.test(path))
  if (strays.length > 0) throw new Error(`the server writes outside its volume: ${strays.join(', ')}`)
  checkVolume(image, join(root, lastOf(image, 'VOLUME').words[0]))
}

function checkVolume(image, folder) {
  const uid = isRoot ? Number(lastOf(image, 'USER').words[0].split(':')[0]) : process.getuid()
  for (const name of readdirSync(folder)) {
    const { uid: owner, mode } = statSync(join(folder, name))
    if (owner !== uid) throw new Error(`${name} belongs to user ${owner}, not ${uid}`)
    if (name.endsWith('.key') && (mode & 0o777) !== 0o600) throw new Error(`${name} can be read by others`)
  }
}

const faults = dockerFaults({
  dockerfile: read('Dockerfile'),
  compose: read('compose.yaml'),
  ignore: read('.dockerignore'),
})
if (faults.length > 0) throw new Error(faults.join('\n'))

const folder = mkdtempSync(join(tmpdir(), 'sealedlog-docker-'))
try {
  // The image's user must get at what stands in it.
  chmodSync(folder, 0o755)
  const roots = new Map()
  const stages = parseDockerfile(read('Dockerfile'))
  for (const stage of stages) {
    const root = join(folder, stage.name.replaceAll(' ', '-'))
    mkdirSync(root)
    roots.set(stage.name, root)
    console.log(`FROM ${stage.base}: ${stage.name}`)
    buildStage(stage, root, roots)
  }
  const image = stages.at(-1)
  const root = roots.get(image.name)
  mkdirSync(join(root, 'usr/local/bin'), { recursive: true })
  copyFileSync(process.execPath, join(root, 'usr/local/bin/node'))
  process.env.PATH = [join(root, 'usr/local/bin'), '/usr/bin', '/bin'].join(delimiter)
  await serveTwice(image, root)
  console.log(
    `what the Dockerfile says works here${isRoot ? ', as a user who is not root' : ''}; the image itself was not built`,
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
