/** The groups that somebody asks to withhold: known names alone, or a slip would show what should stay hidden. */
import { AuditError, didYouMean, type ErrorCode } from '@sealedlog/sdk/base'

/** Groups without a number; `targets` stands for every one of `targets/0`, `targets/1`, … */
const GROUPS = ['actor', 'on_behalf_of', 'targets', 'details', 'changes', 'content']
const ONE_TARGET = /^targets\/(?:0|[1-9]\d?)$/

/** @throws AuditError of the code given, when a name is no group's */
export function checkWithheld(names: readonly string[], code: ErrorCode, param?: string): readonly string[] {
  const unknown = names.find((name) => !GROUPS.includes(name) && !ONE_TARGET.test(name))
  if (unknown === undefined) return names
  throw new AuditError(
    code,
    `There is no group ${JSON.stringify(unknown.slice(0, 60))} to withhold.${didYouMean(unknown, GROUPS) || ` Known: ${GROUPS.join(', ')}, and each target alone as targets/0, targets/1, …`}`,
    param === undefined ? {} : { param },
  )
}

/**
 * Whether a group is one of those to withhold.
 *
 * @example
 * isWithheld(['actor', 'targets'], 'targets/3') // true
 */
export const isWithheld = (withhold: readonly string[], group: string): boolean =>
  withhold.includes(group) || (group.startsWith('targets/') && withhold.includes('targets'))
