/** Signed notes: a text and the signatures below it (c2sp.org/signed-note). Signing and verifying are handed in. */
import {
  encodeHex,
  AuditError,
  assert,
  concatBytes,
  decodeBase64,
  decodeUtf8,
  encodeBase64,
  encodeUtf8,
  equalBytes,
} from '../base/index.js'

export const NOTE_BYTES_MAX = 1_000_000
export const NOTE_SIGNATURES_MAX = 100
const KEY_ID_BYTES = 4

/** Who signs. `name` and `keyId` stand in the signature line; `sign` gets the text's UTF-8 bytes. */
export interface NoteSigner {
  readonly name: string
  /** 4 bytes */
  readonly keyId: Uint8Array
  sign(message: Uint8Array): Uint8Array
}

/** A key that is known, and how to check what it signed. Must return false, not throw, for a signature of any bytes. */
export interface NoteVerifier {
  readonly name: string
  /** 4 bytes */
  readonly keyId: Uint8Array
  verify(message: Uint8Array, signature: Uint8Array): boolean
}

export interface NoteSignature {
  readonly name: string
  /** 4 bytes */
  readonly keyId: Uint8Array
  /** as many bytes as the algorithm makes: 64 of Ed25519 */
  readonly signature: Uint8Array
}

/** A note as it is written; nothing of it is verified. */
export interface Note {
  /** ends with a newline */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

export interface OpenedNote {
  readonly text: string
  /** by known keys, each key once */
  readonly verified: readonly NoteSignature[]
  /** by keys that are not known: to be ignored, whatever they say */
  readonly unverified: readonly NoteSignature[]
}

/**
 * Signs a text.
 *
 * @throws AuditError `malformed_note` when the text or a name may not stand in a note
 * @example
 * signNote('example.com/log\n1\n0Nc2…=\n', [signer]) // '…\n\n— example.com/log M9e0…=\n'
 */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  const message = encodeUtf8(text)
  return formatNote({
    text,
    signatures: signers.map((s) => ({ name: s.name, keyId: s.keyId, signature: s.sign(message) })),
  })
}

/** Writes a note; the way to add a witness's signature to one that was parsed. Same errors as `parseNote`. */
export function formatNote({ text, signatures }: Note): string {
  assert(
    signatures.every(({ keyId }) => keyId.length === KEY_ID_BYTES),
    'a key id has 4 bytes',
  )
  const lines = signatures.map(
    ({ name, keyId, signature }) => `— ${name} ${encodeBase64(concatBytes([keyId, signature]))}\n`,
  )
  const note = `${text}\n${lines.join('')}`
  const { text: reread } = parseNote(note)
  if (reread !== text) throw malformed('its text does not end with a newline')
  return note
}

/**
 * Reads a note without verifying anything: believe none of it before `openNote`.
 *
 * @throws AuditError `malformed_note`
 */
export function parseNote(note: string | Uint8Array): Note {
  const written = decodeNote(note)
  // The text may have empty lines of its own; the last one divides.
  const split = written.lastIndexOf('\n\n')
  if (split < 0) throw malformed('no empty line divides its text from its signatures')
  const lines = written.slice(split + 2).split('\n')
  if (lines.pop() !== '') throw malformed('its last line does not end')
  if (lines.length === 0) throw malformed('it has no signature')
  if (lines.length > NOTE_SIGNATURES_MAX)
    throw malformed(`it has ${lines.length} signatures; at most ${NOTE_SIGNATURES_MAX} (limit NOTE_SIGNATURES_MAX)`)
  return { text: written.slice(0, split + 1), signatures: lines.map(parseSignature) }
}

/**
 * Reads a note and verifies it. A signature by a known key must hold; at least one must be there; lines by
 * unknown keys are ignored, also when they share a known key's name or its id.
 *
 * @throws AuditError `malformed_note`, or `proof_failed` when a known key's signature is bad or none is there
 * @example
 * openNote(note, [verifier]).text // 'example.com/log\n1\n0Nc2…=\n'
 */
export function openNote(note: string | Uint8Array, verifiers: readonly NoteVerifier[]): OpenedNote {
  const { text, signatures } = parseNote(note)
  const message = encodeUtf8(text)
  const verified: NoteSignature[] = []
  const unverified: NoteSignature[] = []
  for (const signature of signatures) {
    const verifier = verifiers.find((known) => isSameKey(known, signature))
    if (verifier === undefined) unverified.push(signature)
    else if (!verifier.verify(message, signature.signature)) throw badSignature(verifier.name)
    // A key that signs twice is still one key: whoever counts witnesses must not count it twice.
    else if (!verified.some((other) => isSameKey(other, signature))) verified.push(signature)
  }
  if (verified.length === 0) throw noKnownSignature(signatures, verifiers)
  return { text, verified, unverified }
}

type KeyName = Pick<NoteSignature, 'name' | 'keyId'>

const isSameKey = (a: KeyName, b: KeyName): boolean => a.name === b.name && equalBytes(a.keyId, b.keyId)

function decodeNote(note: string | Uint8Array): string {
  const bytes = typeof note === 'string' ? encodeUtf8(note.slice(0, NOTE_BYTES_MAX + 1)) : note
  if (bytes.length > NOTE_BYTES_MAX) throw malformed(`it has more than ${NOTE_BYTES_MAX} bytes (limit NOTE_BYTES_MAX)`)
  if (bytes.some((byte) => byte < SPACE && byte !== NEWLINE)) throw malformed('it holds a control character')
  if (typeof note !== 'string') return decodeStrictly(note)
  if (!note.isWellFormed()) throw malformed('it holds a lone surrogate, which is not Unicode text')
  return note
}

const SPACE = 32
const NEWLINE = 10

function decodeStrictly(bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes)
  } catch {
    throw malformed('it is not UTF-8')
  }
}

const SIGNATURE_LINE = /^— (?<name>[^ ]+) (?<encoded>[^ ]+)$/u

function parseSignature(line: string): NoteSignature {
  const { name = '', encoded = '' } = SIGNATURE_LINE.exec(line)?.groups ?? {}
  if (!isKeyName(name)) throw malformed('a line below its text is not "— name signature"')
  const bytes = decodeBase64(encoded)
  if (bytes === undefined) throw malformed(`the signature by ${shown(name)} is not base64`)
  if (bytes.length <= KEY_ID_BYTES) throw malformed(`the signature by ${shown(name)} is empty`)
  return { name, keyId: bytes.slice(0, KEY_ID_BYTES), signature: bytes.slice(KEY_ID_BYTES) }
}

/** Whether a name may stand for a key: not empty, no Unicode space, no plus sign, no control character. */
export const isKeyName = (name: string): boolean => /^[^\p{White_Space}\p{Cc}\p{Cs}+]+$/u.test(name)

const malformed = (why: string): AuditError =>
  new AuditError('malformed_note', `This is not a signed note: ${why} (c2sp.org/signed-note).`)

const badSignature = (name: string): AuditError =>
  new AuditError(
    'proof_failed',
    `The signature by ${name} does not hold. The note was altered, or the verifier key is wrong; keep it as evidence.`,
  )

function noKnownSignature(signatures: readonly NoteSignature[], verifiers: readonly NoteVerifier[]): AuditError {
  return new AuditError(
    'proof_failed',
    `No known key signed the note. Signed by ${names(signatures)}; known: ${names(verifiers)}. Compare the verifier key, its id included.`,
  )
}

/** With their ids: two keys of one log differ in nothing else. */
const names = (keys: readonly KeyName[]): string =>
  [...new Set(keys.map(({ name, keyId }) => `${shown(name)}+${encodeHex(keyId)}`))].slice(0, 5).join(', ') || 'nobody'

/** A stranger's name may be as long as the note; a message is for reading. */
const shown = (name: string): string => name.slice(0, 100)
