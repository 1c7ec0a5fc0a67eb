/** The container’s files say the same, and nothing that they must not; `scripts/check-docker.mjs` runs what they say. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type DockerFiles, dockerFaults, isInContext, parseDockerfile, parseIgnore, parseYaml } from './docker-files.js'

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const files: DockerFiles = {
  dockerfile: read('Dockerfile'),
  compose: read('compose.yaml'),
  ignore: read('.dockerignore'),
}

test('the files have no faults', () => {
  expect(dockerFaults(files)).toEqual([])
})

test.each<readonly [keyof DockerFiles, string, string, string]>([
  ['dockerfile', 'USER 1000:1000', 'USER 0:0', 'the image runs as root'],
  ['dockerfile', 'USER 1000:1000', 'USER node', 'or as nobody knows whom'],
  ['dockerfile', 'ENTRYPOINT ["/app/node_modules/.bin/sealedlog"]', 'ENTRYPOINT sealedlog', 'a shell stands between'],
  ['dockerfile', '["/app/node_modules/.bin/sealedlog"]', '["npx", "sealedlog"]', 'npm passes no SIGTERM on'],
  ['dockerfile', 'STOPSIGNAL SIGTERM', 'STOPSIGNAL SIGKILL', 'not stopped by SIGTERM'],
  ['dockerfile', '"0.0.0.0"', '"127.0.0.1"', 'nobody outside the container'],
  ['dockerfile', 'VOLUME /data', 'VOLUME /var', 'the log is in no volume'],
  ['dockerfile', 'VOLUME /marks\n', '', 'the marks are in no volume of their own'],
  ['compose', '      - marks:/marks\n', '', 'the marks are in no named volume'],
  ['dockerfile', 'EXPOSE 4000', 'EXPOSE 4001', 'EXPOSE names another port'],
  ['dockerfile', ':4000/healthz', ':4001/healthz', 'HEALTHCHECK asks elsewhere'],
  ['dockerfile', '["node", "-e", "fetch', '["curl", "-f", "fetch', 'the slim image has no such program'],
  ['compose', '127.0.0.1:4000:4000', '4000:4000', 'reached from outside'],
  ['compose', 'data:/data', './data:/data', 'the log is in no named volume'],
  ['compose', 'read_only: true', 'read_only: false', 'can be written to'],
  ['compose', '- ALL', '- NET_RAW', 'capabilities'],
  ['compose', 'no-new-privileges:true', 'seccomp:unconfined', 'may gain privileges'],
  ['compose', '    restart: unless-stopped\n', '', 'nothing starts it again'],
  ['compose', '- SEALEDLOG_ROOT_KEY', '- SEALEDLOG_ROOT_KEY=slk_x', 'secrets must not'],
  ['compose', '- SEALEDLOG_ROOT_KEY\n      - SEALEDLOG_SIGNING_SEED', 'SEALEDLOG_ROOT_KEY: slk_x', 'secrets must not'],
  ['compose', 'volumes:\n  data:', 'volumes:\n  other:', 'the log is in no named volume'],
  ['ignore', '\n*\n', '\n', '.git/config goes into the build'],
  ['ignore', '**/data\n', '', 'packages/server/data/root.key goes into the build'],
])('%s with %j as %j is refused', (file, text, other, fault) => {
  expect(files[file]).toContain(text)
  expect(dockerFaults({ ...files, [file]: files[file].replace(text, other) }).join('\n')).toContain(fault)
})

test('compose passes on what the server reads, and no more', () => {
  const compose = parseYaml(files.compose) as { services: { sealedlog: { environment: string[] } } }
  const serve = read('packages/server/src/cli/serve.ts')
  for (const variable of compose.services.sealedlog.environment) expect(serve).toContain(`${variable}: `)
})

test('the Node of the image is the one that the house is built with', () => {
  const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: { node: string } }
  const [, major] = /^\^(\d+)\./.exec(devDependencies.node) ?? []
  expect(new Set(parseDockerfile(files.dockerfile).map(({ base }) => base))).toEqual(
    new Set([`node:${major}-bookworm-slim`]),
  )
})

test('a build gets what it needs', () => {
  const patterns = parseIgnore(files.ignore)
  const isIn = (path: string): boolean => isInContext(patterns, path)
  const needed = ['package-lock.json', 'packages/sdk/src/base/index.ts', 'packages/server/bin/sealedlog.js', 'LICENSE']
  expect(needed.filter((path) => !isIn(path))).toEqual([])
  const others = [
    'packages/sdk/dist/index.js',
    'node_modules/x/y.js',
    'packages/server/test/http/tail.test.ts',
    'docs/cli.md',
  ]
  expect(others.filter(isIn)).toEqual([])
})

test('what is no YAML of ours is refused', () => {
  expect(() => parseYaml('a: 1\n  - b\n')).not.toThrow()
  for (const text of ['{a: 1}', 'a:\n  - b\n  c: d', '? x']) expect(() => parseYaml(text), text).toThrow('no YAML')
})
