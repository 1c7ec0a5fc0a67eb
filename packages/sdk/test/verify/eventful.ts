/** A log to which everything has happened, and the evidence of one of its entries. */
import { encodeUtf8 } from '../../dist/base/index.js'
import { formatEvidence, type EvidenceFile } from '../../dist/verify/index.js'
import { World } from './world.js'

/** Some 600 entries: erased twice, rotated twice, and gone on under another origin. */
export function eventfulWorld(): World {
  const world = new World().fill(260)
  world.redact([
    {
      groups: ['actor', 'targets/0'],
      ranges: [
        [10, 10],
        [40, 57],
      ],
    },
    { groups: ['details'], ranges: [[0, 99]] },
  ])
  world.rotate()
  world.fill(39)
  world.continueAs('audit.example.com/1/second')
  world.fill(100)
  world.rotate()
  world.fill(100)
  world.redact([{ groups: ['actor'], ranges: [[200, 299]] }])
  // A leaf that is no plain ASCII after all is read the slow way.
  world.push(
    encodeUtf8(
      `{"actor":null,"bucket":"b","groups":{},"id":"é","occurred_at":"2026-11-21T00:00:00.000Z","org":"acme","outcome":"success","recorded_at":"2026-11-21T00:00:00.000Z","targets":[],"type":"x","v":1}`,
    ),
  )
  return world
}

/** What the server makes of an entry, with all that is still there. */
export function evidenceOf(world: World, index: number, more: Partial<EvidenceFile> = {}): string {
  const leaf = new TextDecoder().decode(world.leaves[index])
  const { id } = JSON.parse(leaf) as { readonly id: string }
  const redactions = world.leaves.flatMap((bytes, i) => {
    const text = new TextDecoder().decode(bytes)
    return text.includes('"redacts"') ? [{ leaf: text, proof: world.proof(i) }] : []
  })
  return formatEvidence({
    v: 1,
    object: 'evidence',
    org: world.org,
    id,
    leaf,
    disclosures: world.linesOf(index),
    proof: world.proof(index),
    vkeys: world.keys().map(({ vkey }) => vkey),
    keys: world.keys(),
    redactions,
    withheld: [],
    ...more,
  })
}
