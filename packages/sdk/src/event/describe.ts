/** An event as a sentence for people. */
import { rowOf, targetIdsIn } from './catalogue/index.js'
import type { Actor, EventInput, RecordedEvent } from './types.js'

/**
 * What happened, as the catalogue puts it; for a type that the catalogue lacks, its name.
 *
 * @example
 * describe({ type: 'api_key.created', actor: { type: 'user', name: 'Ada' }, targets: [{ type: 'api_key', id: 'key_1' }] })
 * // 'Ada created API key key_1'
 */
export function describe(event: EventInput | RecordedEvent): string {
  const words = { actor: actorWord(event.actor), target: targetWord(event) }
  const template = rowOf(event.type)?.sentence ?? `{actor}: ${event.type} {target}`
  return template.replaceAll(/( ?)\{(actor|target)\}/g, (_whole, space: string, name: 'actor' | 'target') =>
    words[name] === '' ? '' : space + words[name],
  )
}

const actorWord = (actor: Actor | undefined): string =>
  actor ? actor.name || actor.email || actor.id || actor.type : 'somebody'

/** The thing that the row speaks of first, whatever else the event was done to. */
function targetWord({ type, targets = [], details }: EventInput): string {
  const kind = rowOf(type)?.targets[0]?.type
  const target = targets.find((each) => each.type === kind) ?? targets[0]
  return target?.display_name || target?.name || target?.id || targetIdsIn(type, details)[0] || ''
}
