/** The folder anchor: one file a checkpoint, never written over, and two notes over one size kept as the proof they are. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatNote, parseNote, signNote } from '@sealedlog/sdk/merkle'
import { FolderAnchor } from '../../dist/sink/folder-anchor.js'
import { anchorPath } from '../../dist/sink/index.js'
import { temporaryFolder, TestLog } from '../witness/support.js'
import { offer, Told, verifiersOf } from './support.js'

function anchorOf(log: TestLog, folder = join(temporaryFolder(), 'anchor')) {
  const told = new Told()
  return { folder, told, anchor: new FolderAnchor(folder, verifiersOf(log), told) }
}

const filesOf = (folder: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => [
        join(entry.parentPath, entry.name).slice(folder.length + 1),
        readFileSync(join(entry.parentPath, entry.name), 'utf8'),
      ]),
  )

describe('an anchor', () => {
  const log = new TestLog('anchor.example/1')

  test('holds each checkpoint by origin and size, and takes the same one any number of times', async () => {
    const { folder, told, anchor } = anchorOf(log)
    for (const size of [1, 2, 2, 300, 1]) expect(await anchor.offer(offer(log, size))).toBe(true)
    const name = (size: number) => `${log.hash}/${String(size).padStart(16, '0')}.note`
    expect(filesOf(folder)).toEqual(new Map([1, 2, 300].map((size) => [name(size), log.note(size)])))
    expect(anchorPath(log.origin, 300)).toBe(name(300))
    expect(told.alarms).toEqual([])
    expect(statSync(join(folder, name(1))).mode & 0o222).toBe(0)
  })

  test('takes another signature over the same root for the same checkpoint', async () => {
    const { folder, told, anchor } = anchorOf(log)
    await anchor.offer(offer(log, 7))
    await anchor.offer({ ...offer(log, 7), note: signNote(log.text(7), [new TestLog('new.example').key, log.key]) })
    expect([filesOf(folder).size, told.alarms]).toEqual([1, []])
  })

  test('keeps two notes with different roots, and says so once', async () => {
    const { folder, told, anchor } = anchorOf(log)
    const fork = log.fork(2)
    await anchor.offer(offer(log, 7))
    for (const each of [fork, fork, log, fork, log.fork(2, 'third')]) await anchor.offer(offer(each, 7))
    const path = anchorPath(log.origin, 7)
    expect(filesOf(folder)).toEqual(
      new Map([
        [path, log.note(7)],
        [`${path}.conflict`, fork.note(7)],
        [`${path}.conflict-2`, log.fork(2, 'third').note(7)],
      ]),
    )
    expect(told.alarms).toMatchObject([{ sink: 'anchor', kind: 'fork', size: 7, evidence: log.note(7) }])
  })

  test('takes no stranger’s file for evidence', async () => {
    const { folder, told, anchor } = anchorOf(log)
    const path = join(folder, anchorPath(log.origin, 7))
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, signNote(log.fork(0).text(7), [new TestLog('stranger.example').key]))
    writeFileSync(join(folder, anchorPath(log.origin, 8)), 'nonsense')
    await anchor.offer(offer(log, 7))
    await anchor.offer(offer(log, 8))
    expect(told.alarms).toHaveLength(2)
    for (const alarm of told.alarms) expect(alarm).not.toHaveProperty('evidence')
    expect(await anchor.sizesSeen([offer(log, 1)])).toEqual(new Map())
  })

  test('writes a note that a crash cut off anew, beside it, and never touches what is there', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(log.note(9).length - 1), async (length) => {
        const { folder, told, anchor } = anchorOf(log)
        const path = anchorPath(log.origin, 9)
        const cut = Buffer.from(log.note(9)).subarray(0, length)
        mkdirSync(dirname(join(folder, path)), { recursive: true })
        writeFileSync(join(folder, path), cut)
        await anchor.offer(offer(log, 9))
        await anchor.offer(offer(log, 9))
        expect([...filesOf(folder)]).toEqual([
          [path, cut.toString('utf8')],
          [`${path}.again`, log.note(9)],
        ])
        expect(told.alarms).toEqual([])
      }),
      { numRuns: 25 },
    )
  })

  test('knows the largest size that it can prove', async () => {
    const { folder, anchor } = anchorOf(log)
    expect(await anchor.sizesSeen([offer(log, 3)])).toEqual(new Map())
    for (const size of [5, 12, 300]) await anchor.offer(offer(log, size))
    writeFileSync(join(folder, anchorPath(log.origin, 999)), log.note(300).slice(0, 20))
    expect(await anchor.sizesSeen([offer(log, 3)])).toEqual(new Map([[log.origin, 300]]))
  })

  test('says what went wrong where it cannot write', async () => {
    if (process.getuid?.() === 0) return
    const { folder, anchor } = anchorOf(log)
    mkdirSync(folder)
    chmodSync(folder, 0o500)
    await expect(anchor.offer(offer(log, 1))).rejects.toThrow('EACCES')
  })

  test('is the note itself: any tool opens it', async () => {
    const { folder, anchor } = anchorOf(log)
    await anchor.offer(offer(log, 1))
    const [note = ''] = filesOf(folder).values()
    expect(formatNote(parseNote(note))).toBe(log.note(1))
  })
})
