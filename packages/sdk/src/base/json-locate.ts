/** Finds where a JSON text breaks a rule that JSON.parse does not know. Runs only on texts that are to be refused. */
import type { Issue, IssueCode } from './errors.js'
import { pointTo } from './pointer.js'

interface Rules {
  readonly depthMax: number
  readonly forbidden: ReadonlySet<string>
  readonly isExact: (token: string) => boolean
}

interface Level {
  readonly pointer: string
  readonly names: Set<string> | undefined
  item: number
  name: string
}

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[{}[\],:]|[a-z]+/gs

/** The first broken rule of a text: its place, its code and what to do about it. */
export function locateRefusal(text: string, rules: Rules): Issue {
  const open: Level[] = []
  let afterColon = false
  for (const [token] of text.matchAll(TOKEN)) {
    const level = open.at(-1)
    const here = level === undefined ? '' : pointTo(level.pointer, level.names ? level.name : level.item)
    if (token === '{' || token === '[') {
      if (open.length === rules.depthMax)
        return {
          ...refuse(here, 'too_deep', `stands deeper than ${rules.depthMax} levels (limit DEPTH_MAX)`),
          limit: 'DEPTH_MAX',
        }
      open.push({ pointer: here, names: token === '{' ? new Set() : undefined, item: 0, name: '' })
    } else if (token === '}' || token === ']') open.pop()
    else if (token === ',' && level) level.item++
    else if (token.startsWith('"')) {
      const broken = level?.names && !afterColon ? checkName(token, level, rules) : checkString(token, here)
      if (broken) return broken
    } else if (/^-?\d/.test(token) && !rules.isExact(token)) return refuseNumber(token, here)
    afterColon = token === ':'
  }
  return refuse('', 'bad_format', 'is not JSON that every reader understands alike (RFC 7493)')
}

function checkName(token: string, level: Level, rules: Rules): Issue | undefined {
  const name = JSON.parse(token) as string
  const here = pointTo(level.pointer, name.toWellFormed())
  level.name = name
  if (!name.isWellFormed())
    return refuse(here, 'lone_surrogate', 'has a lone surrogate in its name, which is not Unicode text')
  if (rules.forbidden.has(name)) return refuse(here, 'forbidden_member', 'is a name that no event may use')
  if (level.names?.has(name)) return refuse(here, 'duplicate_member', 'is written twice in one object; say it once')
  level.names?.add(name)
  return undefined
}

function checkString(token: string, here: string): Issue | undefined {
  const text = JSON.parse(token) as string
  return text.isWellFormed()
    ? undefined
    : refuse(here, 'lone_surrogate', 'holds a lone surrogate, which is not Unicode text')
}

function refuseNumber(token: string, here: string): Issue {
  const shown = token.length > 40 ? `${token.slice(0, 40)}…` : token
  return Number.isFinite(Number(token))
    ? refuse(
        here,
        'number_not_exact',
        `is ${shown}, an integer past 2^53 that readers would round; send it as a string`,
      )
    : refuse(here, 'number_too_large', `is ${shown}, more than a double can hold; send it as a string`)
}

const refuse = (pointer: string, code: IssueCode, what: string): Issue => ({
  pointer,
  code,
  message: `${pointer === '' ? 'The document' : pointer} ${what}.`,
})
