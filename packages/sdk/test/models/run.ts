/** Compiles TypeScript as a user's project would, strictly and against the built package, and runs what comes out. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

const HOUSE = fileURLToPath(new URL('../../../..', import.meta.url))
// Inside the house, so that its packages are found as they are where they are installed.
const FOLDERS = join(HOUSE, 'dist-test')

const COMPILER_OPTIONS = {
  target: 'es2024',
  module: 'nodenext',
  moduleResolution: 'nodenext',
  types: ['node'],
  strict: true,
  skipLibCheck: false,
  outDir: 'out',
}

/** What each text prints, each being a module of its own; throws what the compiler says. */
export const compileAndRun = async (texts: readonly string[], env = process.env): Promise<readonly string[]> =>
  await inFolder(async (folder) => {
    texts.forEach((text, i) => writeFileSync(join(folder, `block${i}.mts`), text))
    const config = { compilerOptions: COMPILER_OPTIONS, include: ['*.mts'] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    await tsc(folder)
    return await Promise.all(texts.map(async (_, i) => await nodeRuns(join(folder, 'out', `block${i}.mjs`), env)))
  })

/** What the text prints when its types are only stripped, as Node does, and no import is dropped. */
export const stripAndRun = async (text: string): Promise<string> =>
  await inFolder(async (folder) => {
    writeFileSync(join(folder, 'stripped.mts'), text)
    return await nodeRuns(join(folder, 'stripped.mts'))
  })

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  mkdirSync(FOLDERS, { recursive: true })
  const folder = mkdtempSync(join(FOLDERS, 'models-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function tsc(folder: string): Promise<void> {
  try {
    await run(process.execPath, [join(HOUSE, 'node_modules/typescript/bin/tsc'), '-p', folder])
  } catch (error) {
    throw new Error(`tsc: ${(error as { stdout: string }).stdout}`, { cause: error })
  }
}

const nodeRuns = async (path: string, env = process.env): Promise<string> =>
  (await run(process.execPath, ['--no-warnings', path], { env })).stdout
