/** checkLog follows the keys of a log along its entries, and refuses by name whatever does not fit. */
import { randomBytes } from 'node:crypto'
import { encodeBase64 } from '@sealedlog/sdk/base'
import { fillEvent, type LogAct, sealEvent } from '@sealedlog/sdk/event'
import { formatNote, parseCheckpoint, parseNote, signNote } from '@sealedlog/sdk/merkle'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  checkLog,
  type LogHead,
  type LogKey,
  type LogStore,
  MemoryStore,
  SeedSigner,
  type UnitAct,
} from '../../dist/store/index.js'
import { idsOf, NOW_MS, OTHER_SEED, SEED, unitOf } from './support.js'

const signer = new SeedSigner(SEED)
const store = new MemoryStore(() => NOW_MS, signer)
let head: LogHead
/** newest first: generation 2 of the second origin, its generation 1, generation 2 of the first origin, its generation 1 */
let keys: readonly LogKey[]

async function act(said: LogAct, done: UnitAct): Promise<void> {
  const event = fillEvent({ type: 'log.acted' }, NOW_MS, randomBytes)
  await store.append([{ org: 'acme', events: [sealEvent(event, 'acme', randomBytes, said)], act: done }])
}

async function rotate(): Promise<void> {
  const key = await store.nextKey('acme')
  await act({ key_rotated: key }, { rotatesTo: key.generation })
}

beforeAll(async () => {
  await store.createLog('acme', 'Acme')
  await store.append([unitOf('acme', ...idsOf(0, 300))])
  await rotate()
  const { origin, checkpoint, size } = (await store.head('acme')) as LogHead
  const root = encodeBase64(parseCheckpoint(parseNote(checkpoint).text).root)
  await act({ continues: { origin, size, root } }, { continuesAs: store.newOrigin() })
  await rotate()
  head = (await store.head('acme')) as LogHead
  keys = await store.keys('acme')
})

/** The log with other keys, or another head. */
const altered = (change: { readonly keys?: readonly LogKey[]; readonly head?: Partial<LogHead> }): LogStore =>
  new Proxy<LogStore>(store, {
    get: (target, name) => {
      if (name === 'keys') return async () => change.keys ?? keys
      if (name === 'head') return async () => ({ ...head, ...change.head })
      return Reflect.get(target, name).bind(target)
    },
  })

const withKey = (place: number, change: Partial<LogKey>): LogStore =>
  altered({ keys: keys.map((key, i) => (i === place ? { ...key, ...change } : key)) })

const without = (place: number): LogStore => altered({ keys: keys.filter((_, i) => i !== place) })

const textOf = (note: string | undefined): string => parseNote(note ?? '').text

test('passes a log whose key was rotated, that went on under another origin, and was rotated again', async () => {
  expect(keys.map(({ generation, since }) => [generation, since])).toEqual([
    [2, 303],
    [1, 302],
    [2, 301],
    [1, 0],
  ])
  expect((await checkLog(store, 'acme')).size).toBe(303)
})

test('passes over keys that came while it was checked', async () => {
  const later: LogKey = { ...(keys[0] as LogKey), generation: 3, since: 304 }
  expect((await checkLog(altered({ keys: [later, ...keys] }), 'acme')).size).toBe(303)
})

describe('refuses', () => {
  const other = new SeedSigner(OTHER_SEED)
  const alterations: readonly (readonly [string, RegExp, () => LogStore])[] = [
    ['a log without keys', /keys: expected a key since size 0, found none/, () => altered({ keys: [] })],
    ['a first key that is missing', /first key/, () => without(3)],
    ['a first key that came later', /first key/, () => withKey(3, { since: 1 })],
    ['a rotation without its key', /announced at index 300/, () => without(2)],
    ['a newest key that is missing', /announced at index 302: expected a key, found none/, () => without(0)],
    ['a new origin without its key', /index 301|since size 302/, () => without(1)],
    [
      'a key that nobody announced',
      /index 299: expected it announces .*, found no such act|announced at index 300/,
      () => altered({ keys: [...keys.slice(0, 3), { ...(keys[2] as LogKey), since: 300 }, ...keys.slice(3)] }),
    ],
    [
      'a last key that nobody announced',
      /index 302: expected it announces/,
      () => altered({ keys: [{ ...(keys[0] as LogKey), generation: 3 }, ...keys] }),
    ],
    [
      'another key than announced',
      /announced at index 300/,
      () => withKey(2, { vkey: other.keyOf(keys[2]?.origin ?? '', 2).vkey }),
    ],
    ['another generation', /announced at index 302/, () => withKey(0, { generation: 3 })],
    [
      'a handover that is missing',
      /handover to generation 2: expected a note, found none/,
      () => {
        const { handover: _, ...bare } = keys[0] as LogKey
        return altered({ keys: [bare, ...keys.slice(1)] })
      },
    ],
    [
      'a handover that the key before did not sign',
      /handover to generation 2: expected the signatures of both keys, found 1/,
      () => {
        const { origin, handover } = keys[2] as LogKey
        return withKey(2, { handover: signNote(textOf(handover), [signer.keyOf(origin, 2)]) })
      },
    ],
    [
      'a handover of another tree',
      /handover to generation 2: expected ".*\\n301\\n/,
      () => {
        const { origin, handover } = keys[2] as LogKey
        const text = textOf(handover).replace('\n301\n', '\n300\n')
        return withKey(2, { handover: signNote(text, [signer.keyOf(origin, 2), signer.keyOf(origin, 1)]) })
      },
    ],
    [
      'a handover that was altered',
      /handover to generation 2: expected a note whose signatures hold/,
      () => withKey(2, { handover: (keys[2]?.handover ?? '').replace('\n301\n', '\n300\n') }),
    ],
    [
      'a handover to another origin',
      /since size 302: expected no handover/,
      () => withKey(1, { handover: head.checkpoint }),
    ],
    [
      'a checkpoint with a signature of a stranger',
      /checkpoint of size 303: expected signatures of its keys alone, found one by /,
      () => {
        const note = parseNote(head.checkpoint)
        const stranger = parseNote(signNote(note.text, [other.keyOf(head.origin, 2)])).signatures
        return altered({ head: { checkpoint: formatNote({ ...note, signatures: [...note.signatures, ...stranger] }) } })
      },
    ],
    [
      'a checkpoint that the newest key did not sign',
      /No known key signed/,
      () => altered({ head: { checkpoint: signNote(textOf(head.checkpoint), [signer.keyOf(head.origin, 1)]) } }),
    ],
    ['a head with an older key of its own', /newest key/, () => altered({ head: { vkey: keys[1]?.vkey ?? '' } })],
  ]

  test.each(alterations)('%s', async (_what, message, open) => {
    await expect(checkLog(open(), 'acme')).rejects.toMatchObject({ code: 'proof_failed', message })
  })
})
