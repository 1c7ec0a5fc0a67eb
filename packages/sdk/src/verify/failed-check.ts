/** The line of a check that failed: its first finding, as a sentence. */
import type { FindingList } from './finding-list.js'
import type { Check, CheckName, Finding } from './report.js'

/** Undefined where nothing was found. */
export function failedCheck(name: CheckName, findings: FindingList): Check | undefined {
  const first = findings.first(name)
  return first && { name, state: 'failed', text: sentenceOf(first) }
}

function sentenceOf({ index, group, where, expected, found }: Finding): string {
  const place = [
    ...(index === undefined ? [] : [`entry ${index}`]),
    ...(group === undefined ? [] : [`group ${group}`]),
    ...(where === undefined ? [] : [where]),
  ].join(', ')
  return `${place === '' ? '' : `At ${place}: `}expected ${expected}; found ${found.replace(/\.$/, '')}.`
}
