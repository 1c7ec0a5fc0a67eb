/** Cursors of the native list: opaque, bound to their organization, and refused when anybody else made them. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { AuditError, concatBytes, decodeBase64Url, encodeBase64Url, encodeUtf8 } from '@sealedlog/sdk/base'
import type { ListPosition } from '@sealedlog/sdk/event'

const VERSION = 1
const PAYLOAD_BYTES = 17
const TAG_BYTES = 16

/**
 * A cursor: version, `occurred_at` and index as 64-bit numbers, and HMAC-SHA-256 over these and the organization,
 * cut to 16 bytes; in base64url.
 */
export function formatCursor(key: Uint8Array, org: string, position: ListPosition): string {
  const payload = new Uint8Array(PAYLOAD_BYTES)
  const view = new DataView(payload.buffer)
  view.setUint8(0, VERSION)
  view.setBigUint64(1, BigInt(position.atMs))
  view.setBigUint64(9, BigInt(position.index))
  return encodeBase64Url(concatBytes([payload, tagOf(key, org, payload)]))
}

/** @throws AuditError `invalid_cursor` for anything that `formatCursor` did not make for this organization */
export function parseCursor(key: Uint8Array, org: string, text: string): ListPosition {
  const bytes = decodeBase64Url(text)
  if (bytes?.length !== PAYLOAD_BYTES + TAG_BYTES || bytes[0] !== VERSION) throw invalidCursor()
  const payload = bytes.subarray(0, PAYLOAD_BYTES)
  if (!timingSafeEqual(bytes.subarray(PAYLOAD_BYTES), tagOf(key, org, payload))) throw invalidCursor()
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return { atMs: Number(view.getBigUint64(1)), index: Number(view.getBigUint64(9)) }
}

const tagOf = (key: Uint8Array, org: string, payload: Uint8Array): Uint8Array =>
  createHmac('sha256', key).update(payload).update(encodeUtf8(org)).digest().subarray(0, TAG_BYTES)

const invalidCursor = (): AuditError =>
  new AuditError(
    'invalid_cursor',
    'The cursor is not one that this organization’s list gave out. Start again without it.',
    { param: 'cursor' },
  )
