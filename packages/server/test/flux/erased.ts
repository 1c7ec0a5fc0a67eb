/** What is left of an event when a person is erased, written plainly from what the reference says of groups. */
import type { EventInput } from '@sealedlog/sdk/event'

/** The event without each group that says the name. The name is ASCII, and stands in values alone. */
export function withoutPerson(said: EventInput, name: string): EventInput {
  const says = (value: unknown): boolean => value !== undefined && JSON.stringify(value).includes(name)
  const left = <T>(value: T): T | undefined => (says(value) ? undefined : value)
  const { actor, targets, details, changes, on_behalf_of, context, description, metadata, project, extra, ...clear } =
    said
  const { ip_address, user_agent, ...ids } = context ?? {}
  const isPersonGone = says({ actor, ip_address, user_agent })
  const content = left({ description, metadata, project, extra, ids })
  const leftContext = defined({ ...(isPersonGone ? {} : { ip_address, user_agent }), ...content?.ids })
  return defined({
    ...clear,
    ...content,
    ids: undefined,
    actor: actor && isPersonGone ? { type: actor.type } : actor,
    targets: targets?.map((target) => left(target) ?? { type: target.type }),
    details: left(details),
    changes: left(changes),
    on_behalf_of: left(on_behalf_of),
    context: Object.keys(leftContext).length === 0 ? undefined : leftContext,
  }) as unknown as EventInput
}

const defined = (object: object): object =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))
