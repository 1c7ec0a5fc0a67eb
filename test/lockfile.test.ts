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
