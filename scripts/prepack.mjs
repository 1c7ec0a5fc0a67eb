/**
 * Before a package is packed: it is built, and carries the licence. The server also carries the house's README, and the
 * SDK that it was built with, so that its tarball installs alone. `post` takes the copies away again.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, existsSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const house = fileURLToPath(new URL('..', import.meta.url))
const isServer = existsSync('src/server.ts')
const bundled = 'node_modules/@sealedlog/sdk'
const copies = isServer ? ['LICENSE', 'README.md'] : ['LICENSE']

if (process.argv[2] === 'post') {
  for (const copy of copies) rmSync(copy)
  rmSync(bundled, { recursive: true, force: true })
} else {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: house, stdio: 'inherit' })
  for (const copy of copies) copyFileSync(`${house}${copy}`, copy)
  if (isServer) {
    for (const part of ['dist', 'package.json', 'README.md']) {
      cpSync(`${house}packages/sdk/${part}`, `${bundled}/${part}`, { recursive: true })
    }
  }
}
