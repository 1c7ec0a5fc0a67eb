/** Sets of code points. What is in a set is the platform's to say, one code point at a time: so there is nothing to backtrack over. */

export interface Chars {
  has(codePoint: number): boolean
}

/** One code point. */
export function literal(text: string): Chars {
  const only = text.codePointAt(0)
  return { has: (codePoint) => codePoint === only }
}

const ASCII = 128

/** Sets that half of all patterns share. */
const SHARED = new Map(['.', '\\d', '\\D', '\\w', '\\W', '\\s', '\\S'].map((atom) => [atom, askPlatform(atom)]))

/** What one atom of a regular expression matches: `.`, `\d`, `[^a-z]`, `\p{Letter}`, `\u{1F600}`. */
export function charsOf(atom: string): Chars {
  if (/^(?:[^.]|\\[^a-zA-Z0-9])$/u.test(atom))
    return literal(atom.slice(atom.length > 1 && atom.startsWith('\\') ? 1 : 0))
  return SHARED.get(atom) ?? askPlatform(atom)
}

function askPlatform(atom: string): Chars {
  let test: RegExp | undefined
  const ask = (codePoint: number): boolean =>
    (test ??= new RegExp(`^${atom}$`, 'u')).test(String.fromCodePoint(codePoint))
  const known = new Int8Array(ASCII)
  return {
    has(codePoint) {
      if (codePoint >= ASCII) return ask(codePoint)
      if (known[codePoint] === 0) known[codePoint] = ask(codePoint) ? 1 : -1
      return known[codePoint] === 1
    },
  }
}

/** What `\b` takes for part of a word (ECMA-262 §22.2.2.9.3, without the flag i). */
export const isWordChar = (codePoint: number): boolean =>
  (codePoint >= 97 && codePoint <= 122) ||
  (codePoint >= 65 && codePoint <= 90) ||
  (codePoint >= 48 && codePoint <= 57) ||
  codePoint === 95
