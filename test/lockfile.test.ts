/** The lock file knows of our own packages what they say: npm links the commands of a fresh clone by what stands in it. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

type Package = Readonly<Record<string, unknown>>

const read = (path: string): Package =>
  JSON.parse(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')) as Package

/** Of what a lock file repeats, that which an install acts upon. */
const REPEATED = ['name', 'version', 'bin', 'dependencies', 'engines'] as const

const repeated = (from: Package): Package => Object.fromEntries(REPEATED.map((name) => [name, from[name]]))

/** npm writes paths without a dot in front. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value).replaceAll('"./', '"')) as unknown

test.each(['packages/sdk', 'packages/server'])('what it says of %s', (folder) => {
  const { packages } = read('package-lock.json') as { packages: Readonly<Record<string, Package>> }
  expect(plain(repeated(packages[folder] ?? {}))).toEqual(plain(repeated(read(`${folder}/package.json`))))
})

test.each(['.', 'bench'])('what stands in %s names no registry and no machine', (folder) => {
  const text = readFileSync(new URL(`../${folder}/package-lock.json`, import.meta.url), 'utf8')
  expect(hostsIn(text)).toEqual([])
})

test('a lock file that says where a package came from is refused', () => {
  expect(hostsIn('"resolved": "https://mirror.example/pg.tgz"')).toEqual(['https://mirror.example/pg.tgz'])
})

test('what it says of the bench', () => {
  const { packages } = read('bench/package-lock.json') as { packages: Readonly<Record<string, Package>> }
  const { dependencies, optionalDependencies } = read('bench/package.json')
  expect(packages['']).toMatchObject({ dependencies, optionalDependencies })
})

/** Addresses that an install would fetch from; those at which somebody asks for money are read by nobody. */
const hostsIn = (text: string): readonly string[] =>
  Array.from(text.matchAll(/"resolved": "([a-z+]+:[^"]*)"/g), (match) => match[1] as string)
