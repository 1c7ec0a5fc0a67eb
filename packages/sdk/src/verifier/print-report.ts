/** A report for people: a line for each check, what became of the groups, where the first things stand that are wrong. */
import type { Check, Finding, Verdict, VerifyReport } from '../verify/index.js'
import { formatCount, formatCounted, type Screen, type Style, styled, visible } from './screen.js'

const NAME_COLUMNS = 12

const MARKS: Readonly<Record<Check['state'], readonly [mark: string, style: Style]>> = {
  passed: ['✓', 'green'],
  warned: ['!', 'yellow'],
  failed: ['✗', 'red'],
  skipped: ['-', 'dim'],
}

const VERDICTS: Readonly<Record<Verdict, readonly [text: string, style: Style]>> = {
  verified: ['Verified', 'green'],
  not_verified: ['NOT VERIFIED', 'red'],
  unchecked: ['Could not be checked', 'yellow'],
}

/** Printed of each check. The report as JSON has more. */
const FINDINGS_SHOWN = 10

/** The whole report as text, with what came from the log made visible. */
export function formatReport(report: VerifyReport, screen: Screen): string {
  const lines = [
    styled('bold', visible(report.source), screen),
    ...report.checks.map((check) => formatCheck(check, screen)),
    ...formatGroups(report),
    ...formatFindings(report.findings, screen),
    ...(report.reason === undefined ? [] : [wrapped('  ', visible(report.reason), screen)]),
    formatVerdict(report, screen),
  ]
  return `${lines.join('\n')}\n`
}

function formatCheck({ name, state, text }: Check, screen: Screen): string {
  const [mark, style] = MARKS[state]
  const before = `  ${mark} ${name.padEnd(NAME_COLUMNS)} `
  return wrapped(before, visible(text), screen).replace(mark, styled(style, mark, screen))
}

/** Words of a text below one another behind what stands before it, where a terminal has an end; a key fits on no line. */
function wrapped(before: string, text: string, { stdout }: Screen): string {
  // A terminal that nobody told its size says 0.
  const columns = stdout.isTTY === true && stdout.columns ? stdout.columns : Number.POSITIVE_INFINITY
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && before.length + line.length + 1 + word.length > columns) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return before + [...lines, line].join(`\n${' '.repeat(before.length)}`)
}

/** Where the disclosures hold, their check says so already. */
function formatGroups({ groups, checks }: VerifyReport): readonly string[] {
  if (checks.some(({ name, state }) => name === 'disclosures' && state !== 'failed')) return []
  const { disclosed, redacted, withheld, ...bad } = groups
  const counts = Object.entries({ disclosed, redacted, withheld, ...onlySome(bad) })
  return [`    groups: ${counts.map(([name, count]) => `${formatCount(count)} ${name}`).join(', ')}`]
}

const onlySome = (counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))

function formatFindings(findings: readonly Finding[], screen: Screen): readonly string[] {
  const shown = findings.slice(0, FINDINGS_SHOWN).map((finding) => wrapped('  ', formatFinding(finding), screen))
  const more = findings.length - shown.length
  return more > 0 ? [...shown, `  … and ${formatCount(more)} more (--json has them)`] : shown
}

/**
 * @example
 * formatFinding({ check: 'disclosures', index: 7, group: 'actor', expected: 'a', found: 'b' })
 * // 'disclosures, index 7, group actor: expected a, found b'
 */
export function formatFinding({ check, index, group, where, expected, found }: Finding): string {
  const place = [
    check,
    ...(index === undefined ? [] : [`index ${index}`]),
    ...(group === undefined ? [] : [`group ${group}`]),
    ...(where === undefined ? [] : [where]),
  ]
  return visible(`${place.join(', ')}: expected ${expected}, found ${found}`)
}

function formatVerdict({ verdict, size, root }: VerifyReport, screen: Screen): string {
  const [text, style] = VERDICTS[verdict]
  const what =
    size === undefined ? '' : `: ${formatCounted(size, 'entry', 'entries')}${root ? `, root ${visible(root)}` : ''}`
  return `${styled(style, text, screen)}${what}`
}
