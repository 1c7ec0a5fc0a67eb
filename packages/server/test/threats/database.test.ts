/** Threats by whoever may write the database and has no signing key: each carried out on a real data folder. */
import { join } from 'node:path'
import { decodeUtf8, encodeUtf8 } from '@sealedlog/sdk/base'
import { describe } from 'vitest'
import { deriveCheckpointKey } from '../../dist/store/index.js'
import { editRuns } from '../index/edit-runs.js'
import type { Hand } from './hand.js'
import { inOneWorld, threat } from './rows.js'
import { ERASED, ORG, SIZE, tamper } from './world.js'

inOneWorld()

const EARLY = 101
const LATE = 650

describe('a row of the log is changed and nothing else', () => {
  threat('a leaf is edited', (folder) =>
    tamper(folder, (hand) => hand.resay(EARLY, 'actor', (actor) => ({ ...actor, id: 'somebody_else' }))),
  )

  threat('an entry is deleted', (folder) =>
    tamper(folder, (hand) => hand.run('DELETE FROM entry WHERE log = ? AND idx = ?', EARLY)),
  )

  threat('an entry is deleted and those behind it moved up', (folder) =>
    tamper(folder, (hand) => {
      hand.run('DELETE FROM entry WHERE log = ? AND idx = ?', EARLY)
      hand.closeGapAt(EARLY)
    }),
  )

  threat('an entry is slipped in between others', (folder) =>
    tamper(folder, (hand) => {
      hand.makeRoomAt(EARLY)
      const event = { id: 'evt_slipped_in', type: 'user.added', outcome: 'success', bucket: 'default' } as const
      hand.forge(EARLY, ORG, hand.recordedAtMs(EARLY - 1), event)
    }),
  )

  threat('two entries change places', (folder) =>
    tamper(folder, (hand) => {
      const [a, b] = [hand.row(EARLY), hand.row(EARLY + 1)]
      hand.run('DELETE FROM entry WHERE log = ? AND idx IN (?, ?)', a.idx, b.idx)
      hand.put({ ...a, idx: b.idx })
      hand.put({ ...b, idx: a.idx })
    }),
  )

  threat('an entry is put behind the end, with no checkpoint over it', (folder) =>
    tamper(folder, (hand) => hand.put({ ...hand.row(SIZE - 1), idx: SIZE, id: 'evt_behind' })),
  )
})

describe('whatever follows from the leaves is made anew', () => {
  const rewrite = (hand: Hand): void => {
    hand.resay(EARLY, 'actor', (actor) => ({ ...actor, id: 'somebody_else' }))
    hand.dropCosigned()
    hand.dropIndex()
  }

  threat('a leaf is edited and every hash recomputed, under the old signature', (folder) =>
    tamper(folder, (hand) => {
      rewrite(hand)
      hand.remake()
    }),
  )

  threat('a leaf is edited and every hash recomputed, under a key of the attacker’s own', (folder) =>
    tamper(folder, (hand) => {
      rewrite(hand)
      const key = deriveCheckpointKey(new Uint8Array(32).fill(7), hand.origin, 1)
      hand.pretend(hand.origin, key.vkey)
      hand.remake(key)
    }),
  )

  threat('a disclosure is deleted, and an entry forged that says that it was erased', (folder) =>
    tamper(folder, (hand) => {
      hand.drop(LATE, 'actor')
      const event = { id: 'evt_forged', type: 'audit.redaction', outcome: 'success', bucket: 'sealedlog' } as const
      const redacts = [{ groups: ['actor'], ranges: [[LATE, LATE]] as const }]
      hand.forge(SIZE, ORG, hand.recordedAtMs(SIZE - 1), event, { redacts })
      hand.dropIndex()
      hand.remake()
    }),
  )
})

describe('the history of keys', () => {
  threat('a key of the attacker’s own is put into the history, as if the log had changed to it', (folder) =>
    tamper(folder, (hand) => {
      const key = deriveCheckpointKey(new Uint8Array(32).fill(7), hand.origin, 2)
      const event = { id: 'evt_rotated', type: 'log.key_rotated', outcome: 'success', bucket: 'sealedlog' } as const
      const act = { key_rotated: { generation: 2, vkey: key.vkey } }
      hand.forge(SIZE, ORG, hand.recordedAtMs(SIZE - 1), event, act)
      hand.dropIndex()
      hand.handOver(SIZE + 1, key.vkey, hand.remake(key))
    }),
  )
})

describe('what is not in the tree', () => {
  threat('only a disclosure is edited', (folder) =>
    tamper(folder, (hand) => {
      const { disclosures } = hand.row(EARLY)
      hand.setDisclosures(EARLY, encodeUtf8(decodeUtf8(disclosures).replace('"user_2"', '"user_3"')))
      hand.dropIndex()
    }),
  )

  threat('only a disclosure is deleted', (folder) =>
    tamper(folder, (hand) => {
      hand.drop(EARLY, 'actor')
      hand.dropIndex()
    }),
  )

  threat('an erased disclosure is put back', (folder, { erased }) =>
    // Whoever copied the bytes before the erasure has salt and value: the commitment holds.
    tamper(folder, (hand) => {
      hand.setDisclosures(ERASED, erased)
      hand.dropIndex()
    }),
  )

  threat('only the view is edited', ({ data }) =>
    editRuns(join(data, 'index'), ORG, (entries) => {
      for (const { index, keys } of entries) if (index === EARLY) keys.clear()
    }),
  )

  threat('only the id by which an entry is found is edited', (folder) =>
    tamper(folder, (hand) => hand.run("UPDATE entry SET id = 'evt_elsewhere' WHERE log = ? AND idx = ?", EARLY)),
  )

  threat('only a stored tile is edited', (folder) =>
    tamper(folder, (hand) =>
      hand.run('UPDATE tile SET hashes = zeroblob(length(hashes)) WHERE log = ? AND idx = 0 AND level = 0'),
    ),
  )
})
