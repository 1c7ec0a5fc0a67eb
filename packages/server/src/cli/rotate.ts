/** `sealedlog keys rotate`: the next key with which a log is signed. */
import type { Command } from 'commander'
import { addConnection, connect, type ConnectionOptions, untilInterrupted } from './connection.js'
import { organizationPath } from './organization.js'
import { jsonLine, print, say, visible } from './terminal.js'

interface Rotated {
  readonly organization: string
  readonly generation: number
  readonly vkey: string
  readonly since: number
}

export function addRotate(keys: Command, done: (work: Promise<void>) => Promise<void>): void {
  addConnection(
    keys
      .command('rotate')
      .description('Sign a log with its next key from now on. It takes an unbound key of scope admin.'),
  ).action((options: ConnectionOptions) => done(rotate(options)))
}

async function rotate(options: ConnectionOptions): Promise<void> {
  const client = connect(options, { signal: untilInterrupted(), finishesCalls: true })
  const path = `${await organizationPath(client, options)}/tlog/rotate`
  // Never tried again: where the answer was lost the key may be rotated, and would be once more.
  const { json } = options
  const rotated = await client.call<Rotated>({ method: 'POST', path })
  if (json) return print(jsonLine(rotated))
  await print(`${visible(rotated.vkey)}\n`)
  say(
    visible(
      `The log of ${rotated.organization} is signed with key ${rotated.generation} from size ${rotated.since} on, and for 30 days with the one before too. Pass the line above on to whoever checks it.`,
    ),
  )
}
