/** What `demo` prints when it is done: what was recorded, and commands that can be pasted. */
import type { Question } from './demo-questions.js'
import { formatCount, formatCounted, formatSeconds } from './progress.js'
import { styled, visible } from './terminal.js'

export interface Report {
  readonly organization: string
  /** the repository's name */
  readonly repository: string
  readonly recorded: number
  readonly duplicates: number
  readonly refused: number
  /** commits from the future */
  readonly to_come: number
  /** whether commits were cut off by a shallow clone */
  readonly shallow: boolean
  readonly seconds: number
}

/** How the commands reach the server. */
export interface Reach {
  readonly organization: string
  readonly url: string
  /** whether the address came by `--url`, so that each command needs it again */
  readonly isUrlSaid: boolean
  /** whether a key was given, so that it is not that of ./data */
  readonly hasKey: boolean
}

/** All of it, as text that ends in a line feed. */
export function formatReport(report: Report, commands: readonly SaidCommand[]): string {
  const lines = [formatCounts(report), ...notesOf(report)]
  const asked = commands.length === 0 ? [] : ['', styled('bold', 'Ask it:'), ...commands.map(formatCommand)]
  return `${[...lines, ...asked].join('\n')}\n`
}

function formatCounts({ organization, repository, recorded, duplicates, refused, seconds }: Report): string {
  const refusedToo = refused === 0 ? '' : `, ${formatCount(refused)} refused`
  return `${formatCounted(recorded, 'commit', 'commits')} of ${visible(repository)} recorded into the organization ${organization}, ${formatCount(duplicates)} there already${refusedToo}, in ${formatSeconds(seconds)}.`
}

function notesOf({ to_come, shallow }: Report): readonly string[] {
  return [
    ...(to_come === 0
      ? []
      : [`${formatCounted(to_come, 'commit says', 'commits say')} a time that has not come yet: left out.`]),
    ...(shallow ? ['This clone is shallow: what its oldest commits changed is not known here.'] : []),
  ]
}

export interface SaidCommand {
  readonly about: string
  readonly command: string
}

const formatCommand = ({ about, command }: SaidCommand): string => `  ${styled('dim', `# ${about}`)}\n  ${command}`

/** The commands: each a line that works when it is pasted into a shell in the same folder. */
export function commandsFor(questions: readonly Question[], reach: Reach): readonly SaidCommand[] {
  const { organization, url, isUrlSaid, hasKey } = reach
  const [first] = questions
  if (first === undefined) return []
  const where = `--org ${organization}${isUrlSaid ? ` --url ${quote(url)}` : ''}`
  const key = hasKey ? '$SEALEDLOG_KEY' : '$(cat data/root.key)'
  const headers = `-H "Authorization: Bearer ${key}" -H 'Sealedlog-Organization: ${organization}'`
  const address = `${url.replace(/\/$/, '')}/v1/events`
  const list = ({ about, query }: Question): SaidCommand => ({
    about,
    command: `npx sealedlog list ${where} -q ${quote(query)}`,
  })
  return [
    ...questions.map(list),
    { about: 'the end of the log', command: `npx sealedlog tail ${where}` },
    {
      about: 'the first of them by HTTP',
      command: `curl -s -G ${quote(address)} ${headers} --data-urlencode ${quote(`q=${first.query}`)}`,
    },
  ]
}

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
