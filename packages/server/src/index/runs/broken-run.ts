/** What is thrown where a file of the index does not hold together. */

/** A run is torn, altered or of another version: take it and all that follow out of the manifest, and say the log again. */
export class BrokenRun extends Error {
  override readonly name = 'BrokenRun'
  readonly path: string
  /** where in the file */
  readonly offset: number

  constructor(path: string, offset: number, what: string, cause?: unknown) {
    super(`${path} is broken at byte ${offset}: ${what}`, cause === undefined ? undefined : { cause })
    this.path = path
    this.offset = offset
  }
}
