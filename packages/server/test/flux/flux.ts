/**
 * A server in flux: writers write, runs of its index are written and merged, persons are erased, and the process is
 * killed and started again, while questions are asked. What the answers must be is the oracle's business.
 */
import { execFile } from 'node:child_process'
import { type FSWatcher, readdirSync, readFileSync, watch } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { oneIn, pick } from '../../../sdk/test/query/support.js'
import { startMachine } from '../durability/machine.js'
import { burden, finishErasures, sayAgain } from './load.js'
import { checkQuietly } from './quiet.js'
import { ORGANIZATIONS } from './said.js'
import { Running } from './up.js'
import { World } from './world.js'

const SERVE = fileURLToPath(new URL('serve-small-runs.mjs', import.meta.url))
const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const run = promisify(execFile)
/** One start in so many is killed as soon as it serves. */
const STARTS = 4
/** After a kill was due at the next change of the index's files, it comes in any case after so many more questions. */
const QUESTIONS_OVER = 80

export interface FluxPlan {
  readonly seed: number
  readonly folder: string
  /** RunsLimits: as small as it takes for runs to be written all the time */
  readonly index: object
  /** after each of so many starts it is killed under load; and every few starts once before, as soon as it serves */
  readonly kills: number
  /** all that are asked at least; and those of them that are asked after each start, while nothing is written */
  readonly questions: number
  readonly quietQuestions: number
  /** whether the index is rebuilt meanwhile, now and then */
  readonly reindexes: boolean
}

export type Totals = World['totals']

/** Goes through all of it. @throws Error at the first thing that is not as the oracle says */
export async function flux(plan: FluxPlan): Promise<Totals> {
  const world = new World(plan.seed)
  const fault = Promise.withResolvers<never>()
  const following = [...world.pollers, ...world.listeners].map((each) => each.follow().catch(fault.reject))
  await Promise.race([live(world, plan), fault.promise])
  await Promise.race([Promise.all(following), fault.promise])
  await expectVerified(plan.folder)
  return world.totals
}

async function live(world: World, plan: FluxPlan): Promise<void> {
  for (; world.round < plan.kills; world.round++) {
    const running = await start(world, plan)
    await checkQuietly(world, running, plan.quietQuestions)
    if (plan.reindexes && oneIn(world.rnd, 2))
      await running.client.json({ method: 'POST', path: '/v1/reindex' }, 200, 202)
    await burden(world, running, shareOf(world, plan), killer(world, running, plan.folder))
    await running.machine.ended
    running.client.close()
    if (hasUnnamedRun(plan.folder)) world.totals.torn++
    if (world.erasures.size > 0) world.totals.halfErased++
  }
  await end(world, plan)
}

/** The questions until the next kill: as many as are left over for each, more or less; at last all. */
function shareOf({ rnd, round, totals }: World, { kills, questions, quietQuestions }: FluxPlan): number {
  const killsLeft = kills - round
  const left = questions - totals.questions - quietQuestions * killsLeft
  return Math.max(1, killsLeft === 1 ? left : Math.floor((left / killsLeft) * (rnd(200) / 100)))
}

/** Starts the server, and says again what was not answered. */
async function start(world: World, { folder, index }: FluxPlan): Promise<Running> {
  const options = ['--now', `${world.nowMs}`, '--index', JSON.stringify(index)]
  const serve = () => startMachine(folder, [], options, SERVE)
  // Killed while the index is brought to the end of the logs.
  if (oneIn(world.rnd, STARTS)) await (await serve()).kill()
  const running = new Running(await serve(), world.nowMs)
  if (world.round === 0)
    for (const org of ORGANIZATIONS) {
      const call = { method: 'PUT', path: `/v1/organizations/${org}`, body: '{}' } as const
      const { vkey } = await running.client.json<{ vkey: string }>(call, 200, 201)
      world.receipts.pin(org, vkey)
    }
  world.up.is(running)
  await sayAgain(world, running)
  await finishErasures(world, running)
  return running
}

/** Kills at once; or as the files of the index change, while a run is written or merged; or while somebody is erased. */
function killer(world: World, running: Running, folder: string): (over: number) => void {
  const kill = () => world.up.end(running, 'SIGKILL')
  const watchers: FSWatcher[] = []
  void running.machine.ended.then(() => watchers.forEach((each) => each.close()))
  const when = pick(world.rnd, ['now', 'writing', 'writing', 'erasing'])
  return (over) => {
    if (when === 'now' || over >= QUESTIONS_OVER) kill()
    else if (when === 'erasing' && world.erasures.size > 0) kill()
    else if (when === 'writing' && over === 0)
      for (const index of indexFolders(folder)) watchers.push(watch(index, kill))
  }
}

const indexFolders = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => /^index(?:-\d+)?$/.test(name))
    .map((name) => join(folder, name))

/** Whether some file of the index is not finished, or was replaced and is not deleted. */
const hasUnnamedRun = (folder: string): boolean =>
  indexFolders(folder).some((index) => {
    const names = readdirSync(index)
    const manifest = names.includes('manifest.json') ? readFileSync(join(index, 'manifest.json'), 'utf8') : ''
    return names.some((name) => name !== 'manifest.json' && !manifest.includes(`"${name}"`))
  })

/** Nothing is killed any more: everything that was ever said is there, followed, and proven. */
async function end(world: World, plan: FluxPlan): Promise<void> {
  const running = await start(world, plan)
  await checkQuietly(world, running, plan.quietQuestions)
  for (const shelf of world.shelves) {
    const size = await world.receipts.check(running.client, shelf.org)
    if (shelf.size !== size || shelf.items.size !== size)
      throw new Error(
        `${shelf.org}: ${shelf.items.size} events are known up to ${shelf.size}, and ${size} are in the log`,
      )
    const poller = world.pollers.find((each) => each.shelf === shelf)
    await world.up.until(() => poller === undefined || poller.seen >= size)
  }
  world.up.leave(running)
  for (const listener of world.listeners) await listener.hearAll(listener.shelf.size)
  running.client.close()
  const ending = await running.machine.stop()
  if (ending.code !== 0) throw new Error(`the server ended with ${JSON.stringify(ending)}: ${running.machine.stderr()}`)
  for (const { seen, shelf } of [...world.pollers, ...world.listeners])
    if (seen !== shelf.size) throw new Error(`${shelf.org}: ${seen} of ${shelf.size} entries were followed`)
}

interface Verified {
  readonly verdict: string
  readonly checks: readonly { readonly name: string; readonly state: string; readonly text: string }[]
}

/** Every log verifies, and the index says what the log says. */
async function expectVerified(folder: string): Promise<void> {
  for (const org of ORGANIZATIONS) {
    const asked = ['verify', folder, '--org', org, '--json', '--no-remember']
    const { stdout } = await run(process.execPath, [MAIN, ...asked]).catch((error: { stdout?: string }) => {
      throw new Error(`${org} does not verify: ${error.stdout}`, { cause: error })
    })
    const { verdict, checks } = JSON.parse(stdout) as Verified
    const view = checks.find(({ name }) => name === 'view')
    if (verdict !== 'verified' || view?.state !== 'passed') throw new Error(`${org} does not verify: ${stdout}`)
  }
}
