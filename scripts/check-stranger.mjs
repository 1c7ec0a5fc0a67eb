/**
 * Clones what is committed into an empty folder, starts it there as somebody would who just found it, pastes every `sh`
 * block of the README while it serves, and starts it once more.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startAndPaste } from './smoke.mjs'

/** Runs a block of the README as it stands, but for the address; every answer that is JSON must be no error. */
function paste(block, url, cwd) {
  const text = block.replaceAll('http://127.0.0.1:4000', url)
  const env = { ...process.env, SEALEDLOG_URL: url }
  const { status, stdout, stderr } = spawnSync('sh', ['-euc', text], { cwd, env, encoding: 'utf8' })
  if (status !== 0 || /"code":"|"error":\{/.test(stdout))
    throw new Error(`the README's\n${block}was answered with ${status}\n${stdout}${stderr}`)
}

const house = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'sealedlog-stranger-'))

try {
  const clone = join(folder, 'sealedlog')
  execFileSync('git', ['clone', '--quiet', '--depth', '1', `file://${house}`, clone])
  const blocks = [...readFileSync(join(clone, 'README.md'), 'utf8').matchAll(/^```sh\n([\s\S]*?)^```/gm)]
  // At the first start: a second install may put right what a stranger would stumble over.
  const first = await startAndPaste('npm', ['start', '--', '--port', '0'], clone, 'SIGTERM', (url) => {
    const changed = execFileSync('git', ['status', '--porcelain'], { cwd: clone, encoding: 'utf8' })
    if (changed !== '') throw new Error(`npm start left behind in the clone:\n${changed}`)
    for (const [, block = ''] of blocks) paste(block, url, clone)
  })
  const key = readFileSync(join(clone, 'data', 'root.key'), 'utf8').trim()
  if (!first.includes(`Root key: ${key}`)) throw new Error('the first start did not print the root key')
  for (const name of ['root.key', 'signing.key']) {
    if ((statSync(join(clone, 'data', name)).mode & 0o777) !== 0o600) throw new Error(`${name} can be read by others`)
  }
  const second = await startAndPaste('npm', ['start', '--', '--port', '0'], clone, 'SIGINT')
  if (second.includes(key)) throw new Error('the second start printed the root key again')
  console.log('a stranger can start it')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
