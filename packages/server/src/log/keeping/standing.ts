/** What stands in the way of recording and erasing: organizations that are closed, and legal holds. Answered from memory. */
import { AuditError } from '@sealedlog/sdk/base'
import type { DocumentStore } from '../../store/index.js'
import { INSTANCE_ORGANIZATION, isServersOwn } from './own.js'
import { Remembered } from './remembered.js'

/** A legal hold: while it stands, nothing of the organization is erased. */
export interface Hold {
  readonly reason: string
  /** RFC 3339 */
  readonly placed_at: string
  /** the id of the key that placed it */
  readonly placed_by: string
}

/** An organization that is closed, or being closed: nothing more is recorded for it. */
export interface Closing {
  /** RFC 3339 */
  readonly closed_at: string
  /** the id of the key that closed it */
  readonly closed_by: string
  /** whether everything is erased, revoked and said; a stop in between leaves it false, and it is gone on with */
  readonly done: boolean
}

export class Standing {
  readonly holds: Remembered<Hold>
  readonly closings: Remembered<Closing>

  private constructor(holds: Remembered<Hold>, closings: Remembered<Closing>) {
    this.holds = holds
    this.closings = closings
  }

  static async open(documents: DocumentStore): Promise<Standing> {
    return new Standing(
      await Remembered.open<Hold>(documents, 'hold'),
      await Remembered.open<Closing>(documents, 'closing'),
    )
  }

  closingOf(org: string): Closing | undefined {
    return this.closings.get(org)?.value
  }

  /** Whether a caller may record. @throws AuditError `organization_closed`, or `insufficient_scope` for the server's own */
  checkRecords(org: string): void {
    if (isServersOwn(org))
      throw new AuditError(
        'insufficient_scope',
        `The log of "${INSTANCE_ORGANIZATION}" is what the server says of itself: nobody else records there.`,
      )
    this.checkOpen(org)
  }

  /** @throws AuditError `organization_closed` */
  checkOpen(org: string): void {
    const closing = this.closingOf(org)
    if (closing === undefined) return
    throw new AuditError(
      'organization_closed',
      `The organization "${org}" was closed at ${closing.closed_at}: its log is read and proven, and takes nothing more.`,
    )
  }

  /** Whether something may be erased. @throws AuditError `legal_hold` */
  checkErases(org: string): void {
    const hold = this.holds.get(org)?.value
    if (hold === undefined) return
    throw new AuditError(
      'legal_hold',
      `A legal hold stands on "${org}" since ${hold.placed_at} (${hold.reason}): nothing is erased. DELETE /v1/organizations/${org}/hold lifts it.`,
    )
  }
}
