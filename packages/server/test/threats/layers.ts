/** Who notices what was done to a log: each layer is asked by itself, with what it alone knows. */
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { type OpenedLog, openTarget } from '@sealedlog/sdk/verifier'
import { type CheckName, type VerifyOptions, type VerifyReport, verifyLog } from '@sealedlog/sdk/verify'
import { checkView } from '../../dist/cli/view/check-view.js'
import { isFinding, type KeyOf, scrubLog } from '../../dist/guard/index.js'
import { ownKey } from '../../dist/guard/own-key.js'
import { openLogRows } from '../../dist/guard/sqlite/log-rows.js'
import { MarksFile } from '../../dist/guard/sqlite/marks-file.js'
import { checkStart } from '../../dist/guard/start-checks.js'
import {
  deriveCheckpointKey,
  LOG_FILE,
  type LogReader,
  openLogReader,
  seedFingerprint,
} from '../../dist/store/index.js'
import { LAYERS, type Layer } from './table.js'
import {
  call,
  copyOf,
  eventAt,
  type Folder,
  ORG,
  policyOf,
  runWitness,
  serve,
  temporaryFolder,
  type World,
} from './world.js'

/** Who believes every signature, so that only what it is there to find is found. */
const gullible = () => true

/** The layers that notice something of a log in a folder. The folder stays as it is. */
export async function detectedBy(world: World, folder: Folder): Promise<ReadonlySet<Layer>> {
  const [start, scrub, marks] = await readAsServer(world, folder)
  const noticed: Record<Layer, boolean> = {
    tree: await seenByTree(folder),
    signature: await fails(folder, { vkeys: [world.vkey], disclosures: false }, ['signature', 'tree']),
    server: start || scrub,
    marks,
    kept: await seenByOld(folder, [world.kept]),
    witness: (await seenByPolicy(world, folder)) || (await refusedByWitness(world, folder)),
    anchor: await seenByOld(folder, world.anchored),
  }
  const isReadOnly = await startsReadOnly(folder)
  if (isReadOnly !== (start || marks)) throw new Error(`a real start: ${isReadOnly}, its checks: ${start || marks}`)
  return new Set(LAYERS.filter((layer) => noticed[layer]))
}

/** Recomputes everything from leaves, disclosures and index, and holds it against the root that the folder says. */
async function seenByTree(folder: Folder): Promise<boolean> {
  return withLog(folder, async (log) => {
    const report = await verifyLog(log.source, { org: ORG, checkEd25519: gullible })
    const others = [await log.files?.(report), await checkView(log, report, { threads: 0 })]
    const isOff = others.some((other) => other?.check.state === 'failed')
    return isOff || failed(report, ['tree', 'ids', 'times', 'disclosures'])
  })
}

const seenByOld = (folder: Folder, old: readonly string[]): Promise<boolean> =>
  fails(folder, { old, checkEd25519: gullible, disclosures: false }, ['consistency'])

const seenByPolicy = ({ witnessVkey }: World, folder: Folder): Promise<boolean> =>
  fails(folder, { policy: policyOf(witnessVkey), disclosures: false }, ['witnesses'])

const fails = (folder: Folder, options: VerifyOptions, checks: readonly CheckName[]): Promise<boolean> =>
  withLog(folder, async ({ source }) => failed(await verifyLog(source, { org: ORG, ...options }), checks))

const failed = (report: VerifyReport, checks: readonly CheckName[]): boolean =>
  report.checks.some(({ name, state }) => state === 'failed' && checks.includes(name))

async function withLog<T>({ data }: Folder, look: (log: OpenedLog) => Promise<T>): Promise<T> {
  const opened = await openTarget({ kind: 'data folder', folder: data }, { org: ORG })
  try {
    const [log] = opened.logs
    if (log === undefined) throw new Error('there is no log')
    return await look(log)
  } finally {
    opened.close()
  }
}

/** What a server checks at its start and while it runs, with its own key; and what it knows from its marks alone. */
async function readAsServer(
  { seed }: World,
  folder: Folder,
): Promise<readonly [start: boolean, scrub: boolean, marks: boolean]> {
  const copy = copyOf(folder)
  const path = join(copy.data, LOG_FILE)
  const store: LogReader = openLogReader(path)
  const rows = openLogRows(path)
  const file = new MarksFile(copy.marks, seedFingerprint(seed))
  try {
    const keyOf: KeyOf = (origin, generation) => deriveCheckpointKey(seed, origin, generation)
    const verifierOf = ({ org, origin }: { readonly org: string; readonly origin: string }) =>
      ownKey(store, keyOf, org, origin)
    const isOurs = ({ org }: { readonly org: string }) => org === ORG
    const start = await checkStart({ store, keyOf, marks: [], rows: rows.rows })
    const scrub = await scrubLog(ORG, { store, verifierOf, rest: async () => undefined })
    const marks = await checkStart({ store, keyOf: await gullibleKeys(store), marks: file.read().marks })
    const outside = marks.findings.filter(({ kind }) => ['rollback', 'fork', 'origin'].includes(kind))
    return [start.findings.some(isOurs), isFinding(scrub), outside.some(isOurs)]
  } finally {
    file.close()
    rows.close()
    await store.close()
  }
}

/** Keys as the folder says that they are. */
async function gullibleKeys(store: LogReader): Promise<KeyOf> {
  const head = await store.head(ORG)
  return (origin, generation) => ({
    ...deriveCheckpointKey(new Uint8Array(32), origin, generation),
    ...(head ? { vkey: head.vkey, keyId: Buffer.from(head.vkey.split('+')[1] ?? '', 'hex') } : {}),
    verify: gullible,
  })
}

/** A server that is started over the folder, with its marks, and takes nothing more for the log. */
async function startsReadOnly(folder: Folder): Promise<boolean> {
  const server = await serve(copyOf(folder).data)
  const { status, json } = await call(server, 'POST /v1/events', eventAt(0, 'one_more_'))
  await server.close()
  if (status !== 201 && json.code !== 'log_read_only') throw new Error(`${status}: ${JSON.stringify(json)}`)
  return status !== 201
}

/** The witness as it was when it cosigned last: it is asked by a server that is started over the folder. */
async function refusedByWitness({ witness, vkey, witnessVkey }: World, folder: Folder): Promise<boolean> {
  const memory = join(temporaryFolder(), 'witness')
  cpSync(witness, memory, { recursive: true })
  const running = await runWitness(memory, vkey)
  const policy = policyOf(witnessVkey, running.url, vkey)
  const server = await serve(copyOf(folder).data, { marks: false, sinks: { policy, witnessEveryMs: 3_600_000 } })
  await server.publish()
  const { text } = await call(server, 'GET /metrics')
  await server.close()
  await running.close()
  return /^sealedlog_sink_alarms [1-9]/m.test(text) || /^sealedlog_log_read_only\{found="rollback"\} [1-9]/m.test(text)
}
