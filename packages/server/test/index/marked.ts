/** Entries whose values nobody else says, so that each can be looked for in files, byte by byte. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Random, type Said, type SaidEntry, sayEntry } from '../../dist/index/contract-data.js'

/** Everything that stands in a folder, as text of one byte a character; what vanishes while it is read is gone. */
export function filesText(from: string): string {
  const names = readdirSync(from)
  return names
    .map((name) => {
      try {
        return readFileSync(join(from, name), 'latin1')
      } catch {
        return ''
      }
    })
    .join('\n')
}

/** Values of ours: no two share a beginning, of which files hold only one. */
const marker = (rnd: Random, name: string): string => `${rnd(2 ** 31).toString(36)}q${name}q`

export function markedEntry(rnd: Random, org: string, index: number): SaidEntry {
  const said: Said = {
    type: [`t${index % 9}`],
    actor_id: [marker(rnd, `a${index}`)],
    actor_email: [`${marker(rnd, `m${index}`)}@example.com`],
    target_id: [marker(rnd, `t${index}`)],
    correlation_id: [marker(rnd, `c${index}`)],
    description: `said by ${marker(rnd, `w${index}`)}`,
  }
  return sayEntry(org, index, 1_000 + index - rnd(50), said)
}

const PERSONAL = ['actor_id', 'actor_email', 'target_id', 'correlation_id'] as const

/** The values of an entry that are its own: facts, and words. */
export const valuesOf = ({ facts, words }: SaidEntry): readonly string[] => [
  ...PERSONAL.flatMap((field) => facts[field]),
  ...[...(words ?? [])].filter((word) => /q.*\d+q$/.test(word)),
]

/** What an entry no longer says. */
export function goneOf(before: SaidEntry, after: SaidEntry): readonly string[] {
  const kept = new Set(valuesOf(after))
  return valuesOf(before).filter((value) => ![...kept].some((each) => each.includes(value)))
}
