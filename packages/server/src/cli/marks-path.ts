/** Where the high-water marks are: as said, else by the environment, else beside the data folder. */

/** Undefined leaves it to the data folder's place. */
export const marksPath = (said: string | undefined): string | undefined =>
  said ?? (process.env.SEALEDLOG_MARKS || undefined)
