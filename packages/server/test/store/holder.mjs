/** A process that holds a data folder: appends events for ever and prints the id of each that was acknowledged. */
import { randomBytes } from 'node:crypto'
import { fillEvent, sealEvent } from '@sealedlog/sdk/event'
import { SqliteStore } from '../../dist/store/index.js'

const [folder, prefix] = process.argv.slice(2)
const seed = Uint8Array.from({ length: 32 }, (_, i) => i)
const store = await SqliteStore.open({ folder, seed })
await store.createLog('acme', 'Acme')
process.stdout.write('ready\n')
for (let i = 0; ; i++) {
  const ids = [0, 1, 2].map((n) => `${prefix}${String(i).padStart(6, '0')}.${n}`)
  const events = ids.map((id) =>
    sealEvent(fillEvent({ id, type: 'a.b' }, Date.now(), randomBytes), 'acme', randomBytes),
  )
  await store.append([{ org: 'acme', events }])
  process.stdout.write(`${ids.join('\n')}\n`)
}
