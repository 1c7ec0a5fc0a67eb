/** Bytes that grow while they are written, and variable-length numbers: seven bits a byte, the lowest first. */

const BITS_31 = 2 ** 31

export class ByteWriter {
  bytes: Buffer
  length = 0

  constructor(room: number) {
    this.bytes = Buffer.allocUnsafeSlow(room)
  }

  /** Makes room for so many bytes more. */
  reserve(count: number): void {
    const needed = this.length + count
    if (needed <= this.bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2))
    larger.set(this.bytes.subarray(0, this.length))
    this.bytes = larger
  }

  /** A whole number from 0, below 2 ** 53: at most eight bytes. */
  varint(value: number): void {
    this.reserve(8)
    const { bytes } = this
    let at = this.length
    let left = value
    for (; left >= BITS_31; left = Math.floor(left / 128)) bytes[at++] = (left % 128) | 128
    for (; left > 127; left >>>= 7) bytes[at++] = (left & 127) | 128
    bytes[at++] = left
    this.length = at
  }

  u32(value: number): void {
    this.reserve(4)
    this.length = this.bytes.writeUInt32LE(value, this.length)
  }

  f64(value: number): void {
    this.reserve(8)
    this.length = this.bytes.writeDoubleLE(value, this.length)
  }

  put(from: Uint8Array, start: number, end: number): void {
    this.reserve(end - start)
    const { bytes } = this
    let to = this.length
    if (end - start > 64) bytes.set(from.subarray(start, end), to)
    else for (let at = start; at < end; at++) bytes[to++] = from[at] as number
    this.length += end - start
  }
}

/** Reads on from a place: whoever made the bytes has checked that they are whole. */
export class ByteReader {
  bytes: Uint8Array = new Uint8Array(0)
  at = 0

  varint(): number {
    const { bytes } = this
    let byte = bytes[this.at++] as number
    if (byte < 128) return byte
    let value = byte & 127
    let scale = 128
    do {
      byte = bytes[this.at++] as number
      value += (byte & 127) * scale
      scale *= 128
    } while (byte > 127)
    return value
  }

  /** Passes over numbers. */
  skip(varints: number): void {
    const { bytes } = this
    let left = varints
    while (left > 0) if ((bytes[this.at++] as number) < 128) left--
  }
}
