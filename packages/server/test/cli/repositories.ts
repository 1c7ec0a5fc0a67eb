/** Real git repositories for the tests of `demo`: made by git itself, with the same hashes on every machine. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { temporaryFolder } from './support.js'

/** No configuration of the machine's, and one author who is always the same. */
const ENVIRONMENT = {
  PATH: process.env.PATH ?? '',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ada Lovelace',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada Lovelace',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
}

export class TestRepository {
  readonly folder: string

  constructor(name = 'engine') {
    this.folder = join(temporaryFolder(), name)
    mkdirSync(this.folder)
    this.git(['init', '--quiet', '--initial-branch=main'])
  }

  git(args: readonly string[], more: { readonly input?: Uint8Array | string; readonly env?: object } = {}): string {
    const env = { ...ENVIRONMENT, ...more.env }
    const options = { cwd: this.folder, env, input: more.input ?? '', maxBuffer: 2 ** 28 }
    return execFileSync('git', [...args], options)
      .toString('utf8')
      .trim()
  }

  write(path: string, content: string | Uint8Array): this {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true })
    writeFileSync(join(this.folder, path), content)
    return this
  }

  remove(path: string): this {
    rmSync(join(this.folder, path))
    return this
  }

  /** Commits whatever is there. @param at Unix seconds @returns its hash */
  commit(message: string, at: number, env: object = {}): string {
    this.git(['add', '--all'])
    const said = ['commit', '--quiet', '--allow-empty', '--allow-empty-message', '--message', message]
    this.git(said, { env: { ...datesOf(at), ...env } })
    return this.git(['rev-parse', 'HEAD'])
  }

  merge(branch: string, message: string, at: number): string {
    this.git(['merge', '--quiet', '--no-ff', '--message', message, branch], { env: datesOf(at) })
    return this.git(['rev-parse', 'HEAD'])
  }

  /** A commit object of these very bytes, which git would not make itself, as the new HEAD. */
  commitBytes(bytes: Uint8Array): string {
    const sha = this.git(['hash-object', '-t', 'commit', '-w', '--literally', '--stdin'], { input: bytes })
    this.git(['update-ref', 'HEAD', sha])
    return sha
  }
}

const datesOf = (at: number): object => ({ GIT_AUTHOR_DATE: `@${at} +0200`, GIT_COMMITTER_DATE: `@${at} +0200` })

/** Unix seconds */
export const NOON = Date.UTC(2020, 9, 5, 12) / 1_000
const GRACE = { GIT_COMMITTER_NAME: 'Grace Hopper', GIT_COMMITTER_EMAIL: 'grace@example.com' }

/** Seven commits: of each kind one. */
export function engine(): TestRepository {
  const repository = new TestRepository('engine')
  repository.write('README.md', '# Engine\n').write('src/mill.ts', 'export const mill = 1\n'.repeat(120))
  repository.commit('Found the engine\n\nIt weighs fifteen tons.', NOON)
  repository.git(['mv', 'src/mill.ts', 'src/mill-and-store.ts'])
  repository.commit('Rename the mill', NOON + 60)
  repository.write('engine.png', Uint8Array.from([0, 1, 2, 0])).write('README.md', '# The engine\n')
  repository.commit('Draw it', NOON + 120, { ...GRACE, GIT_AUTHOR_DATE: `@${NOON + 90} -0500` })
  repository.commit('', NOON + 180)
  repository.git(['checkout', '--quiet', '-b', 'cards'])
  repository
    .write('cards/one.txt', 'x\n')
    .remove('engine.png')
    .commit('Punch cards', NOON + 240)
  repository.git(['checkout', '--quiet', 'main'])
  repository.write('README.md', '# The engine!\n').commit('Say it loudly', NOON + 300)
  repository.merge('cards', 'Take the cards in', NOON + 360)
  return repository
}

/** A commit of which any part may be any bytes. */
export interface HostileCommit {
  readonly author: Uint8Array
  readonly email: Uint8Array
  readonly message: Uint8Array
  readonly atSeconds: number
  readonly paths: readonly Uint8Array[]
}

/** A repository of such commits, by `git fast-import`: it checks little. */
export function hostileRepository(commits: readonly HostileCommit[]): TestRepository {
  const repository = new TestRepository('hostile')
  const parts = commits.flatMap((commit) => [
    Buffer.from('commit refs/heads/main\ncommitter '),
    commit.author,
    Buffer.from(' <'),
    commit.email,
    Buffer.from(`> ${commit.atSeconds} +0000\ndata ${commit.message.length}\n`),
    commit.message,
    Buffer.from('\n'),
    ...commit.paths.map((path) => Buffer.from(`M 100644 inline ${quoted(path)}\ndata 2\nx\n`)),
    Buffer.from('\n'),
  ])
  repository.git(['fast-import', '--quiet', '--date-format=raw-permissive'], { input: Buffer.concat(parts) })
  return repository
}

const quoted = (path: Uint8Array): string =>
  `"${Array.from(path, (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}"`
