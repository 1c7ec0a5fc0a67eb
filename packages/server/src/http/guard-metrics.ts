/** What the guard of the data folder found, as metrics: counts and times, never names of organizations. */
import { Counter, Gauge, type Registry } from 'prom-client'
import type { GuardGauge } from '../guard/index.js'

export function addGuardMetrics(registry: Registry, guard: () => GuardGauge): void {
  const registers = [registry]
  new Gauge({
    name: 'sealedlog_log_read_only',
    help: 'Logs that are read and not written, by what was found. Anything but 0 wants a person.',
    labelNames: ['found'],
    registers,
    collect() {
      for (const [found, count] of guard().readOnly) this.set({ found }, count)
    },
  })
  new Gauge({
    name: 'sealedlog_marks_failing',
    help: '1 while the high-water marks cannot be read or written: then a rollback would not be caught.',
    registers,
    collect() {
      this.set(guard().marksFailing ? 1 : 0)
    },
  })
  new Counter({
    name: 'sealedlog_scrub_entries_total',
    help: 'Entries whose leaf and disclosures were hashed again in the background.',
    registers,
    collect() {
      this.reset()
      this.inc(guard().scrub.entries)
    },
  })
  new Counter({
    name: 'sealedlog_scrub_findings_total',
    help: 'Logs that did not hold when they were hashed again.',
    registers,
    collect() {
      this.reset()
      this.inc(guard().scrub.findings)
    },
  })
  new Gauge({
    name: 'sealedlog_scrub_last_pass_timestamp_seconds',
    help: 'When all logs had last been hashed again from end to end; 0 before the first time.',
    registers,
    collect() {
      this.set((guard().scrub.lastPassMs ?? 0) / 1000)
    },
  })
}
