/** A row of docs/threat-model.md as a test: the attack is carried out, and exactly the layers of the row notice it. */
import { beforeAll, expect, test } from 'vitest'
import { detectedBy } from './layers.js'
import { readThreats } from './table.js'
import { copyOf, type Folder, makeWorld, type World } from './world.js'

let made: World | undefined

/** The world of a test file, made once. */
export function theWorld(): World {
  if (made === undefined) throw new Error('the world is made before the tests')
  return made
}

export function inOneWorld(): void {
  beforeAll(async () => {
    made = await makeWorld()
  })
}

/**
 * @param name the attack, as the table has it
 * @param attack what is done to a copy of the folder
 */
export function threat(name: string, attack: (folder: Folder, world: World) => Promise<void> | void): void {
  const row = readThreats().find((each) => each.attack === name)
  test(name, async () => {
    const folder = copyOf(theWorld().honest)
    await attack(folder, theWorld())
    expect([...(await detectedBy(theWorld(), folder))]).toEqual(row?.layers)
  })
}
