/** Timers: handed in, so that tests say when it is time. */

/** Calls again and again, until it is told to stop. */
export type Every = (ms: number, run: () => void) => () => void

export const MINUTE_MS = 60_000

/** The machine's own, which keeps no process alive. */
export const realTimer: Every = (ms, run) => {
  const timer = setInterval(run, ms)
  timer.unref()
  return () => clearInterval(timer)
}
