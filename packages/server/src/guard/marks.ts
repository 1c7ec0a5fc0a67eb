/**
 * High-water marks: what a log signed last, and what was erased of it, kept outside the data folder.
 *
 * A data folder that is put back from a copy proves itself perfectly: its newest checkpoint is genuine. Only what was
 * kept elsewhere tells that there was more. A mark is written after the commit that it tells of: it may lag, and never
 * leads.
 */
import { AuditError } from '@sealedlog/sdk/base'
import type { Redaction } from '@sealedlog/sdk/event'

/** The newest state that was seen of one origin. */
export interface Mark {
  readonly org: string
  readonly origin: string
  readonly size: number
  /** base64 */
  readonly root: string
  /** the signed note: with it, a rollback is proven to anyone who has the verifier key */
  readonly note: string
  readonly updatedAtMs: number
  /** the origin under which the log went on, once it did; nothing is expected of this one any more */
  readonly continuedBy: string | null
  /** how many of its entries went on under that one */
  readonly continuedAt: number | null
}

/** Something that was erased, by the entry that says so. */
export interface MarkedRedaction {
  readonly origin: string
  /** of the entry */
  readonly index: number
  readonly redacts: readonly Redaction[]
}

/** A log goes on under another origin. */
export interface MarkedContinuation {
  readonly origin: string
  readonly by: string
  /** how many of its entries survive */
  readonly at: number
}

export type NewMark = Omit<Mark, 'continuedBy' | 'continuedAt' | 'updatedAtMs'>

/** What is written at once, or not at all. */
export interface MarksToWrite {
  readonly marks: readonly NewMark[]
  readonly redactions?: readonly MarkedRedaction[]
  readonly continued?: readonly MarkedContinuation[]
}

/** A mark that is newer than what was to be written, or says another root of the same size: somebody else signs too. */
export interface MarkConflict {
  readonly wanted: NewMark
  readonly found: Mark
}

/** What is known of one instance. */
export interface KnownMarks {
  readonly marks: readonly Mark[]
  readonly redactions: readonly MarkedRedaction[]
}

/** Marks of one instance: of one signing seed. */
export interface Marks {
  read(): Promise<KnownMarks>
  /** Durable when it resolves. A mark never goes back: what would is a conflict, and stays as it was. */
  write(what: MarksToWrite): Promise<readonly MarkConflict[]>
  close(): Promise<void>
}

/** Where the marks of a data folder are unless somebody says otherwise: beside it, so that what copies it leaves them. */
export const marksBeside = (folder: string): string => `${folder.replace(/[/\\]+$/, '')}.marks`

/** Why a file of marks cannot be read or written, and what to do. */
export const unusableMarks = (path: string, why: string): AuditError =>
  new AuditError(
    'storage_failed',
    `The marks in ${path} cannot be used (${why}): name a file that can be written, by --marks or SEALEDLOG_MARKS.`,
  )
