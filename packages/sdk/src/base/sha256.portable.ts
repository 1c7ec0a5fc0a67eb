/** SHA-256 (FIPS 180-4) in plain JavaScript: what browsers load as `#sha256`, where hashing is otherwise asynchronous. */
import { encodeBase64Url } from './bytes.js'

const BLOCK_BYTES = 64

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes (§4.2.2). */
const K = fractionsOfRoots(64, Math.cbrt)
/** The same of the square roots of the first eight (§5.3.3). */
const INITIAL = fractionsOfRoots(8, Math.sqrt)

/** FIPS 180-4 SHA-256 of some bytes: 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const padded = pad(bytes)
  const state = Uint32Array.from(INITIAL)
  const words = new Uint32Array(64)
  for (let offset = 0; offset < padded.byteLength; offset += BLOCK_BYTES) {
    schedule(words, padded, offset)
    compress(state, words)
  }
  const digest = new DataView(new ArrayBuffer(32))
  state.forEach((word, i) => digest.setUint32(4 * i, word))
  return new Uint8Array(digest.buffer)
}

/** The same, written into 32 bytes of a buffer that the caller has. */
export function sha256Into(bytes: Uint8Array, target: Uint8Array, offset: number): void {
  target.set(sha256(bytes), offset)
}

/** The same as 43 characters of base64url, without padding. */
export const sha256Base64Url = (bytes: Uint8Array): string => encodeBase64Url(sha256(bytes))

function pad(bytes: Uint8Array): DataView {
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / BLOCK_BYTES) * BLOCK_BYTES)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setBigUint64(padded.length - 8, BigInt(bytes.length) * 8n)
  return view
}

function schedule(words: Uint32Array, block: DataView, offset: number): void {
  for (let t = 0; t < 16; t++) words[t] = block.getUint32(offset + 4 * t)
  for (let t = 16; t < 64; t++) {
    const a = w(words, t - 15)
    const b = w(words, t - 2)
    const s0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3)
    const s1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10)
    words[t] = w(words, t - 16) + s0 + w(words, t - 7) + s1
  }
}

function compress(state: Uint32Array, words: Uint32Array): void {
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number]
  for (let t = 0; t < 64; t++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + w(K, t) + w(words, t)) | 0
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  ;[a, b, c, d, e, f, g, h].forEach((word, i) => {
    state[i] = w(state, i) + word
  })
}

const rotate = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits))

const w = (words: Uint32Array, i: number): number => words[i] ?? 0

function fractionsOfRoots(count: number, root: (n: number) => number): Uint32Array {
  const primes: number[] = []
  for (let n = 2; primes.length < count; n++) if (primes.every((p) => n % p !== 0)) primes.push(n)
  return Uint32Array.from(primes, (p) => Math.floor((root(p) % 1) * 2 ** 32))
}
