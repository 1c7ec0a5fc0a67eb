/** A run keeps the parts of its organizations, and says so when it is not what was written. */
import { readSync, writeSync } from 'node:fs'
import * as fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { BrokenRun } from '../../dist/index/runs/broken-run.js'
import { keyOf } from '../../dist/index/runs/key.js'
import { mergeParts } from '../../dist/index/runs/merge.js'
import { PAGE_CACHE_BYTES_MAX, PageCache, pagedFile } from '../../dist/index/runs/page-cache.js'
import { PAGE_BYTES } from '../../dist/index/runs/part-format.js'
import { Part } from '../../dist/index/runs/part-reader.js'
import { PartWriter } from '../../dist/index/runs/part-writer.js'
import { RunWriter, readDirectory } from '../../dist/index/runs/run-file.js'
import { FileSink } from '../../dist/index/runs/sink.js'
import {
  bytesOfFile,
  drive,
  entries,
  everythingOf,
  Files,
  many,
  ordinalsOf,
  overwriteFile,
  Plain,
  partsOfKey,
} from './run-kit.js'

const files = new Files()
afterAll(() => files.close())

interface Written {
  readonly fd: number
  readonly path: string
  readonly length: number
}

const org = fc.stringMatching(/^[A-Za-z0-9._:-]{1,128}$/)
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

const partOf = ({ fd, path, length }: Written, org: string, cache = new PageCache()): Part | undefined => {
  const place = readDirectory({ fd, path }, length).find(org)
  return place && new Part(pagedFile(fd, path), place, cache)
}

/** All that a run says, everything read. */
const everythingIn = (run: Written) =>
  Array.from(readDirectory(run, run.length), (place) => {
    const part = new Part(pagedFile(run.fd, run.path), place, new PageCache())
    return { place, hours: part.hours(), ...everythingOf(part) }
  })

describe('a run', () => {
  test('says which organizations it has, and each one’s part', () => {
    fc.assert(
      fc.property(fc.uniqueArray(org, { maxLength: 12 }), org, fc.gen(), (orgs, other, gen) => {
        const plains = new Map(orgs.toSorted(byBytes).map((org) => [org, gen(entries, 6)]))
        const run = files.run(Object.fromEntries([...plains].map(([org, plain]) => [`${org} `, [plain]])))
        const directory = readDirectory(run, run.length)
        expect(directory.size).toBe(orgs.length)
        expect(Array.from(directory, ({ org }) => org)).toEqual([...plains.keys()].map((org) => `${org} `))
        expect(directory.find(`${other} `) !== undefined).toBe(plains.has(other))
        expect(directory.find('')).toBeUndefined()
        for (const place of directory) {
          expect(directory.find(place.org)).toEqual(place)
          const plain = plains.get(place.org.trim()) as Plain
          expect([place.first, place.count]).toEqual([plain.first, plain.count])
          const part = partOf(run, place.org)
          expect(part && everythingOf(part)).toEqual(everythingOf(plain))
        }
      }),
      { numRuns: 60 },
    )
  })

  test('takes a part from another run as it is', () => {
    const plain = many(4_000, 21)
    const from = files.run({ a: [many(50, 1)], b: [plain], c: [many(60, 2)] })
    const { fd, path } = files.newFile()
    const writer = new RunWriter(fd)
    const place = readDirectory(from, from.length).find('b')
    if (place === undefined) throw new Error('no part')
    drive(writer.copy('b', from, place))
    drive(mergeParts([plain], writer.part('c', plain)))
    const run = { fd, path, length: writer.finish() }
    const [b, c] = everythingIn(run)
    expect({ ...b, place: undefined }).toEqual({ ...c, place: undefined })
    expect(b?.place.length).toBe(c?.place.length)
  })

  test('refuses organizations out of order, and a part that has not been finished', () => {
    const plain = many(10, 1)
    const begin = (...orgs: string[]): void => {
      const writer = new RunWriter(files.newFile().fd)
      for (const org of orgs) drive(mergeParts([plain], writer.part(org, plain)))
    }
    expect(() => begin('a', 'b')).not.toThrow()
    for (const orgs of [
      ['b', 'a'],
      ['a', 'a'],
      ['\uffff', '😀', 'z'],
    ])
      expect(() => begin(...orgs)).toThrow(/order/)
    const writer = new RunWriter(files.newFile().fd)
    writer.part('a', plain)
    expect(() => writer.part('b', plain)).toThrow(/finished/)
    expect(() => writer.finish()).toThrow(/finished/)
  })

  test('goes on after its footer, and what is overwritten is known', () => {
    const [older, newer] = [many(3_000, 31), many(3_000, 32)]
    const run = files.run({ acme: [older], other: [many(20, 3)] })
    const sink = new FileSink(run.fd, run.length)
    const place = drive(mergeParts([newer], new PartWriter(sink, newer)))
    sink.flush()
    expect(place.offset).toBe(run.length)
    const appended = new Part(pagedFile(run.fd, run.path), place, new PageCache())
    expect(everythingOf(appended)).toEqual(everythingOf(newer))
    expect(everythingIn(run)[0]?.terms).toEqual(everythingOf(older).terms)
    const old = readDirectory(run, run.length).find('acme')
    if (old === undefined) throw new Error('no part')
    const bytes = bytesOfFile(run.path)
    overwriteFile(run.fd, bytes.fill(0, old.offset, old.offset + old.length))
    expect(() => partOf(run, 'acme')?.find('type', 'type_1')).toThrow(BrokenRun)
    expect(everythingOf(appended)).toEqual(everythingOf(newer))
  })
})

describe('a run that is not what was written', () => {
  const one = (index: number, ...values: string[]) => ({
    atMs: 5,
    index,
    keys: values.map((value) => keyOf('type', value)),
  })
  const small = files.run({ a: [new Plain([one(9, 'x', 'xyz')])], b: [new Plain([one(3), one(4, 'x'), one(5, 'x')])] })
  const large = files.run({ a: [many(30, 42)], b: [many(5_000, 43)], c: [many(30, 44)] })

  test('is refused for each byte that was altered, when everything is read', () => {
    const check = (run: Written, place: number, bit: number): void => {
      const byte = Buffer.alloc(1)
      readSync(run.fd, byte, 0, 1, place)
      const altered = Buffer.of((byte[0] as number) ^ (1 << bit))
      writeSync(run.fd, altered, 0, 1, place)
      expect(() => everythingIn(run), `byte ${place}`).toThrow(BrokenRun)
      writeSync(run.fd, byte, 0, 1, place)
    }
    for (let place = 0; place < small.length; place += 1) check(small, place, place % 8)
    fc.assert(
      fc.property(fc.nat({ max: large.length - 1 }), fc.nat({ max: 7 }), (place, bit) => check(large, place, bit)),
      { numRuns: 60 },
    )
    expect(everythingIn(small)).toHaveLength(2)
  })

  test('is refused, or says what it said, when something of it is read', () => {
    const before = bytesOfFile(large.path)
    const terms = [...many(5_000, 43).terms()]
    const asked = fc.record({ term: fc.constantFrom(...terms), atMs: fc.integer({ min: 0, max: 5_000 * 500 }) })
    const ask = ({ term: [key], atMs }: { term: [string, number[]]; atMs: number }) => {
      const part = partOf(large, 'b') as Part
      const position = { atMs: 1.7e12 + atMs, index: 0 }
      return [ordinalsOf(part.find(...partsOfKey(key))), part.ordinalOf(position), part.positionOf(atMs % part.count)]
    }
    const damage = fc.array(fc.nat({ max: large.length - 1 }), { minLength: 1, maxLength: 4 })
    let refused = 0
    fc.assert(
      fc.property(asked, damage, (asked, places) => {
        const expected = ask(asked)
        const altered = Buffer.from(before)
        for (const place of places) altered[place] = (altered[place] as number) ^ 0xff
        overwriteFile(large.fd, altered)
        try {
          expect(ask(asked)).toEqual(expected)
        } catch (error) {
          if (!(error instanceof BrokenRun)) throw error
          refused++
        } finally {
          overwriteFile(large.fd, before)
        }
      }),
      { numRuns: 150 },
    )
    expect(refused).toBeGreaterThan(0)
  })

  test('is refused where it was cut off, at any place', () => {
    const before = bytesOfFile(large.path)
    fc.assert(
      fc.property(fc.nat({ max: large.length - 1 }), fc.boolean(), (length, isTold) => {
        overwriteFile(large.fd, before.subarray(0, length))
        try {
          expect(() => everythingIn({ ...large, length: isTold ? length : large.length })).toThrow(BrokenRun)
        } finally {
          overwriteFile(large.fd, before)
        }
      }),
      { numRuns: 60 },
    )
  })

  test('is refused by name and place, when another part or another version stands there', () => {
    const places = [...readDirectory(large, large.length)]
    const [a, , c] = places
    if (a === undefined || c === undefined) throw new Error('no parts')
    const other = new Part(pagedFile(large.fd, large.path), { ...a, first: 1 }, new PageCache())
    expect(() => other.find('type', 'a')).toThrow(/another part/)
    const beside = new Part(pagedFile(large.fd, large.path), { ...c, offset: c.offset - 1 }, new PageCache())
    expect(() => beside.find('type', 'a')).toThrow(/no part ends here/)
    expect(() => readDirectory(large, large.length - 1)).toThrow(/no run ends here/)
    expect(() => readDirectory(large, 10)).toThrow(/too short/)
    try {
      readDirectory(large, large.length - 1)
    } catch (error) {
      expect(error).toMatchObject({ path: large.path, offset: large.length - 41 })
    }
  })
})

describe('the cache of pages', () => {
  const plain = many(20_000, 51)
  const run = files.run({ acme: [plain] })
  const terms = [...plain.terms().keys()].filter((_, nth) => nth % 29 === 0)

  test('stays within its bytes, and is forgotten by file and by stretch', () => {
    const cache = new PageCache(PAGE_BYTES * 8)
    const file = pagedFile(run.fd, run.path)
    const place = readDirectory(run, run.length).find('acme')
    if (place === undefined) throw new Error('no part')
    const part = new Part(file, place, cache)
    for (const key of terms) {
      part.find(...partsOfKey(key))
      expect(cache.bytes).toBeLessThanOrEqual(cache.bytesMax)
    }
    expect(file.pages.size).toBeGreaterThan(4)
    cache.forget(file, place.offset + place.length, Number.POSITIVE_INFINITY)
    expect(file.pages.size).toBeGreaterThan(4)
    cache.forget(file, place.offset, place.offset + place.length)
    expect([file.pages.size, cache.bytes]).toEqual([0, 0])
    part.find('type', 'type_1')
    cache.forget(file)
    expect([file.pages.size, cache.bytes]).toEqual([0, 0])
  })

  test('lets go of what was used longest ago', () => {
    const cache = new PageCache(PAGE_BYTES * 4)
    const file = pagedFile(run.fd, run.path)
    for (const key of [1, 2, 3]) cache.add(file, key, cache.room(PAGE_BYTES))
    expect(cache.get(file, 1)?.key).toBe(1)
    const second = cache.get(file, 2)
    cache.get(file, 1)
    cache.get(file, 3)
    cache.add(file, 4, cache.room(PAGE_BYTES))
    expect([1, 2, 3, 4].filter((key) => cache.get(file, key))).toEqual([1, 3, 4])
    expect(second?.isKept).toBe(false)
  })

  test('reads nothing twice while there is room', () => {
    const cache = new PageCache()
    expect(cache.bytesMax).toBe(PAGE_CACHE_BYTES_MAX)
    const part = partOf(run, 'acme', cache) as Part
    for (const key of terms) part.find(...partsOfKey(key))
    const held = cache.bytes
    for (const key of terms) part.find(...partsOfKey(key))
    expect(cache.bytes).toBe(held)
  })
})
