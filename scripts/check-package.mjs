/**
 * Packs the server, installs the tarball in an empty folder, and does there what the README says, with both its commands.
 * It is stopped by Ctrl-C: npx does not pass a SIGTERM on.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startAndPaste } from './smoke.mjs'

const house = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'sealedlog-package-'))
const npm = (args, cwd) => execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })

try {
  const tarball = npm(['pack', '--silent', '--workspace', 'sealedlog', '--pack-destination', folder], house).trim()
  npm(['init', '--yes'], folder)
  npm(['install', '--no-audit', '--no-fund', '--loglevel=error', `./${tarball}`], folder)
  await startAndPaste('npx', ['sealedlog', 'serve', '--port', '0'], folder, 'SIGINT')
  await startAndPaste('npx', ['sealedlog', 'serve', '--port', '0'], folder, 'SIGINT')
  for (const command of ['sealedlog-verify', 'sealedlog verify']) {
    const printed = execFileSync('npx', [...command.split(' '), 'data', '--org', 'default', '--no-remember'], {
      cwd: folder,
      encoding: 'utf8',
    })
    if (!/^Verified: \d+ entr/m.test(printed)) throw new Error(`${command} printed:\n${printed}`)
  }
  console.log('the packed tarball works')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
