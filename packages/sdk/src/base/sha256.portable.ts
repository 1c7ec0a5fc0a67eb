/** SHA-256 (FIPS 180-4) in plain JavaScript: what browsers load as `#sha256`, where hashing is otherwise asynchronous. */
import { encodeBase64Url, encodeUtf8 } from './bytes.js'

const BLOCK_BYTES = 64

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes (§4.2.2). */
const K = fractionsOfRoots(64, Math.cbrt)
/** The same of the square roots of the first eight (§5.3.3). */
const INITIAL = fractionsOfRoots(8, Math.sqrt)

/** The words of a block, its first sixteen read from it (§6.2.2): one for all, for nothing here waits. */
const words = new Int32Array(64)
const state = new Int32Array(8)
/** Where what is left of a message is padded. */
const tail = new Uint8Array(2 * BLOCK_BYTES)
const tailView = new DataView(tail.buffer)

/** FIPS 180-4 SHA-256 of some bytes: 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const digest = new Uint8Array(32)
  sha256Into(bytes, digest, 0)
  return digest
}

/** The same, written into 32 bytes of a buffer that the caller has. */
export function sha256Into(bytes: Uint8Array, target: Uint8Array, offset: number): void {
  state.set(INITIAL)
  const whole = bytes.length - (bytes.length % BLOCK_BYTES)
  for (let at = 0; at < whole; at += BLOCK_BYTES) compress(bytes, at)
  const end = pad(bytes, whole)
  for (let at = 0; at < end; at += BLOCK_BYTES) compress(tail, at)
  for (let i = 0; i < 32; i++) target[offset + i] = w(state, i >> 2) >>> (24 - 8 * (i & 3))
}

/** The same of bytes, or of a text in UTF-8, as 43 characters of base64url without padding. */
export const sha256Base64Url = (data: Uint8Array | string): string =>
  encodeBase64Url(sha256(typeof data === 'string' ? encodeUtf8(data) : data))

/** Puts what is left from an offset on into the tail, with a one, zeros and the length in bits behind it (§5.1.1). */
function pad(bytes: Uint8Array, whole: number): number {
  const left = bytes.length - whole
  const end = left + 9 > BLOCK_BYTES ? 2 * BLOCK_BYTES : BLOCK_BYTES
  tail.fill(0)
  tail.set(bytes.subarray(whole))
  tail[left] = 0x80
  tailView.setBigUint64(end - 8, BigInt(bytes.length) * 8n)
  return end
}

function schedule(bytes: Uint8Array, at: number): void {
  for (let t = 0; t < 16; t++, at += 4)
    words[t] = (byte(bytes, at) << 24) | (byte(bytes, at + 1) << 16) | (byte(bytes, at + 2) << 8) | byte(bytes, at + 3)
  for (let t = 16; t < 64; t++) {
    const a = w(words, t - 15)
    const b = w(words, t - 2)
    const s0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3)
    const s1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10)
    words[t] = w(words, t - 16) + s0 + w(words, t - 7) + s1
  }
}

function compress(bytes: Uint8Array, at: number): void {
  schedule(bytes, at)
  let a = w(state, 0)
  let b = w(state, 1)
  let c = w(state, 2)
  let d = w(state, 3)
  let e = w(state, 4)
  let f = w(state, 5)
  let g = w(state, 6)
  let h = w(state, 7)
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
  add(0, a)
  add(1, b)
  add(2, c)
  add(3, d)
  add(4, e)
  add(5, f)
  add(6, g)
  add(7, h)
}

const add = (i: number, word: number): void => void (state[i] = w(state, i) + word)

const rotate = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits))

/** Inside of its bounds, always: what is asked for is there. */
const w = (words: Int32Array, i: number): number => words[i] as number
const byte = (bytes: Uint8Array, i: number): number => bytes[i] as number

function fractionsOfRoots(count: number, root: (n: number) => number): Int32Array {
  const primes: number[] = []
  for (let n = 2; primes.length < count; n++) if (primes.every((p) => n % p !== 0)) primes.push(n)
  return Int32Array.from(primes, (p) => Math.floor((root(p) % 1) * 2 ** 32) | 0)
}
