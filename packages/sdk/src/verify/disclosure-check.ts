/**
 * Whether the disclosures of an entry are what its leaf commits to.
 *
 * A disclosure is held against its commitment as bytes: its salt and its group must stand where they belong, and it must
 * end as a list does. That its value is canonical JSON is not looked at here: whoever made the leaf committed to exactly
 * these bytes, and a reader that wants more finds it in `verifyEvidence`.
 */
import { canonicalJson, decodeUtf8 } from '../base/index.js'
import { commitTo, SALT_PREFIX_BYTES } from '../event/index.js'
import { LEAF_BYTES_MAX } from '../merkle/index.js'
import { DisclosureLines } from './disclosure-lines.js'
import type { LeafScan } from './leaf-scan.js'
import type { SegmentNotes } from './segment-notes.js'

const OPEN_BRACKET = 91
const CLOSE_BRACKET = 93
const QUOTE = 34
const COMMA = 44
const SALT_AT = 2
const COMMITMENT_CHARS = 43

/** Which bytes may stand in a salt: base64url. */
const IS_SALT = new Uint8Array(256)
for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')
  IS_SALT[letter.charCodeAt(0)] = 1

export class DisclosureCheck {
  readonly #lines: DisclosureLines
  readonly #notes: SegmentNotes

  constructor(disclosures: Uint8Array, bundle: number, width: number, notes: SegmentNotes) {
    this.#lines = new DisclosureLines(disclosures, bundle, width, notes)
    this.#notes = notes
  }

  /** Of an entry whose leaf was scanned: its groups and its lines stand in the same order, mostly. */
  checkScanned(index: number, leaf: Uint8Array, scan: LeafScan): void {
    const lines = this.#lines
    const { start, end, line } = lines
    let group = 0
    const missing: number[] = []
    for (; lines.index === index; lines.next()) {
      while (group < scan.groupCount && !isOf(lines, leaf, scan, group)) missing.push(group++)
      if (group === scan.groupCount || !holds(lines, leaf, scan, group)) {
        lines.returnTo(index, start, end, line)
        return this.checkLeaf(index, groupsOf(leaf, scan))
      }
      group++
    }
    this.#notes.disclosed += group - missing.length
    while (group < scan.groupCount) missing.push(group++)
    for (const each of missing) this.#notes.putMissing(index, nameOf(leaf, scan, each))
  }

  /** Of any entry, with a finding for each line that is wrong. */
  checkLeaf(index: number, groups: { readonly [group: string]: string }): void {
    const left = new Map(Object.entries(groups))
    const spelled = new Map(Object.keys(groups).map((group) => [canonicalJson(group), group]))
    for (const lines = this.#lines; lines.index === index; lines.next()) {
      const disclosure = lines.original()
      const group = groupIn(disclosure, spelled)
      const commitment = group === undefined ? undefined : left.get(group)
      const found = commitTo(disclosure)
      if (group !== undefined && found === commitment) this.#notes.disclosed++
      else this.#refuse(index, group, commitment, found)
      if (group !== undefined) left.delete(group)
    }
    for (const group of left.keys()) this.#notes.putMissing(index, group)
  }

  /** Of an entry of which nothing can be said. */
  pass(index: number): void {
    while (this.#lines.index === index) this.#lines.next()
  }

  #refuse(index: number, group: string | undefined, commitment: string | undefined, found: string): void {
    this.#notes.mismatch++
    const { where } = this.#lines
    if (group === undefined) {
      const expected = 'a salt and a group that the leaf commits to'
      this.#notes.find({ check: 'disclosures', index, where, expected, found: shown(this.#lines.original()) })
    } else if (commitment === undefined) {
      this.#notes.find({ check: 'disclosures', index, group, where, expected: 'one disclosure', found: 'another one' })
    } else {
      const expected = `the commitment ${commitment}`
      this.#notes.find({ check: 'disclosures', index, group, where, expected, found: `a disclosure of ${found}` })
    }
  }
}

/** Whether the line opens that group, by its form. */
function isOf({ bytes, start, end }: DisclosureLines, leaf: Uint8Array, scan: LeafScan, group: number): boolean {
  const nameAt = scan.groups[4 * group] ?? 0
  const length = (scan.groups[4 * group + 1] ?? 0) - nameAt
  const at = start + SALT_PREFIX_BYTES + 1
  if (at + length + 2 >= end || bytes[at + length] !== QUOTE || bytes[at + length + 1] !== COMMA) return false
  for (let i = 0; i < length; i++) if (bytes[at + i] !== leaf[nameAt + i]) return false
  return hasForm(bytes, start, end)
}

/** `["`, 22 characters of salt, `","` and, at the end, `]` */
function hasForm(bytes: Uint8Array, start: number, end: number): boolean {
  const salt = start + SALT_AT
  const saltEnd = start + SALT_PREFIX_BYTES - 2
  if (end - start < SALT_PREFIX_BYTES + 2 || bytes[start] !== OPEN_BRACKET || bytes[start + 1] !== QUOTE) return false
  for (let at = salt; at < saltEnd; at++) if (IS_SALT[bytes[at] ?? 0] !== 1) return false
  return (
    bytes[saltEnd] === QUOTE &&
    bytes[saltEnd + 1] === COMMA &&
    bytes[saltEnd + 2] === QUOTE &&
    bytes[end - 1] === CLOSE_BRACKET
  )
}

function holds(lines: DisclosureLines, leaf: Uint8Array, scan: LeafScan, group: number): boolean {
  const at = scan.groups[4 * group + 2] ?? 0
  if ((scan.groups[4 * group + 3] ?? 0) - at !== COMMITMENT_CHARS) return false
  const found = lines.commitment()
  for (let i = 0; i < COMMITMENT_CHARS; i++) if (found.charCodeAt(i) !== leaf[at + i]) return false
  return true
}

function textOf(leaf: Uint8Array, start: number, end: number): string {
  let text = ''
  for (let i = start; i < end; i++) text += String.fromCharCode(leaf[i] ?? 0)
  return text
}

const nameOf = (leaf: Uint8Array, { groups }: LeafScan, group: number): string =>
  textOf(leaf, groups[4 * group] ?? 0, groups[4 * group + 1] ?? 0)

function groupsOf(leaf: Uint8Array, scan: LeafScan): { readonly [group: string]: string } {
  const entries = Array.from({ length: scan.groupCount }, (_, i): [string, string] => [
    nameOf(leaf, scan, i),
    textOf(leaf, scan.groups[4 * i + 2] ?? 0, scan.groups[4 * i + 3] ?? 0),
  ])
  return Object.fromEntries(entries)
}

/** Which of the groups a disclosure opens, by its form; undefined for none of them. */
function groupIn(disclosure: Uint8Array, spelled: ReadonlyMap<string, string>): string | undefined {
  if (!hasForm(disclosure, 0, disclosure.length)) return undefined
  // No name is longer than the leaf that it stands in.
  const text = decode(disclosure)?.slice(SALT_PREFIX_BYTES, SALT_PREFIX_BYTES + LEAF_BYTES_MAX)
  const [, name = ''] = STRING.exec(text ?? '') ?? []
  return spelled.get(name)
}

/** A string as JSON spells it, and the comma behind it. */
const STRING = /^("(?:[^"\\]|\\.)*"),/

function decode(bytes: Uint8Array): string | undefined {
  try {
    return decodeUtf8(bytes)
  } catch {
    return undefined
  }
}

const SHOWN_CHARS_MAX = 60

/** The beginning alone, without the salt: what it opens may be nobody's business. */
function shown(disclosure: Uint8Array): string {
  const text = decode(disclosure) ?? 'bytes that are not UTF-8'
  return hasForm(disclosure, 0, disclosure.length)
    ? `a disclosure of ${text.slice(SALT_PREFIX_BYTES, text.indexOf(',', SALT_PREFIX_BYTES)).slice(0, SHOWN_CHARS_MAX)}`
    : 'something else'
}
